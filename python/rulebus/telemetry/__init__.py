"""The figures of a bus for systems that watch it; each module needs the extra of its name."""

"""For systems that watch a bus: figures and traces; a module needs the extra of its name."""

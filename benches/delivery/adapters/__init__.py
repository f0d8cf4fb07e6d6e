"""One file for each kind of bus: how its users would let N handlers each see their own events."""

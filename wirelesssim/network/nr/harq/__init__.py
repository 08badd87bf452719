"""HARQ and RLC of a slot loop, compiled."""

"""Signals of a slot loop, compiled."""

"""Frames on the air, compiled."""

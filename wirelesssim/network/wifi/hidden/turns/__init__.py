"""Whose turn it is, compiled."""

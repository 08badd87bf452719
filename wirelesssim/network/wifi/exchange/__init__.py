"""Uses of the medium, compiled."""

"""The laws of each family in `learning` as functions that a user's own part can be put through."""

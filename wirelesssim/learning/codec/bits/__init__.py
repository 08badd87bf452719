"""Streams of bits, compiled: what the encoder writes and the decoder reads; nothing that a run counts with."""

"""Nodes: where learning and radio meet. Workers and the server are SimPy processes that read like the protocol.

Downwards cross an opaque payload and its size, packet by packet; upwards cross which packets arrived, and when.
"""

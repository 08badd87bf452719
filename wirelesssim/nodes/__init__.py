"""Nodes: where learning and radio meet. Workers and the server are SimPy processes that read like the protocol.

`Worker` and `Server` learn; `Source` and `Collector` take their place where messages are all there is (`messages`).
Downwards cross an opaque payload and its size, packet by packet; upwards cross which packets arrived, and when.
"""

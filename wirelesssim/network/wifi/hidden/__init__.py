"""Wi-Fi stations that do not hear each other: each with a medium of its own, all around one access point.

`hearing` says who is hidden from whom, `ether` which frames overlap where, `station` what one station holds, `exchange` a frame
and what answers it, `medium` the events. There is one loop, in plain Python, for both fidelities.
"""

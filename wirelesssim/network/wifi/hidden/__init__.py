"""Wi-Fi stations that do not hear each other: each with a medium of its own, all around one access point.

`hearing` says who is hidden from whom. `rules` is what the loop holds in arrays, `kernels` goes from event to event with the
`turns` of stations and the `frames` that they send, `loop` is their SimPy side (`fidelity: burst`). The twin in plain Python,
with objects (`fidelity: packet`): `ether` which frames overlap where, `station` what one station holds, `exchange` a frame and
what answers it, `agenda` and `medium` the events. Both draw the same uniforms and agree frame for frame.
"""

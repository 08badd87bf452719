"""Wi-Fi contention: stations and an access point on one medium, from bursts to frames, and back to packets that arrived.

`rules` says what the loop holds in arrays; `kernels` runs from one use of the medium to the next (`fidelity: burst`), `twin`
the same with objects (`station`), slot by slot, in plain Python (`fidelity: packet`); both draw the same uniforms and agree
frame for frame. `hidden` is the same where some stations do not hear each other. `medium` is the SimPy side. `bianchi` is the
fixed point that the loop is checked against.
"""

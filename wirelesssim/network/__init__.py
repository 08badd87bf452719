"""Network: who may speak, and what happens when it is lost. SimPy, no mathematics of learning.

A `Message` is sizes, packet by packet; a `Medium` says who transmits when; a `Transport` sends the packets, again if need
be, and keeps the books (`Transfer`); a `Downlink` carries the model to the workers. What arrived, and when, goes up;
payloads stay opaque.

**What waits for what.** A message is complete for the server when all its packets are there, when its last allowed
attempt has arrived, or when the sender has given up for want of a usable rate: every burst carries its number, so that
the server knows the last. The sender's part ends when its last acknowledgement is in, or was due. Where turns are handed out
the downlink and the acknowledgements use the other direction of a duplex channel and do not take the uplink's turn; where
senders contend they are frames of the same medium: an air that goes `both_ways` has an `answer`, and a `Carrier` has the
model. There nobody knows of a burst of which nothing was decoded: it has no answer (`Uplink.answer`).

**What media are made of.** `instants`: events at a time to come, and loops that run ahead of the clock (`Ahead`); `batches`:
senders' queues and the frames of a compiled loop; `passes`: a model in frames that nobody acknowledges; `block_times`: coherence
blocks in nanoseconds; `draws`: uniforms that are functions of their counters, compiled, in arrays, and one by one.
"""

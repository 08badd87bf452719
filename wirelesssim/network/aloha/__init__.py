"""ALOHA: whoever has a frame sends it; what overlaps is lost, and comes again after a random time.

`access` says what a scenario may choose; `ether` is the channel, which knows what overlaps; `station` are the workers' senders
and the access point on it. Frames go one by one, two SimPy events each, in both fidelities: who collides with whom depends
on every one of them, and no closed form of it is known that a sampler could use.
"""

from .access import Aloha, SlottedAloha

__all__ = ["Aloha", "SlottedAloha"]

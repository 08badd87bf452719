"""A LoRaWAN cell of one gateway: pure ALOHA with capture, duty cycles that hold senders back, a gateway deaf while it sends.

`access` says what a scenario may choose; `duty` keeps a sender within its duty cycle; `ether` is the gateway's receiver; `device`
sends a worker's packets; `gateway` answers in receive windows and carries the model. Frames go one by one, two SimPy
events each, in both fidelities: they are some 0.05 to 3 s long and a hundred times that apart.
"""

from .access import LoRaWan

__all__ = ["LoRaWan"]

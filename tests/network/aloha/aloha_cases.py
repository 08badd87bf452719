"""The bench of the channel's tests is that of the package, with bursts at given instants."""

import numpy as np

from wirelesssim.network.aloha.alone import AlohaAlone


class Bench(AlohaAlone):
    def send(self, worker, bits, at=0.0, round=1, attempt=1):
        """Have `worker` send packets of `bits` (n,) from `at` on; a list that will hold (Sent, end)."""
        done = []

        def go():
            yield self.env.timeout(at)
            sent = yield from self.airs[worker].send(round, np.arange(len(bits)), np.array(bits), attempt)
            done.append((sent, self.env.now))

        self.env.process(go())
        return done

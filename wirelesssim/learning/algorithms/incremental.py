"""What the incremental aggregated gradient methods share: one worker a round, and a step along all held gradients."""

from __future__ import annotations

from dataclasses import replace
from typing import ClassVar

from .held_gradients import HeldGradientMethod
from .received import absorb

__all__ = ["IncrementalMethod"]


class IncrementalMethod(HeldGradientMethod):
    """The chosen worker sends delta = grad f_m(theta^k) - ghat_m; theta <- theta - (alpha/M) SUM_m ghat_m, ghat_m = 0 till asked.

    A round is one message, so that M rounds cost what one of gradient descent does. The held gradients are some M rounds old,
    for which a step of order 1/(M L) is stable: `step_size` is alpha, and the division by M is the method's own, so that the
    default 0.5/L makes steps of 1/(2 M L) and M = 1 is gradient descent. A proximal step is one of alpha/M too.
    """

    selects: ClassVar[bool] = True

    def server_step(self, state, outcomes, context):
        absorb(state.total, outcomes)
        shorter = replace(context, alpha=context.alpha / context.workers)
        return replace(state, theta=shorter.descend(state.theta, state.total))

    def divergence_hint(self, context):
        relative = f", alpha*L = {context.alpha * context.smoothness:.4g}" if context.smoothness else ""
        return (f"alpha/M = {context.alpha / context.workers:.4g}{relative}: gradients are M = {context.workers} rounds old; "
                "try a smaller step_size")

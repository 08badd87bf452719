"""Plug-in files as a user would write them: one that is right, and what a test spoils in it."""

LAZY = '''"""Lazy gradients: a worker sends its whole difference when that is large enough, as LAG does."""
from dataclasses import dataclass

import numpy as np

from wirelesssim.learning.algorithm import Algorithm, Fate
from wirelesssim.learning.update import Update, difference
from wirelesssim.model import model
from wirelesssim.units import StepSize


@dataclass
class Held:
    known: np.ndarray  # what the server holds of this worker
    previous: np.ndarray  # the model before


@model
class Lazy(Algorithm, name="lazy"):
    """Send g - ghat iff ||g - ghat|| > (trigger/(alpha M)) ||theta^k - theta^{k-1}||; the server keeps SUM ghat."""

    step_size: StepSize = "0.5/L"
    trigger: float = 0.3

    def init_worker(self, theta):
        return Held(np.zeros_like(theta), theta)

    def worker_step(self, state, theta, gradient, context):
        change = gradient(theta) - state.known
        limit = self.trigger / (context.alpha * context.workers) * np.linalg.norm(theta - state.previous)
        state.previous = theta
        if np.linalg.norm(change) <= limit:
            return Update.empty(len(theta)), state
        where = np.flatnonzero(change)
        update = Update(len(theta), where, context.values.round(change[where]))
        update.add_to(state.known)
        return update, state

    def settle(self, state, sent, received, steps_late=0):
        difference(sent, received).add_to(state.known, -1.0)
        return state

    def init_server(self, theta):
        return (theta, np.zeros_like(theta))

    def server_step(self, state, outcomes, context):
        theta, total = state[0], state[1].copy()
        for worker in sorted(outcomes):
            if outcomes[worker].fate is Fate.DELIVERED:
                outcomes[worker].update.add_to(total)
        return (theta - context.alpha * total, total)

    def model(self, state):
        return state[0]

    def mirror(self, state):
        return state.known

    def aggregate(self, state):
        return state[1]
'''

# what is wrong: (text to replace, by what, what the contract says)
FAULTS = {
    "forgets to settle": (
        "        difference(sent, received).add_to(state.known, -1.0)\n", "",
        "is not the sum of the workers' mirrors: check `settle`"),
    "settles twice": ("state.known, -1.0)", "state.known, -2.0)", "is not the sum of the workers' mirrors"),
    "settles what arrived": ("difference(sent, received).add_to(state.known, -1.0)", "received.add_to(state.known, -1.0)",
                             "settle\\(state, sent, sent\\) must change nothing"),
    "is not invertible": ("difference(sent, received).add_to(state.known, -1.0)",
                          "abs(difference(sent, received).values).any() and state.known.__imul__(0.5)",
                          "settling must be invertible"),
    "does not take steps_late": (", received, steps_late=0)", ", received)", "positional argument"),
    "moves theta in place": ("return (theta - context.alpha * total, total)",
                             "theta -= context.alpha * total; return (theta, total)",
                             "a model vector was changed in place"),
    "moves theta at the worker": ("        state.previous = theta\n",
                                  "        state.previous = theta.copy(); theta += 1e-3\n",
                                  "a model vector was changed in place"),
    "sends unrounded values": ("context.values.round(change[where])", "change[where]",
                               "values must be what the receiver decodes"),
    "sends unsorted indices": ("where = np.flatnonzero(change)", "where = np.flatnonzero(change)[::-1]", "strictly increasing"),
    "sends indices twice": ("where = np.flatnonzero(change)", "where = np.repeat(np.flatnonzero(change), 2)",
                            "strictly increasing"),
    "sends beyond the model": ("where, context", "where + 1, context", "out of bounds|indices must lie in"),
    "sends values that do not match": ("Update(len(theta), where, context", "Update(len(theta), where[1:], context",
                                       "broadcast|same length"),
    "says another size": ("update = Update(len(theta), where, c", "update = Update(len(theta) + 1, where, c",
                          "model's size 12, got 13"),
    "sends what is not a number": ("change = gradient(theta)", "change = np.nan * gradient(theta)", "values must be finite"),
    "draws its own random numbers": ("change = gradient(theta)", "change = np.random.rand() * gradient(theta)",
                                     "must be a function of its arguments"),
    "returns the states the wrong way round": ("return update, state", "return state, update",
                                               "must return an Update first, got Held"),
    "does not say what is mirrored": ("return state.known\n\n    def aggregate", "return None\n\n    def aggregate",
                                      "must say what the server's"),
    "mirrors what nobody holds": ("return state[1]\n", "return None\n",
                                  "workers mirror what a server without aggregate does not hold"),
    "gives another shape": ("        return state[0]\n", "        return state[0][:5]\n", "got \\(5,\\)"),
    "sends its own state": ("update = Update(len(theta), where, context.values.round(change[where]))\n"
                            "        update.add_to(state.known)",
                            "state.known = context.values.round(change + state.known); "
                            "update = Update(len(theta), None, state.known)",
                            "must not share its arrays with a state|mirrors|decodes|must be"),
}


def spoilt(fault: str) -> str:
    """The file with one fault."""
    old, new, _said = FAULTS[fault]
    assert LAZY.count(old) == 1, f"{fault}: {LAZY.count(old)} places"
    return LAZY.replace(old, new)

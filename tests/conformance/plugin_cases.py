"""Plug-in files as a user would write them: two that are right, and what a test spoils in them."""

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
        update = context.values.update(len(theta), where, change[where])
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
        return (context.descend(theta, total), total)

    def model(self, state):
        return state[0]

    def mirror(self, state):
        return state.known

    def aggregate(self, state):
        return state[1]
'''

CAREFUL = '''"""Gradient differences with a memory of what was not sent: both ends hold h, the worker alone e."""
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from wirelesssim.learning.algorithm import Algorithm, Fate
from wirelesssim.learning.update import Update, difference
from wirelesssim.model import model


@dataclass
class Memory:
    h: np.ndarray
    e: np.ndarray


@model
class Careful(Algorithm, name="careful"):
    """Send the entries of g - h + e that are larger than their mean; h += beta sent, e keeps the rest."""

    accumulates: ClassVar[bool] = True
    beta: float = 0.25

    def init_worker(self, theta):
        return Memory(np.zeros_like(theta), np.zeros_like(theta))

    def worker_step(self, state, theta, gradient, context):
        whole = gradient(theta) - state.h + state.e
        where = np.flatnonzero(np.abs(whole) >= np.abs(whole).mean())
        if not self.speaks(gradient.worker, context):
            where = where[:0]
        update = context.values.update(len(theta), where, whole[where])
        update.add_to(state.h, self.beta)
        state.e = whole - update.dense()
        return update, state

    def settle(self, state, sent, received, steps_late=0):
        lost = difference(sent, received)
        lost.add_to(state.h, -self.beta)
        lost.add_to(state.e, 1 + self.beta * steps_late)
        return state

    def init_server(self, theta):
        return (theta, np.zeros_like(theta))

    def server_step(self, state, outcomes, context):
        theta, h = state
        total = np.zeros_like(theta)
        for worker in sorted(outcomes):
            if outcomes[worker].fate is Fate.DELIVERED:
                outcomes[worker].update.add_to(total)
        return (context.descend(theta, h + total), h + self.beta * total)

    def model(self, state):
        return state[0]

    def mirror(self, state):
        return state.h

    def aggregate(self, state):
        return state[1]

    def owed(self, state, context):
        return context.alpha * state.e
'''

AGREE, OWED = "is not the sum of the workers' mirrors", "forgets something of the error memory, or keeps it twice"
FUNCTION, DECODED = "must be a function of its arguments", "values must be what the receiver decodes"
SORTED, IN_PLACE = "strictly increasing", "a model vector was changed in place"
KEPT = "an Update was changed after it was sent"
LOST_H, LOST_E = "lost.add_to(state.h, -self.beta)", "lost.add_to(state.e, 1 + self.beta * steps_late)"
PUT_BACK = "difference(sent, received).add_to(state.known, -1.0)"
SEND = "update = context.values.update(len(theta), where, change[where])"
STEP = "return (context.descend(theta, total), total)"
SUM = "for worker in sorted(outcomes):"
CHANGE = "change = gradient(theta) - state.known"

# what is wrong: (in which file, text to replace, by what, what the contract says)
FAULTS = {
    "forgets to settle": (LAZY, f"        {PUT_BACK}\n", "", AGREE),
    "settles twice over": (LAZY, PUT_BACK, PUT_BACK.replace("-1.0", "-2.0"), AGREE),
    "settles with the wrong sign": (LAZY, PUT_BACK, PUT_BACK.replace("-1.0", "1.0"), AGREE),
    "settles what arrived": (LAZY, PUT_BACK, "received.add_to(state.known, -1.0)",
                             r"settle\(state, sent, sent\) must change nothing"),
    "is not invertible": (LAZY, PUT_BACK, "abs(difference(sent, received).values).any() and state.known.__imul__(0.5)",
                          "settling must be invertible"),
    "is not additive": (LAZY, PUT_BACK, "state.known[0] -= (sent.entries - received.entries) ** 3", "settling must be additive"),
    "does not take steps_late": (LAZY, ", received, steps_late=0)", ", received)", "positional argument"),
    "forgets beta in settling": (CAREFUL, LOST_H, "lost.add_to(state.h, -1.0)", AGREE),
    "forgets h in settling": (CAREFUL, LOST_H, "pass", AGREE),
    "forgets e in settling": (CAREFUL, LOST_E, "pass", OWED),
    "takes e out in settling": (CAREFUL, LOST_E, "lost.add_to(state.e, -1 - self.beta * steps_late)", OWED),
    "forgets how late it settles": (CAREFUL, LOST_E, "lost.add_to(state.e)", OWED),
    "forgets beta in how late it settles": (CAREFUL, LOST_E, "lost.add_to(state.e, 1 + steps_late)", OWED),
    "forgets what it did not send": (CAREFUL, "state.e = whole - update.dense()", "state.e[where] = 0.0", OWED),
    "forgets beta at the server": (CAREFUL, "h + self.beta * total)", "h + total)", AGREE),
    "holds unrounded values": (CAREFUL, "update.add_to(state.h, self.beta)", "state.h[where] += self.beta * whole[where]", AGREE),
    "remembers unrounded values": (CAREFUL, "state.e = whole - update.dense()", "state.e = whole; state.e[where] = 0.0", OWED),
    "speaks out of turn": (CAREFUL, "            where = where[:0]\n", "            pass\n", "must not send"),
    "moves theta in place": (LAZY, STEP, "theta -= context.alpha * total; return (theta, total)", IN_PLACE),
    "moves theta in place later": (LAZY, STEP,
                                   "moved = context.descend(theta, total); theta *= 1.5; return (moved, total)", IN_PLACE),
    "moves theta at the worker": (LAZY, "        state.previous = theta\n",
                                  "        state.previous = theta.copy(); theta += 1e-3\n", IN_PLACE),
    "leaves out the proximal step": (LAZY, STEP, "return (theta - context.alpha * total, total)",
                                     "must end with context.descend"),
    "climbs": (LAZY, STEP, "return (context.descend(theta, -total), total)", "f does not fall below its start"),
    "sends unrounded values": (LAZY, SEND, "update = Update(len(theta), where, change[where])", DECODED),
    "sends unsorted indices": (LAZY, "where = np.flatnonzero(change)", "where = np.flatnonzero(change)[::-1]", SORTED),
    "sends indices twice": (LAZY, "where = np.flatnonzero(change)", "where = np.repeat(np.flatnonzero(change), 2)", SORTED),
    "sends beyond the model": (LAZY, "where, change", "where + 1, change", "out of bounds|indices must lie in"),
    "sends values that do not match": (LAZY, "len(theta), where, change", "len(theta), where[1:], change",
                                       "broadcast|same length"),
    "says another size": (LAZY, "update(len(theta), where", "update(len(theta) + 1, where", "model's size 12, got 13"),
    "sends what is not a number": (LAZY, CHANGE, "change = np.nan * gradient(theta)", "values must be finite"),
    "sends its own state": (LAZY, f"{SEND}\n        update.add_to(state.known)",
                            "state.known += context.values.round(change); update = Update(len(theta), None, state.known)",
                            f"{DECODED}|{KEPT}|{AGREE}"),
    "changes what it sent": (LAZY, "        return update, state",
                             "        state.sent = update\n        return update, state", KEPT),
    "draws its own random numbers": (LAZY, CHANGE, "change = np.random.rand() * gradient(theta)", FUNCTION),
    "draws at the server": (LAZY, STEP, "return (context.descend(theta, np.random.rand() * total), total)", FUNCTION),
    "sums in order of arrival": (LAZY, SUM, "for worker in outcomes:", "whatever the order of `outcomes`"),
    "keeps a state outside the state": (LAZY, CHANGE, f"SEEN.append(1); {CHANGE} * (1 + 1e-6 * len(SEEN))", FUNCTION),
    "counts runs": (LAZY, "        return Held(np.zeros_like(theta), theta)",
                    "        SEEN.append(1); return Held(np.full_like(theta, 1e-9 * len(SEEN)), theta)", f"two runs|{AGREE}"),
    "shares a state between workers": (LAZY, "return Held(np.zeros_like(theta), theta)", "return Held(SHARED, theta)",
                                       "must not change another worker's state"),
    "asks for more gradients than it says": (LAZY, CHANGE, "change = (gradient(theta) + gradient(theta)) / 2 - state.known",
                                             "asked for 2 gradients"),
    "asks a worker twice": (LAZY, "    def model(self",
                            "    def select(self, state, context): return [0, 1, 1]\n\n    def model(self",
                            "each once, got"),
    "returns the states the wrong way round": (LAZY, "return update, state", "return state, update",
                                               "must return an Update first, got Held"),
    "does not say what is mirrored": (LAZY, "return state.known\n\n    def aggregate", "return None\n\n    def aggregate",
                                      "must say what the server's"),
    "mirrors what nobody holds": (LAZY, "return state[1]\n", "return None\n",
                                  "workers mirror what a server without aggregate does not hold"),
    "gives another shape": (LAZY, "        return state[0]\n", "        return state[0][:5]\n", r"got \(5,\)"),
}
GLOBALS = "\nSEEN, SHARED = [], np.zeros(12)\n"
# what needs a second change: keeps the update that it sent, and changes it in the next step
ALSO = {"changes what it sent": (CHANGE, f"getattr(state, 'sent', Update.empty(1)).values.__imul__(2); {CHANGE}")}


def spoilt(fault: str) -> str:
    """The file with one fault."""
    text, old, new, _said = FAULTS[fault]
    pairs = [(old, new), *([ALSO[fault]] if fault in ALSO else [])]
    text = text.replace("\n\n\n@dataclass", f"\n{GLOBALS}\n\n@dataclass")
    for old, new in pairs:
        assert text.count(old) == 1, f"{fault}: {text.count(old)} places"
        text = text.replace(old, new)
    return text

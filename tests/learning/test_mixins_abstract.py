"""What a shared part of several methods leaves to its leaves is asked for when a leaf is defined, by name."""

import numpy as np
import pytest

from wirelesssim.learning.algorithm import Algorithm, Fate, Outcome
from wirelesssim.learning.algorithms.censoring import CensoredMethod
from wirelesssim.learning.algorithms.error_feedback import ErrorFeedbackMethod
from wirelesssim.learning.algorithms.local_steps import LocalStepsMethod
from wirelesssim.learning.algorithms.received import absorb, arrived, received_sum
from wirelesssim.learning.update import Update
from wirelesssim.model import model


@pytest.mark.parametrize("shared, lacking", [
    (CensoredMethod, "limit"), (ErrorFeedbackMethod, "compress"), (LocalStepsMethod, "direction")])
def test_a_leaf_without_its_own_part_is_refused(shared, lacking):
    with pytest.raises(TypeError, match=f"Forgetful lacks {lacking}, which"):
        @model
        class Forgetful(shared, Algorithm, name="forgetful"):
            """Lacks what `shared` leaves to it."""
    assert "forgetful" not in Algorithm.known


def test_what_arrived_is_summed_in_order_of_worker():
    """Added in the order 0, 1, 2: (1 + 1e-16) + 1e-16 rounds to 1 twice; in the order 1, 2, 0 it would be 1 + 2.2e-16."""
    said = {1: 1e-16, 2: 1e-16, 0: 1.0}
    outcomes = {worker: Outcome.delivered(Update(1, None, np.array([value]))) for worker, value in said.items()}
    outcomes[3] = Outcome(Fate.LOST)
    assert [worker for worker, _ in arrived(outcomes)] == [0, 1, 2]
    assert received_sum(outcomes, np.zeros(1)) == 1.0
    total = np.array([2.0], dtype=np.float32)
    absorb(total, outcomes)
    assert total == 3.0 and received_sum(outcomes, total).dtype == np.float32

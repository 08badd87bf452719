"""What TR 38.901's laws leave to each leaf is asked for when a leaf is defined."""

import pytest

from wirelesssim.model import model
from wirelesssim.radio.pathloss import PathLoss
from wirelesssim.radio.pathloss.tr38901 import Tr38901


def test_a_law_without_its_formulas_is_refused():
    lacking = "deviation, los_probability, loss, outdoor_decorrelation, state_decorrelation"
    with pytest.raises(TypeError, match=f"Forgetful lacks {lacking}, which"):
        @model
        class Forgetful(Tr38901, PathLoss, name="forgetful"):
            """Lacks all five."""
    assert "forgetful" not in PathLoss.known

"""Bianchi's fixed point against tabulated solutions, and the contention loop under his rules against it."""

import numpy as np
import pytest

from wirelesssim.network.wifi.alone import medium_alone, saturated
from wirelesssim.radio.wifi import ack_duration, legacy_mode, ppdu_duration
from wirelesssim.radio.wifi.bianchi import saturation_point

# W, m, n, tau, p, P_tr, P_s, T_s and T_c in us, S: his fixed point solved to rounding for the frames of his table II (FHSS,
# 8184 bits, slot 50 us); the times by his equations (14), basic access, and (17), RTS/CTS.
TABLE = [
    (32, 3, 1, 0.06060606, 0.00000000, 0.06060606, 1.00000000, 8982.0, 8713.0, 0.838782),
    (32, 3, 10, 0.03868540, 0.29888405, 0.32600700, 0.83197448, 9568.0, 417.0, 0.837112),
    (32, 3, 30, 0.02419693, 0.50852304, 0.52041527, 0.68554306, 8982.0, 8713.0, 0.627326),
    (32, 5, 50, 0.01539170, 0.53236046, 0.53955822, 0.66700545, 9568.0, 417.0, 0.831694),
    (128, 3, 10, 0.01351856, 0.11529140, 0.12725139, 0.93987111, 8982.0, 8713.0, 0.826309),
    (16, 6, 10, 0.05247989, 0.38440383, 0.41671026, 0.77527302, 8982.0, 8713.0, 0.705645),
]


@pytest.mark.parametrize("window, stages, stations, tau, p, busy, success, ts, tc, share", TABLE)
def test_the_fixed_point(window, stages, stations, tau, p, busy, success, ts, tc, share):
    point = saturation_point(stations, window, stages)
    found = (point.tau, point.collision, point.busy, point.success, point.throughput(8184, 50, ts, tc))
    assert found == pytest.approx((tau, p, busy, success, share), abs=1e-6)


def test_the_limits_of_the_fixed_point():
    """Without stages tau = 2 / (W + 1) whatever the others do; his p = 1/2 has no hole; no sense is refused."""
    assert saturation_point(7, 32, 0).tau == pytest.approx(2 / 33, abs=1e-12)
    near = [saturation_point(n, 32, 3).collision for n in range(2, 80)]
    assert np.all(np.diff(near) > 0) and near[0] < 0.5 < near[-1]
    for wrong in ((0, 32, 3), (3, 0, 3), (3, 32, -1)):
        with pytest.raises(ValueError):
            saturation_point(*wrong)


@pytest.mark.parametrize("stations, window, stages", [(2, 16, 6), (5, 16, 6), (10, 32, 5), (20, 16, 6), (50, 32, 5)])
def test_the_loop_under_his_rules(stations, window, stages):
    """802.11a, 54 Mb/s: T_s = 248 + 16 + 28 + 34 us, T_c = 248 + 34 us. Within 1 % in throughput, 0.01 in collision
    probability."""
    data, ack = ppdu_duration(legacy_mode(54), 1536), ack_duration(legacy_mode(24))
    assert (data, ack) == (248_000, 28_000)
    point = saturation_point(stations, window, stages)
    expected = point.throughput(8 * 1472, 9e-6, 326e-6, 282e-6)
    runs = [saturated(medium_alone(stations, access={"rules": "bianchi"}, seed=seed,
                                   rules={"cw_min": window - 1, "cw_max": window * 2**stages - 1}), 8.0) for seed in range(3)]
    assert np.mean([run.throughput() for run in runs]) == pytest.approx(expected, rel=0.01)
    assert np.mean([run.collision for run in runs]) == pytest.approx(point.collision, abs=0.01)

"""Scenarios of a fraction of a second, as mappings."""

QUADRATIC = {
    "name": "tiny", "seed": 5, "workers": 3, "stop": {"rounds": 15}, "targets": {"error": [1e-1]},
    "objective": {"type": "quadratic", "dimension": 20, "condition": 5},
    "algorithm": {"type": "gd_sec", "step_size": "0.5/L", "xi": "2 L", "beta": 0.1},
    "channel": {"type": "fixed", "rate": "1 Mbit/s", "latency": "5 ms", "loss": "20 %"},
    "access": {"type": "tdma"}, "downlink": {"type": "multicast"},
    "variants": {"GD": {"algorithm": {"type": "gd", "step_size": "0.5/L"}}, "GD-SEC": {}},
    "matrix": {"channel.loss": ["0 %", "20 %"]},
}
DIGITS = QUADRATIC | {
    "name": "digits", "data": {"type": "digits", "train": 300, "test": 100}, "targets": {"accuracy": ["30 %", "60 %"]},
    "objective": {"type": "softmax", "l2": 1e-3}, "algorithm": {"type": "gd_sec", "step_size": "1/L", "xi": "2 L", "beta": 0.1},
    "variants": {"GD": {"algorithm": {"type": "gd", "step_size": "1/L"}}, "GD-SEC": {}}}

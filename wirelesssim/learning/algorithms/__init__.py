"""The methods, one file each; importing this package registers them under their names."""

from . import (gd, gd_sec, gd_soec, qgd, qsgd, top_j, rand_j, diana, ef21, ef_signsgd, signsgd, fedavg, fedprox, no_state, sgd,
               sgd_sec, qsgd_sec, cgd, chb, lag_wk, lag_ps, laq, cyc_iag, nounif_iag)

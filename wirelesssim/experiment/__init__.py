"""Experiment: many runs. Points become tables, tables become results on disk, sweeps skip what is finished.

`statistics` reads tidy tables; `tables` makes them; `store` writes them whole or not at all; `execution` runs points, in
this process or in several; `results` is what a notebook holds.
"""

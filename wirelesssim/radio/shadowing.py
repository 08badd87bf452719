"""Shadowing: how much a place lies above or below the median, a fixed random field over the plane.

The same place has the same value on return, for every worker and for every algorithm; there is one field a site.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable
from typing import Annotated

import numpy as np

from ..errors import InputError, Problem
from ..model import Model, model
from ..rng import Streams
from ..units import DISTANCE, Decibels, Quantity, from_db
from .gaussian_field import SINUSOIDS, GaussianField
from .pathloss import PathLoss, Propagation

__all__ = ["Shadowing", "NoShadowing", "LognormalShadowing", "StandardShadowing", "SINUSOIDS"]

Field = Callable[[np.ndarray, Propagation], np.ndarray]
Decorrelation = Annotated[float, Quantity(DISTANCE, gt=0, ge=1e-3)]  # a moving worker's steps are a tenth of it


class Shadowing(Model, family="shadowing"):
    """The law of the shadowing gain over the plane."""

    @abstractmethod
    def at(self, streams: Streams, path_loss: PathLoss) -> Field:
        """One site's shadowing: (positions (..., 2) m, what `path_loss` says of them) -> linear power gain (...), pure."""

    @abstractmethod
    def distance_scale(self, path_loss: PathLoss) -> float:
        """The decorrelation distance (m); the least that `path_loss` states, where it does; infinite without shadowing."""

    def check_law(self, path_loss: PathLoss) -> None:
        """InputError (`shadowing.type`) where this shadowing cannot go with `path_loss`."""


@model
class NoShadowing(Shadowing, name="none"):
    """Every place at the median: gain 1."""

    def field(self, streams):
        """(positions (..., 2)) -> ones (...)."""
        return lambda positions: np.ones(np.shape(positions)[:-1])

    def at(self, streams, path_loss):
        field = self.field(streams)
        return lambda positions, _: field(positions)

    def distance_scale(self, path_loss):
        return np.inf


@model
class LognormalShadowing(Shadowing, name="lognormal"):
    """Log-normal shadowing, gain = 10^(sigma G(x) / 10), G a standard Gaussian field with exponential correlation.

        E[G(x) G(y)] = exp(-|x - y| / d),       d = `decorrelation` (m), `sigma` in dB

    (M. Gudmundson, "Correlation model for shadow fading in mobile radio systems", Electron. Lett. 27, 1991; how G is made
    stands in `gaussian_field`.) The same sigma everywhere, whatever the state of the place.

    The median is 1, the mean gain exceeds it: exp((sigma ln 10 / 10)^2 / 2). Defaults: TR 38.901, table 7.4.1-1, has
    6 dB (UMa) and 7.82 dB (UMi) without line of sight, 7 dB lies between; 50 m is UMa's without line of sight, table
    7.5-6. Left out: line-of-sight states (see `standard`), correlation between sites.
    """

    sigma: Decibels = "7 dB"
    decorrelation: Decorrelation = "50 m"

    def field(self, streams):
        """(positions (..., 2)) -> gain (...)."""
        levels = GaussianField(streams("shadowing"), self.decorrelation)
        return lambda positions: from_db(self.sigma * levels(positions))

    def at(self, streams, path_loss):
        field = self.field(streams)
        return lambda positions, _: field(positions)

    def distance_scale(self, path_loss):
        return self.decorrelation


@model
class StandardShadowing(Shadowing, name="standard"):
    """The shadowing that the standard states with its path loss: sigma and decorrelation of the state of the place.

        gain = 10^(sigma_s G_s(x) / 10),     s the state of x, line of sight or not

    G_LOS and G_NLOS are independent Gaussian fields as in `lognormal`, each with its own decorrelation distance; sigma_s in dB
    from TR 38.901, table 7.4.1-1 (7.5-6 behind walls), decorrelation from table 7.5-6: see the path-loss law. Where the state
    changes the gain jumps. InputError with a law that states none. Left out: correlation with delay and angle
    spread, and between sites.
    """

    def at(self, streams, path_loss):
        fields = [GaussianField(streams("shadowing", state), distance)
                  for state, distance in zip(("line of sight", "blocked"), path_loss.decorrelation)]

        def gain(positions, propagation):
            positions, los = np.asarray(positions, dtype=float), np.asarray(propagation.los)
            level = np.empty(los.shape)
            level[los], level[~los] = fields[0](positions[los]), fields[1](positions[~los])
            return from_db(propagation.sigma * level)

        return gain

    def distance_scale(self, path_loss):
        return min(path_loss.decorrelation)

    def check_law(self, path_loss):
        if path_loss.decorrelation is None:
            stating = sorted(name for name, law in PathLoss.known.items() if law.decorrelation is not PathLoss.decorrelation)
            rule = (f"must not be 'standard' with path_loss {path_loss.type_name!r}, which states no shadowing; choose "
                    f"'lognormal', 'none', or one of the laws {', '.join(stating)}")
            raise InputError(Problem(("shadowing", "type"), rule))

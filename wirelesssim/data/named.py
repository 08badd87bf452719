"""Sets by name that are fetched once and then read from the cache, or from where a system's package put them.

Never downloaded inside a run. A set whose publishers chose a test part keeps it: `train` samples come from the training
part and `test` samples from the test part alone (all of each unless said), so that results compare with the literature.
"""

from __future__ import annotations

from collections.abc import Hashable
from pathlib import Path
from typing import ClassVar

import numpy as np
import scipy.sparse as sp

from ..errors import InputError, Problem
from ..model import model
from .cache import cache_folder, entry_stamp, is_cached, read_entry
from .dataset import Dataset
from .facts import PUBLISHED
from .parse import parse
from .published import Published
from .source import Data
from .table import Table, Unreadable

__all__ = ["Fetched", "installed_folder", "FashionMnist", "MnistFull", "W2a", "W8a", "A9a", "ColonCancer", "Dna", "Rcv1Train",
           "Mushrooms", "Covtype", "Gisette", "Ijcnn1", "Cifar10"]


def installed_folder(facts: Published) -> Path | None:
    """Where a package of the system put all files of a set; None where none did."""
    files = {file for part in facts.parts for file in part.files}
    return next((Path(folder) for folder in facts.installed if all((Path(folder) / file).is_file() for file in files)), None)


class Fetched:
    """What the leaves of this file share: they are read from a system's package, else from the cache.

    InputError (`type`) where the set is in neither, with the ways to get it, or where it is damaged.
    """

    facts: ClassVar[Published]
    type_name: ClassVar[str]

    def __init_subclass__(cls, name: str, **kwargs):
        super().__init_subclass__(name=name, **kwargs)
        cls.facts = facts = PUBLISHED[name]
        cls.samples, cls.dimension, cls.task = facts.train.samples, facts.dimension, facts.task
        cls.test_samples = facts.test.samples if facts.test else 0
        cls.source, cls.licence, cls.citation = facts.mirrors[0], facts.licence, facts.citation

    def stamp(self) -> Hashable:
        return installed_folder(self.facts), entry_stamp(self.type_name)

    def read(self) -> Dataset:
        folder = installed_folder(self.facts)
        if folder is None and not is_cached(self.type_name):
            raise InputError(Problem(("type",), missing(self.type_name, self.facts)))
        table, given = read_entry(self.type_name) if folder is None else _read_folder(self.type_name, self.facts, folder)
        features = table.features if sp.issparse(table.features) else table.features.astype(float, copy=False)
        if self.normalize == "auto" and self.facts.pixels:
            features /= self.facts.pixels
        labels = table.labels.astype(np.int64)
        return Dataset.of(features, labels, self.type_name, classification=True, given_test=given)


def missing(name: str, facts: Published) -> str:
    """What to say of a set that is not here: the ways to get it."""
    package = "; Debian's package dataset-fashion-mnist has it too" if facts.installed else ""
    files = " and ".join(dict.fromkeys(file for part in facts.parts for file in part.files))
    own = "" if facts.format == "cifar" else f", or give the file itself as data: {{path: ./{facts.train.files[0]}}}"
    return (f"{name!r} is not here, and a run downloads nothing; `wirelesssim data fetch {name}` gets it (into "
            f"{cache_folder()}); without network, bring {files} (from {facts.mirrors[0]}) and use "
            f"`wirelesssim data fetch {name} --mirror FOLDER`{own}{package}")


def _read_folder(name: str, facts: Published, folder: Path) -> tuple[Table, int]:
    try:
        parts = [parse(facts, part, [folder / file for file in part.files]) for part in facts.parts]
    except Unreadable as error:
        raise InputError(Problem(("type",), f"{name!r} in {folder} {error}; install its package again")) from None
    features = np.concatenate([part.features for part in parts])
    return Table(features, np.concatenate([part.labels for part in parts])), len(parts[1].labels) if len(parts) > 1 else 0


@model
class FashionMnist(Fetched, Data, name="fashion_mnist"):
    """70,000 articles of clothing in ten classes, 28 x 28 grey pixels divided by 255; the last 10,000 are for testing."""


@model
class MnistFull(Fetched, Data, name="mnist_full"):
    """All 70,000 digits of MNIST, 28 x 28 grey pixels divided by 255; the last 10,000 are for testing.

    `mnist` is the 5000 of them that come with an installed package.
    """


@model
class W2a(Fetched, Data, name="w2a"):
    """3470 web pages, 300 binary words, 3 % positive; 46,279 more for testing."""


@model
class W8a(Fetched, Data, name="w8a"):
    """49,749 web pages, 300 binary words, 3 % positive; 14,951 more for testing."""


@model
class A9a(Fetched, Data, name="a9a"):
    """32,561 people of a census, 123 binary features, income above $50,000 or not; 16,281 more for testing."""


@model
class ColonCancer(Fetched, Data, name="colon-cancer"):
    """62 tissues, 2000 gene expressions, tumour or normal: far more features than samples."""


@model
class Dna(Fetched, Data, name="dna"):
    """2000 stretches of DNA, 180 binary features, three kinds of splice junction; 1186 more for testing."""


@model
class Rcv1Train(Fetched, Data, name="rcv1_train.binary"):
    """20,242 Reuters news texts, 47,236 words in unit-norm tf-idf, two classes; stays sparse (0.16 %)."""


@model
class Mushrooms(Fetched, Data, name="mushrooms"):
    """8124 mushrooms, 112 binary features, edible or poisonous."""


@model
class Covtype(Fetched, Data, name="covtype"):
    """581,012 patches of forest, 54 features scaled to [0, 1], the commonest cover against the rest."""


@model
class Gisette(Fetched, Data, name="gisette"):
    """6000 handwritten digits 4 and 9, 5000 features scaled to [-1, 1]; 1000 more for testing."""


@model
class Ijcnn1(Fetched, Data, name="ijcnn1"):
    """49,990 samples of an engine's ignition, 22 features, 10 % positive; 91,701 more for testing."""


@model
class Cifar10(Fetched, Data, name="cifar10"):
    """60,000 colour images in ten classes, 3 x 32 x 32 pixels (red plane first) divided by 255; the last 10,000 for testing.

    As float64 features they take 1.5 GB.
    """

"""Samples, and how they are dealt out: sets by name, the user's own files, splits and partitions.

Hands out arrays and knows nothing of what is learned from them. Where a set comes from, in this order: a local file
(`path`), an installed package, the cache of what was fetched. Nothing is downloaded but by `fetch`, which a person asks for.
Left out: transformations of samples (augmentation, one-hot, imputation).
"""

from .cache import cache_folder
from .catalogue import catalogue
from .column import Column
from .dataset import Dataset, Split
from .facts import PUBLISHED
from .fetching import fetch
from .file import File
from .heterogeneity import heterogeneity
from .named import (A9a, Cifar10, ColonCancer, Covtype, Dna, FashionMnist, Gisette, Ijcnn1, MnistFull, Mushrooms, Rcv1Train,
                    W2a, W8a)
from .packaged import BreastCancer, Diabetes, Digits, Iris, Mnist, Wine
from .partition import Contiguous, Dirichlet, Iid, Partition, Sorted
from .skew import QuantitySkew, Shards
from .source import Data
from .synthetic import LagSynthetic, SparseLogistic

__all__ = ["Data", "Dataset", "Split", "Mnist", "Digits", "BreastCancer", "Wine", "Iris", "Diabetes", "File",
           "FashionMnist", "MnistFull", "W2a", "W8a", "A9a", "ColonCancer", "Dna", "Rcv1Train", "Mushrooms", "Covtype",
           "Gisette", "Ijcnn1", "Cifar10", "LagSynthetic", "SparseLogistic",
           "Partition", "Iid", "Contiguous", "Sorted", "Dirichlet", "Shards", "QuantitySkew", "Column",
           "PUBLISHED", "cache_folder", "catalogue", "fetch", "heterogeneity"]

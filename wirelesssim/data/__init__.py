"""Samples, and how they are dealt out: sets of installed packages, the user's own files, splits and partitions.

Hands out arrays and knows nothing of what is learned from them. Nothing is downloaded. Left out: sets by name that no
package ships, test parts in files of their own, and transformations of samples (augmentation, one-hot, imputation).
"""

from .catalogue import catalogue
from .dataset import Dataset, Split
from .file import File
from .heterogeneity import heterogeneity
from .packaged import BreastCancer, Diabetes, Digits, Iris, Mnist, Wine
from .partition import Contiguous, Dirichlet, Iid, Partition, Sorted
from .source import Data

__all__ = ["Data", "Dataset", "Split", "Mnist", "Digits", "BreastCancer", "Wine", "Iris", "Diabetes", "File",
           "Partition", "Iid", "Contiguous", "Sorted", "Dirichlet", "heterogeneity", "catalogue"]

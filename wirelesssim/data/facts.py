"""What is known of the sets that users of this literature expect by name: one entry a set.

Sources of the numbers: shapes and class sizes are those of LIBSVM's data pages, of UCI and of the sets' own pages; hashes
were computed from the samples and agree between independent copies. Where no copy was at hand to confirm a number, it is
left out, and is not checked. LIBSVM's pages state no licence; what is said of licences was not checked further.
"""

from __future__ import annotations

from .published import Part, Published

__all__ = ["PUBLISHED"]

_LIBSVM = ("https://www.csie.ntu.edu.tw/~cjlin/libsvmtools/datasets/",
           "http://ntucsu.csie.ntu.edu.tw/~cjlin/libsvmtools/datasets/")
_BINARY = tuple(f"{mirror}binary/" for mirror in _LIBSVM)
_MULTICLASS = tuple(f"{mirror}multiclass/" for mirror in _LIBSVM)
_IDX_TRAIN = ("train-images-idx3-ubyte.gz", "train-labels-idx1-ubyte.gz")
_IDX_TEST = ("t10k-images-idx3-ubyte.gz", "t10k-labels-idx1-ubyte.gz")
_UCI = "LIBSVM states none; UCI: CC BY 4.0 (not checked further)"
_NONE = "LIBSVM states none; not checked further"
_PLATT = "Platt, Fast training of support vector machines using sequential minimal optimization, 1998 (web pages); LIBSVM"

PUBLISHED: dict[str, Published] = {
    "mnist_full": Published(
        format="idx", dimension=784, pixels=255.0, licence="none stated with the data; not checked further",
        citation="LeCun, Bottou, Bengio, Haffner, Gradient-based learning applied to document recognition, Proc. IEEE, 1998",
        mirrors=("https://storage.googleapis.com/cvdf-datasets/mnist/", "https://ossci-datasets.s3.amazonaws.com/mnist/",
                 "http://yann.lecun.com/exdb/mnist/"),  # the last, the first publisher's, has long answered 403 or 404
        train=Part(files=_IDX_TRAIN, samples=60_000, sizes=(5421, 5842, 5851, 5918, 5923, 5949, 5958, 6131, 6265, 6742), plain=(
            "ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db",
            "65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5")),
        test=Part(files=_IDX_TEST, samples=10_000, sizes=(892, 958, 974, 980, 982, 1009, 1010, 1028, 1032, 1135), plain=(
            "0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7",
            "ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2"))),
    "fashion_mnist": Published(
        format="idx", dimension=784, pixels=255.0, licence="MIT", installed=("/usr/share/datasets/fashion-mnist",),
        citation="Xiao, Rasul, Vollgraf, Fashion-MNIST, arXiv 1708.07747, 2017",
        mirrors=("https://storage.googleapis.com/tensorflow/tf-keras-datasets/",
                 "http://fashion-mnist.s3-website.eu-central-1.amazonaws.com/",
                 "https://raw.githubusercontent.com/zalandoresearch/fashion-mnist/master/data/fashion/"),
        train=Part(files=_IDX_TRAIN, samples=60_000, sizes=(6000,) * 10, plain=(  # of Debian's dataset-fashion-mnist
            "c59f468a2f672dc815687fe0f83887768d799fd8a3f3276145d20f83aa44d888",
            "bad3541b69d912435c50bb6ba87bec294ff4f6a2e1246121d8633921760443d9")),
        test=Part(files=_IDX_TEST, samples=10_000, sizes=(1000,) * 10, plain=(
            "5b4141f0afbad91edebe8549f8fcffe087ea10ca49f1dbef5c9a5cd8815ce37b",
            "0402a96d92fd2663957122ceb108a494c5af83dab82d92729df917d7dec38c34"))),
    "w2a": Published(
        format="libsvm", dimension=300, mirrors=_BINARY, licence=_NONE, citation=_PLATT,
        train=Part(files=("w2a",), samples=3470, sizes=(107, 3363), entries=40_373,
                   rows="53457d403f71970de6c149423eeca21dc57996f6a004d024d620da666ecf132a"),
        test=Part(files=("w2a.t",), samples=46_279, sizes=(1372, 44_907), entries=539_213,
                  rows="24f5ffa7ab64e15a36183e3eefca030533bed646c18a407a8cb74da50da84dec")),
    "w8a": Published(
        format="libsvm", dimension=300, mirrors=_BINARY, licence=_NONE, citation=_PLATT,
        train=Part(files=("w8a",), samples=49_749, sizes=(1479, 48_270), entries=579_586,  # w2a and w2a.t together
                   rows="f90c92fab90d5d014cb0e5c2b35b4f74aadf75142a90ff7b9a00635c0b5f1fcd"),
        test=Part(files=("w8a.t",), samples=14_951)),
    "a9a": Published(
        format="libsvm", dimension=123, mirrors=_BINARY, licence=_UCI,
        citation="Kohavi 1996 (UCI Adult); Platt 1998; LIBSVM",
        train=Part(files=("a9a",), samples=32_561, sizes=(7841, 24_720),
                   rows="5b0d60982e711292325de9e45fa0c1094d4ede59d2a291ff055cb220eb7c2f7e"),
        test=Part(files=("a9a.t",), samples=16_281, sizes=(3846, 12_435),
                  rows="ca2201ff7eb3f84eedbacc54da69e33deeb245775475c1681304adce3eccc1e5")),
    "colon-cancer": Published(
        format="libsvm", dimension=2000, mirrors=_BINARY, licence=_NONE,
        citation="Alon et al., Broad patterns of gene expression, PNAS 96, 1999; LIBSVM",
        train=Part(files=("colon-cancer.bz2",), samples=62, sizes=(22, 40), entries=124_000,
                   rows="85606b0005e4b76d92dd59db96274c3997263b6590134880cfb6c24718cfafc9")),
    "dna": Published(
        format="libsvm", dimension=180, mirrors=_MULTICLASS, licence=_UCI,
        citation="Michie, Spiegelhalter, Taylor, Machine Learning, Neural and Statistical Classification, 1994 (Statlog); LIBSVM",
        train=Part(files=("dna.scale",), samples=2000, sizes=(464, 485, 1051), entries=91_233,
                   rows="4261d93dc90fccc31d2afb51352f1b358b7bbce8d7edaa595eb3659496971a68"),
        test=Part(files=("dna.scale.t",), samples=1186, sizes=(280, 303, 603), entries=53_669,
                  rows="1e6a218b7c915bbdb587ca5b745c3efec68e391ff390d6fb9ce5e9d1d1099c62")),
    "rcv1_train.binary": Published(  # the test part of 677,399 samples is left out: 36 times the training part
        format="libsvm", dimension=47_236, mirrors=_BINARY, licence="LIBSVM states none; Reuters' text is not in it",
        citation="Lewis, Yang, Rose, Li, RCV1: a new benchmark collection, JMLR 5, 2004; LIBSVM",
        train=Part(files=("rcv1_train.binary.bz2",), samples=20_242, sizes=(9751, 10_491),
                   most_entries=200 * 20_242)),  # about 75 a text; which number exactly is not confirmed
    "mushrooms": Published(
        format="libsvm", dimension=112, mirrors=_BINARY, licence=_UCI, citation="Schlimmer 1987 (UCI Mushroom); LIBSVM",
        train=Part(files=("mushrooms",), samples=8124, sizes=(3916, 4208), entries=8124 * 21)),  # 21 attributes, one-hot
    "covtype": Published(
        format="libsvm", dimension=54, mirrors=_BINARY, licence=_UCI,
        citation="Blackard, Dean 1999 (UCI Covertype); class 2 against the rest, scaled: Collobert, Bengio, Bengio 2002; LIBSVM",
        train=Part(files=("covtype.libsvm.binary.scale.bz2",), samples=581_012, sizes=(283_301, 297_711))),
    "gisette": Published(
        format="libsvm", dimension=5000, mirrors=_BINARY, licence=_UCI,
        citation="Guyon, Gunn, Ben Hur, Dror, Result analysis of the NIPS 2003 feature selection challenge, 2004; LIBSVM",
        train=Part(files=("gisette_scale.bz2",), samples=6000, sizes=(3000, 3000)),
        test=Part(files=("gisette_scale.t.bz2",), samples=1000, sizes=(500, 500))),
    "ijcnn1": Published(
        format="libsvm", dimension=22, mirrors=_BINARY, licence=_NONE,
        citation="Prokhorov, IJCNN 2001 neural network competition; Chang, Lin 2001; LIBSVM",
        train=Part(files=("ijcnn1.bz2",), samples=49_990, sizes=(4853, 45_137)),
        test=Part(files=("ijcnn1.t.bz2",), samples=91_701, sizes=(8712, 82_989))),
    "cifar10": Published(
        format="cifar", dimension=3072, pixels=255.0, licence="none stated with the data; not checked further",
        citation="Krizhevsky, Learning multiple layers of features from tiny images, 2009",
        mirrors=("https://www.cs.toronto.edu/~kriz/", "https://storage.googleapis.com/s4tf-hosted-binaries/datasets/CIFAR10/"),
        train=Part(files=("cifar-10-binary.tar.gz",), samples=50_000, sizes=(5000,) * 10,
                   members=tuple(f"cifar-10-batches-bin/data_batch_{number}.bin" for number in range(1, 6))),
        test=Part(files=("cifar-10-binary.tar.gz",), samples=10_000, sizes=(1000,) * 10,
                  members=("cifar-10-batches-bin/test_batch.bin",))),
}

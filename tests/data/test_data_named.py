"""Sets by name from a package of the system or from the cache: parts, pixels, and what is refused."""

import dataclasses
import gzip
import io
import tarfile

import numpy as np
import pytest
from data_cases import idx

from wirelesssim.data import Cifar10, Data, FashionMnist
from wirelesssim.data.cache import write_entry
from wirelesssim.data.facts import PUBLISHED
from wirelesssim.data.parse import parse
from wirelesssim.data.published import Part
from wirelesssim.data.table import Table, Unreadable
from wirelesssim.errors import InputError
from wirelesssim.model import build, leaf_schema, plain
from wirelesssim.rng import Streams


def in_two_parts(train=30, test=20):
    """A cached set whose sample i has the one feature i, and the label i mod 2."""
    numbers = np.arange(train + test)
    tables = [Table(part[:, None].astype(float), part % 2) for part in np.split(numbers, [train])]
    write_entry("w2a", tables, ["here"])


def split(seed=1, **fields):
    made = build(Data, {"type": "w2a", **fields}).split(Streams(seed))
    return made.train_features[:, 0].astype(int), made.test_features[:, 0].astype(int), made


@pytest.mark.parametrize("train, test, sizes", [
    (None, None, (30, 20)), (10, None, (10, 20)), (None, 5, (30, 5)), (30, 20, (30, 20)), (12, 0, (12, 0))])
def test_published_parts_are_never_mixed(cache, train, test, sizes):
    in_two_parts()
    ours, theirs, made = split(train=train, test=test)
    assert (len(ours), len(theirs)) == sizes
    assert len({*ours}) == sizes[0] and max(ours) < 30
    assert len({*theirs}) == sizes[1] and (not len(theirs) or min(theirs) >= 30)
    assert np.array_equal(made.train_labels, ours % 2) and np.array_equal(made.test_labels, theirs % 2)


def test_parts_are_drawn_by_the_stream(cache):
    in_two_parts()
    assert not np.array_equal(split(1)[0], split(2)[0]) and not np.array_equal(split(1)[1], split(2)[1])
    assert np.array_equal(split(1, train=9)[0], split(1, train=20, test=3)[0][:9])
    assert np.array_equal(split(1, test=4)[1], split(1, train=3)[1][:4])


def test_more_than_was_published_is_refused(cache):
    in_two_parts()
    with pytest.raises(InputError, match="train must be <= 30, the training part of w2a as it was published, got 31; .* mixed"):
        split(train=31)
    with pytest.raises(InputError, match="test must be <= 20, the test part of w2a as it was published, got 21"):
        split(test=21)


def small_images(folder, monkeypatch):
    """A folder as a system's package fills it, and facts that fit it."""
    folder.mkdir()
    random = np.random.default_rng(5)
    parts = []
    for prefix, part, samples in (("train", FashionMnist.facts.train, 20), ("t10k", FashionMnist.facts.test, 10)):
        images = random.integers(0, 256, (samples, 28, 28)).astype(np.uint8)
        images[0, 0, 0] = 255
        (folder / f"{prefix}-images-idx3-ubyte.gz").write_bytes(gzip.compress(idx(images)))
        (folder / f"{prefix}-labels-idx1-ubyte.gz").write_bytes(gzip.compress(idx((np.arange(samples) % 10).astype(np.uint8))))
        parts.append(dataclasses.replace(part, samples=samples, sizes=(samples // 10,) * 10, plain=None))
    facts = dataclasses.replace(FashionMnist.facts, train=parts[0], test=parts[1], installed=(str(folder),))
    monkeypatch.setattr(FashionMnist, "facts", facts)


def test_a_package_of_the_system_comes_before_the_cache(cache, tmp_path, monkeypatch):
    write_entry("fashion_mnist", [Table(np.zeros((4, 784), np.uint8), np.arange(4))], ["here"])
    small_images(tmp_path / "package", monkeypatch)
    whole = build(Data, "fashion_mnist").load()
    assert whole.features.shape == (30, 784) and whole.given_test == 10 and whole.features.max() == 1.0
    assert build(Data, {"type": "fashion_mnist", "normalize": "none"}).load().features.max() == 255.0
    (tmp_path / "package" / "t10k-labels-idx1-ubyte.gz").unlink()  # an incomplete folder is no package
    assert build(Data, "fashion_mnist").load().features.shape == (4, 784)


def test_a_damaged_package_is_refused(cache, tmp_path, monkeypatch):
    small_images(tmp_path / "package", monkeypatch)
    (tmp_path / "package" / "train-labels-idx1-ubyte.gz").write_bytes(gzip.compress(idx(np.zeros(20, np.uint8))))
    with pytest.raises(InputError, match="'fashion_mnist' in .* holds classes of 20 samples where 2, 2, .* install its package"):
        build(Data, "fashion_mnist").load()
    (tmp_path / "package" / "train-labels-idx1-ubyte.gz").write_bytes(b"\x1f\x8b")
    with pytest.raises(InputError, match="is a damaged or truncated gzip file"):
        build(Data, "fashion_mnist").load()


def archive(folder, batches, names):
    """CIFAR's archive with these batches of bytes."""
    path = folder / "cifar-10-binary.tar.gz"
    with tarfile.open(path, "w:gz") as tar:
        for name, data in zip(names, batches):
            entry = tarfile.TarInfo(name)
            entry.size = len(data)
            tar.addfile(entry, io.BytesIO(data))
    return path


def test_cifar_records_by_hand(tmp_path):
    # a record is a label byte and 1024 red, 1024 green, 1024 blue bytes; two batches of five records, two classes of five
    names = Cifar10.facts.train.members[:2]
    part = Part(files=("cifar-10-binary.tar.gz",), samples=10, sizes=(5, 5), members=names)
    records = [bytes([number % 2]) + bytes([number] * 1024) + bytes([100]) * 1024 + bytes([200]) * 1024 for number in range(10)]
    path = archive(tmp_path, [b"".join(records[:5]), b"".join(records[5:])], names)
    table = parse(Cifar10.facts, part, [path])
    assert table.features.shape == (10, 3072) and table.features.dtype == np.uint8
    assert table.features[:, 0].tolist() == list(range(10)) and table.labels.tolist() == [0, 1] * 5
    assert table.features[3, [1023, 1024, 2047, 2048, 3071]].tolist() == [3, 100, 100, 200, 200]
    for damaged in (archive(tmp_path, [b"".join(records)], names[:1]), archive(tmp_path, [records[0][:-1], b""], names)):
        with pytest.raises(Unreadable):
            parse(Cifar10.facts, part, [damaged])
    (tmp_path / "cifar-10-binary.tar.gz").write_bytes(gzip.compress(b"no archive"))
    with pytest.raises(Unreadable, match="is not the archive of CIFAR's binary version"):
        parse(Cifar10.facts, part, [tmp_path / "cifar-10-binary.tar.gz"])


@pytest.mark.parametrize("name", sorted(PUBLISHED))
def test_facts_are_whole(name):
    facts = PUBLISHED[name]
    for part in facts.parts:
        assert part.sizes is None or sum(part.sizes) == part.samples and list(part.sizes) == sorted(part.sizes)
        assert part.rows is None or len(part.rows) == 64
        assert part.plain is None or [len(digest) for digest in part.plain] == [64] * len(part.files)
        assert len(part.files) == {"libsvm": 1, "idx": 2, "cifar": 1}[facts.format]
    assert all(mirror.startswith("http") and mirror.endswith("/") for mirror in facts.mirrors)
    assert "yann.lecun.com" not in facts.mirrors[0]
    made = build(Data, {"type": name, "train": 7})
    assert build(Data, plain(made)) == made and leaf_schema(type(made))["properties"]["type"] == {"const": name}
    assert type(made).samples == facts.train.samples


def test_missing_sets_say_how_to_get_them(cache):
    for name in set(PUBLISHED) - {"fashion_mnist"}:  # that one may be installed here
        with pytest.raises(InputError) as caught:
            build(Data, name).load()
        assert f"`wirelesssim data fetch {name}`" in str(caught.value) and len(caught.value.problems) == 1

"""nn.data: sets that are what they say, splits and orders that come back, scales learned from training rows only."""

from __future__ import annotations

import math
import pickle
import sys
from collections import Counter
from dataclasses import FrozenInstanceError
from random import Random
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from hypothesis import given, strategies as st
from oracles import require
from sklearn import datasets, preprocessing
from wording import mentions

from engine import GradwalkError, MissingExtra, Value
from nn import MLP, NetworkError, data
from nn.data.batching import places, seed_words, words_of

if TYPE_CHECKING:
    from collections.abc import Callable

GENERATED: dict[str, Callable[..., data.Dataset]] = {
    make.__name__: make for make in (data.moons, data.circles, data.spiral, data.xor, data.blobs, data.linear)
}
CLASSED = sorted(set(GENERATED) - {"linear"})
REAL = {"iris": data.iris, "digits": data.digits}


# Generated data


@pytest.mark.parametrize("name", GENERATED)
def test_the_same_call_gives_the_same_rows_and_another_seed_gives_others(name: str) -> None:
    make = GENERATED[name]
    assert make(rows=40, noise=0.1, seed=1) == make(rows=40, noise=0.1, seed=1) == make(40, noise=0.1, seed=Random(1))
    assert make(rows=40, noise=0.1, seed=1).X != make(rows=40, noise=0.1, seed=2).X or name == "linear"
    assert make(rows=40, noise=0.1, seed=1) != make(rows=40, noise=0.1, seed=2)


@pytest.mark.parametrize("name", GENERATED)
@pytest.mark.parametrize("rows", [4, 37, 100])
def test_there_are_as_many_rows_as_asked_for(name: str, rows: int) -> None:
    made = GENERATED[name](rows=rows)
    assert len(made.X) == len(made.y) == rows
    assert made.name == name
    assert all(len(row) == len(made.features) for row in made.X)


@pytest.mark.parametrize("name", CLASSED)
def test_classes_are_balanced_from_the_start(name: str) -> None:
    made = GENERATED[name](rows=40)
    for rows in range(8, 41):
        counts = Counter(made.y[:rows])
        assert set(counts) == set(range(len(made.classes)))
        assert max(counts.values()) - min(counts.values()) <= 2  # xor has its classes in fours: 0 1 1 0


def nearest(point: tuple[float, ...], curve: Callable[[float], tuple[float, float]]) -> float:
    return min(math.dist(point, curve(t / 2000)) for t in range(2001))


def test_moons_lie_on_their_half_circles() -> None:
    curves = (
        lambda t: (math.cos(math.pi * t), math.sin(math.pi * t)),
        lambda t: (1 - math.cos(math.pi * t), 0.5 - math.sin(math.pi * t)),
    )
    X, y = data.moons(20, noise=0)
    assert all(nearest(row, curves[kind]) < 1e-3 < nearest(row, curves[1 - kind]) for row, kind in zip(X, y))
    # and they are those that scikit-learn makes, in another order
    theirs, kinds = datasets.make_moons(20, shuffle=False)
    assert {(*np.round(row, 9) + 0.0, kind) for row, kind in zip(theirs, kinds)} == {
        (*np.round(row, 9) + 0.0, kind) for row, kind in zip(X, y)
    }


def test_circles_are_those_that_scikit_learn_makes() -> None:
    X, y = data.circles(20, noise=0)
    theirs, kinds = datasets.make_circles(20, shuffle=False, factor=0.5)
    assert {(*np.round(row, 9) + 0.0, kind) for row, kind in zip(theirs, kinds)} == {
        (*np.round(row, 9) + 0.0, kind) for row, kind in zip(X, y)
    }


def test_spiral_arms_wind_outward_and_never_meet() -> None:
    X, y = data.spiral(300, classes=3, noise=0)
    for kind in range(3):
        radii = [math.hypot(*row) for row, k in zip(X, y) if k == kind]
        assert radii == sorted(radii)
        assert (radii[0], radii[-1]) == (pytest.approx(0.1), pytest.approx(1.0))
    others = [math.dist(a, b) for a, i in zip(X, y) for b, j in zip(X, y) if i != j]
    assert min(others) > 0.1
    turned = [(complex(*X[i]) * complex(-0.5, math.sqrt(0.75))) for i in range(0, 300, 3)]  # by a third of a turn
    assert turned == pytest.approx([complex(*X[i]) for i in range(1, 300, 3)])


def test_xor_is_the_table_of_four_rows_and_clouds_around_it() -> None:
    X, y = data.xor()
    assert dict(zip(X, y)) == {(0, 0): 0, (0, 1): 1, (1, 0): 1, (1, 1): 0}
    X, y = data.xor(200, noise=0.05)
    assert all((round(a) != round(b)) == kind for (a, b), kind in zip(X, y))


@pytest.mark.parametrize("classes", [2, 3, 5])
def test_blobs_keep_apart(classes: int) -> None:
    for seed in range(30):
        X, y = data.blobs(200, classes, seed=seed)
        centers = [np.mean([row for row, k in zip(X, y) if k == kind], axis=0) for kind in range(classes)]
        spread = max(math.dist(row, centers[kind]) for row, kind in zip(X, y))
        assert spread < 5  # one deviation each way, and 200 rows
        assert min(math.dist(a, b) for i, a in enumerate(centers) for b in centers[:i]) > 5


def test_linear_has_the_slope_that_least_squares_find() -> None:
    X, y = data.linear(500, weights=[2.0, -1.0], bias=0.5, noise=0.1)
    found, *_ = np.linalg.lstsq(np.column_stack([X, np.ones(500)]), y, rcond=None)
    assert found == pytest.approx([2.0, -1.0, 0.5], abs=0.02)
    assert np.std(np.array(y) - np.array(X) @ [2, -1] - 0.5) == pytest.approx(0.1, rel=0.1)
    assert all(-1 <= x <= 1 for row in X for x in row)
    assert min(map(min, X)) < -0.9
    assert max(map(max, X)) > 0.9


@pytest.mark.parametrize("name", CLASSED)
def test_noise_is_a_deviation_of_each_coordinate(name: str) -> None:
    make = GENERATED[name]
    moved = np.array(make(2000, noise=0.3, seed=5).X) - np.array(make(2000, noise=0.0, seed=5).X)
    assert np.std(moved, axis=0) == pytest.approx([0.3, 0.3], rel=0.06)


@pytest.mark.parametrize(
    ("make", "says"),
    [
        (lambda: data.moons(0), "number of rows ... whole number ... not 0"),
        (lambda: data.moons(2.5), "not 2.5"),
        (lambda: data.moons(1), "1 row ... 2 classes"),
        (lambda: data.moons(noise=-0.1), "noise ... 0 or more ... not -0.1"),
        (lambda: data.moons(noise=math.nan), "not nan"),
        (lambda: data.moons(noise="little"), "not 'little'"),
        (lambda: data.moons(seed="seed"), "rng ... whole number ... seed"),
        (lambda: data.blobs(classes=0), "number of classes ... whole number"),
        (lambda: data.spiral(9, classes=10), "9 rows ... 10 classes"),
        (lambda: data.linear(weights=[]), "weights[0] is empty"),
    ],
)
def test_data_that_cannot_be_made_is_refused(make: Callable[[], Any], says: str) -> None:
    with pytest.raises(NetworkError) as caught:
        make()
    assert mentions(caught.value, says)


# Real data


def test_real_data_are_those_of_scikit_learn() -> None:
    for name, load in ("iris", datasets.load_iris), ("digits", datasets.load_digits):
        ours, theirs = REAL[name](), load()
        assert np.array_equal(np.array(ours.X), theirs.data)
        assert list(ours.y) == theirs.target.tolist()
        assert list(ours.classes) == [str(kind) for kind in theirs.target_names]
        assert list(ours.features) == list(theirs.feature_names)
        assert all(type(kind) is int for kind in ours.y)


@pytest.mark.parametrize("name", REAL)
def test_without_scikit_learn_one_sentence_says_what_to_install(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "sklearn", None)
    with pytest.raises(MissingExtra, match=rf"^data\.{name}\(\) needs scikit-learn: pip install .*\[train\]\"$"):
        REAL[name]()
    data.moons()  # what is generated needs none


# Datasets


def test_a_dataset_unpacks_and_cannot_change() -> None:
    moons = data.moons(10)
    X, y = moons
    assert (X, y) == (moons.X, moons.y)
    with pytest.raises(FrozenInstanceError):
        moons.X = ()  # type: ignore[misc]
    with pytest.raises(TypeError):
        moons.X[0][0] = 1.0
    assert pickle.loads(pickle.dumps(moons)) == moons
    assert len({moons, data.moons(10), data.moons(11)}) == 2


@pytest.mark.parametrize("kind", [list, tuple, np.array, lambda rows: (row for row in rows)])
def test_rows_come_from_whatever_holds_them(kind: Callable[[Any], Any]) -> None:
    made = data.Dataset(kind([[1, 2], [3, 4], [5, 6]]), kind([0, 1, 1]), classes=kind(["no", "yes"]))
    assert made.X == ((1.0, 2.0), (3.0, 4.0), (5.0, 6.0))
    assert made.y == (0, 1, 1)
    assert all(type(target) is int for target in made.y)
    assert made.features == ("x1", "x2")
    assert made.classes == ("no", "yes")


def test_a_table_with_named_columns_is_read_by_rows() -> None:
    class Frame:
        """What a data frame is to us: it iterates over the names of its columns."""

        def to_numpy(self) -> Any:
            return np.array([[1, 2], [3, 4]])

        def __iter__(self) -> Any:
            return iter(["width", "height"])

    assert data.Dataset(Frame(), [0.5, 1.5]).X == ((1.0, 2.0), (3.0, 4.0))


def test_lone_numbers_are_rows_of_one_and_rows_of_targets_stay_rows() -> None:
    made = data.Dataset([1, 2.5, np.float32(3)], [[1, 0], [0, 1], np.array([0.5, 0.5])])
    assert made.X == ((1.0,), (2.5,), (3.0,))
    assert made.y == ((1.0, 0.0), (0.0, 1.0), (0.5, 0.5))
    assert repr(made) == "Dataset(3 rows × 1 feature)"


def test_rows_may_be_sequences_of_different_lengths() -> None:
    made = data.Dataset([[[1, 2], [3, 4]], [[5, 6]]], [0, 1])
    assert made.X == (((1.0, 2.0), (3.0, 4.0)), ((5.0, 6.0),))
    assert made.features == ("x1", "x2")
    with pytest.raises(NetworkError, match=r"^X\[1\]\[0\] has 3 numbers, and the rows before it have 2"):
        data.Dataset([[[1, 2], [3, 4]], [[5, 6, 7]]], [0, 1])


def test_take_keeps_the_names() -> None:
    part = data.iris().take([149, 0])
    assert part.y == (2, 0)
    assert part.features == data.iris().features
    assert repr(part) == "Dataset(iris: 2 rows × 4 features, classes setosa: 1, versicolor: 0, virginica: 1)"


@pytest.mark.parametrize(
    ("X", "y", "says"),
    [
        ([], [], "X ... empty"),
        ([[]], [0], "X[0] is empty"),
        (np.zeros((0, 3)), [], "X is empty"),
        ([[1, 2], [3]], [0, 1], "X[1] ... 1 number ... 2"),
        ([[1.0], [math.nan]], [0, 1], "X[1][0]: nan is not a number"),
        ([[1.0, 2.0], [1.0, math.inf]], [0, 1], "X[1][1] ... inf ... leave its row out"),
        (np.array([[1.0], [math.nan]]), [0, 1], "X[1][0]: nan"),
        ([[1.0], [None]], [0, 1], "X[1][0]: None is not a number"),
        ([[1.0], ["2"]], [0, 1], "X[1][0] ... text '2'"),
        ([[1.0], [Value(2.0)]], [0, 1], "X[1][0]: this is a Value already"),
        ([[1.0], [[2.0]]], [0, 1], "X[1][0] ... row ... numbers"),
        ([[1.0], [[2.0, 3.0], 1.0]], [0, 1], "X[1] has 2 numbers"),
        ([[10**400]], [0], "X[0][0]: an integer of over 308 digits"),
        ({1.0: 2.0}, [0], "X ... list ... dict"),
        ("rows", [0], "this is of type str"),
        (3.0, [0], "this is of type float"),
        ([{1.0, 2.0}], [0], "X[0] is a list"),
        ([[1.0], [2.0]], [0], "2 row ... 1 target"),
        ([[1.0]], [0, 1], "1 row ... 2 target"),
        ([[1.0]], [math.nan], "y[0]: nan is not a number"),
        ([[1.0]], [math.inf], "y[0] is inf"),
        ([[1.0], [2.0]], ["cat", "dog"], "y[0] ... text 'cat' ... classes"),
        ([[1.0], [2.0]], [[1.0], [2.0, 3.0]], "y[1] ... 2 numbers ... 1"),
        ([[1.0], [2.0]], [[1.0], 2.0], "y[0] ... one number ... list"),
        ([[1.0]], 1, "y is a list"),
    ],
)  # fmt: skip
def test_data_that_is_none_is_refused_with_its_place(X: Any, y: Any, says: str) -> None:
    with pytest.raises(GradwalkError) as caught:
        data.Dataset(X, y)
    assert mentions(caught.value, says)
    assert isinstance(caught.value, (ValueError, TypeError, OverflowError))


@pytest.mark.parametrize("y", [[0, 2], [0, -1], [0, 0.5], [0, 1.0]])
def test_labels_out_of_range_are_refused(y: list[float]) -> None:
    with pytest.raises(NetworkError, match=rf"^y\[1\] is {y[1]}, which is not a class: there are 2, 0 to 1\.$"):
        data.Dataset([[1.0], [2.0]], y, classes=("no", "yes"))


def test_names_must_fit_the_rows() -> None:
    with pytest.raises(NetworkError, match=r"^the rows have 2 numbers, and there are 1 names for them\.$"):
        data.Dataset([[1.0, 2.0]], [0], features=["width"])


# Splits


@given(count=st.integers(2, 60), share=st.floats(0.1, 0.9), seed=st.integers(0, 5), kinds=st.integers(1, 4))
def test_a_split_parts_the_rows_and_keeps_each_class_its_share(
    count: int, share: float, seed: int, kinds: int
) -> None:
    rng = Random(seed)
    y = [i if i < kinds else rng.randrange(kinds) for i in range(count)]
    kept = round(share * count)
    if not 0 < kept < count or kinds > count:
        return
    train, test = data.split([[i] for i in range(count)], y, test=share, seed=seed)
    assert len(test.X) == kept
    assert sorted(train.X + test.X) == [(i,) for i in range(count)]
    assert all(y[int(i)] == target for part in (train, test) for (i,), target in zip(*part))
    for kind in range(kinds):
        assert abs(test.y.count(kind) - y.count(kind) * kept / count) < 1


def test_a_split_is_the_same_for_the_same_seed_and_shuffled() -> None:
    iris = data.iris()
    assert data.split(iris) == data.split(iris, seed=0) == data.split(iris, test=38)
    assert data.split(iris, seed=1) != data.split(iris)
    for part in data.split(iris):
        assert list(part.y) != sorted(part.y)
        assert (part.classes, part.features, part.name) == (iris.classes, iris.features, "iris")
    assert data.split(iris.X, iris.y)[1].X == data.split(iris)[1].X
    assert data.split(iris.X, iris.y)[1].X == data.split(np.array(iris.X), np.array(iris.y))[1].X


def test_an_order_never_changes() -> None:
    assert data.orders(8, 4, seed=0) == [[1, 6, 3, 5], [4, 0, 2, 7]]
    assert data.orders(5, 2, seed=-7, epoch=2) == [[3, 2], [0, 4], [1]]
    _, test = data.split([[i] for i in range(6)], [0.5] * 6, seed=3)
    assert [int(i) for (i,) in test.X] == [2, 4]


def test_an_order_is_the_same_in_lists_in_numpy_and_in_jax() -> None:
    jax = require("jax")
    for count, seed, epoch in ((2, 0, 0), (7, 10**30, 3), (300, -1, 4_000_000_000)):
        order = [row for batch in data.orders(count, 1, seed=seed, epoch=epoch) for row in batch]
        assert sorted(order) == [*range(count)]
        start = tuple(map(np.uint32, seed_words(seed)))
        of_numpy = places(
            np.arange(count, dtype="uint32"), tuple(map(np.uint32, words_of(seed_words(seed), epoch))), np.uint32
        )
        of_jax = places(
            jax.numpy.arange(count, dtype="uint32"), words_of(start, jax.numpy.uint32(epoch), np.uint32), np.uint32
        )
        assert order == of_numpy.argsort().tolist() == jax.numpy.argsort(of_jax).tolist()


def test_every_place_of_an_order_is_as_likely_for_every_row() -> None:
    counts = [[0] * 6 for _ in range(6)]
    for epoch in range(3000):
        for place, (row,) in enumerate(data.orders(6, 1, epoch=epoch)):
            counts[place][row] += 1
    assert sum((count - 500) ** 2 / 500 for line in counts for count in line) < 60  # of 25 degrees of freedom


def test_all_rows_in_one_batch_keep_their_order() -> None:
    for size in (None, 6, 7, 100):
        assert data.orders(6, size, seed=3, epoch=2) == [[*range(6)]]


def test_stratify_may_be_left_or_demanded() -> None:
    X, y = [[i] for i in range(100)], [0] * 90 + [1] * 10
    assert {data.split(X, y, 0.2, seed)[1].y.count(1) for seed in range(20)} == {2}
    assert {data.split(X, y, 0.2, seed, stratify=True)[1].y.count(1) for seed in range(20)} == {2}
    assert len({data.split(X, y, 0.2, seed, stratify=False)[1].y.count(1) for seed in range(20)}) > 2
    for targets in [[0.5] * 100, [5] * 50 + [7] * 50, [[1.0]] * 100]:
        data.split(X, targets)
        with pytest.raises(NetworkError, match="stratify needs classes as targets"):
            data.split(X, targets, stratify=True)


@pytest.mark.parametrize("test", [0, 1, 0.0, 1.0, -0.25, 10, 11, 2.5, 0.01, 0.99, True, "0.25", None, math.nan])
def test_a_split_leaves_something_on_each_side(test: Any) -> None:
    if test == 1 and test is not True:  # one row
        assert len(data.split([[i] for i in range(10)], [0.5] * 10, test)[1].X) == 1
        return
    with pytest.raises(NetworkError, match="give a fraction between 0 and 1, such as 0.25, or a number of rows"):
        data.split([[i] for i in range(10)], [0.5] * 10, test)


def test_a_split_needs_targets() -> None:
    with pytest.raises(NetworkError, match=r"split\(X, y\), or a Dataset"):
        data.split([[1.0], [2.0]])


# Batches


@given(rows=st.integers(1, 50), batch=st.none() | st.integers(1, 60), shuffle=st.booleans(), epoch=st.integers(0, 3))
def test_an_epoch_sees_each_row_once(rows: int, batch: int | None, shuffle: bool, epoch: int) -> None:
    found = data.orders(rows, batch, shuffle, seed=7, epoch=epoch)
    assert sorted(i for places in found for i in places) == list(range(rows))
    assert {len(places) for places in found[:-1]} <= {batch}
    assert 0 < len(found[-1]) <= (batch or rows)
    assert found == data.orders(rows, batch, shuffle, seed=7, epoch=epoch)


def test_each_epoch_and_each_seed_has_its_own_order_and_all_at_once_has_one() -> None:
    drawn = {str(data.orders(10, 2, seed=seed, epoch=epoch)) for seed in range(5) for epoch in range(5)}
    assert len(drawn) == 25
    assert {str(data.orders(10, size, seed=seed)) for size in (None, 10, 11) for seed in range(3)} == {
        str([list(range(10))])
    }
    assert data.orders(4, 3, shuffle=False, epoch=9) == [[0, 1, 2], [3]]


def test_rows_at_each_place_are_equally_likely() -> None:
    firsts = Counter(data.orders(4, 1, epoch=epoch)[0][0] for epoch in range(4000))
    assert all(900 < count < 1100 for count in firsts.values())


def test_batches_hand_out_rows_with_their_targets() -> None:
    moons = data.moons(10)
    for arguments in (moons,), tuple(moons):
        seen = [pair for X, y in data.batches(*arguments, batch_size=3, epoch=1) for pair in zip(X, y)]
        assert sorted(seen) == sorted(zip(*moons))
        assert seen != list(zip(*moons))
    assert [len(y) for _, y in data.batches(moons, batch_size=4)] == [4, 4, 2]
    assert [(X, y) for X, y in data.batches(moons)] == [(moons.X, moons.y)]
    assert next(data.batches(moons, batch_size=2)).classes == moons.classes


@pytest.mark.parametrize(
    ("call", "says"),
    [
        (lambda: data.orders(0), "number of rows ... whole number ... not 0"),
        (lambda: data.orders(5, 0), "batch_size ... whole number ... not 0"),
        (lambda: data.orders(5, 2.0), "batch_size ... whole number ... not 2.0"),
        (lambda: data.orders(5, 2, seed="one"), "the seed ... whole number ... not 'one'"),
        (lambda: data.split(data.xor(), seed=None), "the seed ... whole number ... not None"),
        (lambda: data.batches([[1.0]], [1, 2]), "1 row ... 2 target"),
    ],
)
def test_an_order_that_cannot_be_is_refused(call: Callable[[], Any], says: str) -> None:
    with pytest.raises(NetworkError) as caught:
        call()
    assert mentions(caught.value, says)


# Scales


@pytest.mark.parametrize(
    ("learn", "theirs"),
    [(data.standardize, preprocessing.StandardScaler), (data.normalize, preprocessing.MinMaxScaler)],
)
@pytest.mark.parametrize("name", ["iris", "digits"])
def test_a_scale_agrees_with_scikit_learn(learn: Any, theirs: Any, name: str) -> None:
    train, test = data.split(REAL[name]())
    ours, reference = learn(train), theirs().fit(np.array(train.X))
    for part in train, test:
        scaled = ours.transform(part)
        assert np.allclose(scaled.X, reference.transform(np.array(part.X)), rtol=1e-12, atol=1e-12)
        assert scaled.y == part.y
        assert scaled.classes == part.classes
        assert np.allclose(ours.inverse(scaled).X, part.X, rtol=1e-12, atol=1e-12)
    assert ours.transform(train.X) == ours.transform(train).X


def test_the_test_rows_have_no_say() -> None:
    train, far = [[1.0], [3.0]], [[1e6]]
    assert data.standardize(train).transform(far) == ((1e6 - 2,),)
    assert data.normalize(train).transform(far) == ((499999.5,),)


@pytest.mark.parametrize("learn", [data.standardize, data.normalize])
@pytest.mark.parametrize("constant", [0.0, 5.0, 1 / 3, -1e300, 1e-320])
def test_a_feature_that_never_changes_becomes_0(learn: Any, constant: float) -> None:
    scaler = learn([[constant, i] for i in range(7)])
    scaled = scaler.transform([[constant, i] for i in range(7)])
    assert {row[0] for row in scaled} == {0.0}
    assert len({row[1] for row in scaled}) == 7
    assert scaler.inverse(scaled)[0][0] == constant


def test_what_differs_by_rounding_only_does_not_change_either() -> None:
    sums = [[sum([0.1] * 10)], [1.0], [0.1 * 10]]
    assert sums[0] != sums[1]
    assert max(abs(row[0]) for row in data.standardize(sums).transform(sums)) < 1e-14


@pytest.mark.parametrize("size", [1e-300, 1e-8, 1.0, 1e8, 1e200, 1e307])
def test_a_scale_holds_for_numbers_of_any_size(size: float) -> None:
    rows = [[size * x] for x in (-3.0, -1.0, 0.5, 2.0, 4.0)]
    scaled = [x for (x,) in data.standardize(rows).transform(rows)]
    assert sum(scaled) == pytest.approx(0, abs=1e-12)
    assert sum(x * x for x in scaled) / 5 == pytest.approx(1, rel=1e-12)
    low, *_, high = (x for (x,) in data.normalize(rows).transform(rows))
    assert (low, high) == (0.0, 1.0)


def test_a_mean_may_be_near_the_largest_float() -> None:
    rows = [[1.2e308], [1.4e308], [1.6e308]]
    low, middle, high = (x for (x,) in data.standardize(rows).transform(rows))
    assert (low, high) == pytest.approx((-math.sqrt(1.5), math.sqrt(1.5)))
    assert middle == pytest.approx(0, abs=1e-12)


def test_sequences_are_scaled_by_the_rows_in_them() -> None:
    sequences = [[[1.0, 10.0], [3.0, 30.0]], [[2.0, 20.0]]]
    for learn in data.standardize, data.normalize:
        by_rows, by_steps = learn(sequences), learn([row for sequence in sequences for row in sequence])
        assert (by_rows.offset, by_rows.scale) == (by_steps.offset, by_steps.scale)
        assert by_rows.transform(sequences) == (
            by_steps.transform(sequences[0]),
            by_steps.transform(sequences[1]),
        )


def test_a_scaler_shows_what_it_learned() -> None:
    shown = repr(data.standardize(data.iris()))
    assert shown.splitlines()[0] == "standardize: (x − mean) / deviation, from 150 rows"
    assert "sepal length (cm)       5.843      0.8253" in shown
    assert all(len(line) <= 80 for line in shown.splitlines())
    assert repr(data.normalize(data.digits())).endswith("... and 52 more")
    assert pickle.loads(pickle.dumps(data.normalize(data.iris()))) == data.normalize(data.iris())


@pytest.mark.parametrize("rows", [[[1.0]], [[1.0, 2.0, 3.0]]])
def test_rows_of_another_length_are_refused(rows: Any) -> None:
    scaler = data.standardize([[1.0, 2.0], [3.0, 4.0]])
    for call in scaler.transform, scaler.inverse:
        with pytest.raises(
            NetworkError, match=rf"^the rows have {len(rows[0])} numbers?, and this Scaler is of rows with 2"
        ):
            call(rows)


@pytest.mark.parametrize("learn", [data.standardize, data.normalize])
@pytest.mark.parametrize("rows", [[], [[math.nan]], [[1.0], [2.0, 3.0]], [["1"]]])
def test_rows_that_are_none_teach_no_scale(learn: Any, rows: Any) -> None:
    with pytest.raises(GradwalkError):
        learn(rows)


def test_a_model_takes_the_rows_as_they_are() -> None:
    X, _ = data.standardize(data.iris()).transform(data.iris())
    assert len(MLP(4, [3])(X[0])) == 3

"""nn.data.csv: what a file has is what the Dataset has, and what cannot be read is named by row and column."""

from __future__ import annotations

import csv as reference
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings, strategies as st

import nn
from nn import MLP, NetworkError, data

HOUSES = "rooms,colour,garden,price\n3,red,yes,210.5\n4,blue,no,260\n2,red,yes,150\n"


@pytest.fixture
def read(tmp_path: Path) -> Any:
    def reader(content: str | bytes, target: Any = "price", **options: Any) -> data.Dataset:
        path = tmp_path / "table.csv"
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return data.csv(path, target, **options)

    return reader


def test_numbers_categories_and_a_target(read: Any) -> None:
    houses = read(HOUSES)
    assert houses.features == ("rooms", "colour=blue", "colour=red", "garden=no", "garden=yes")
    assert houses.X == ((3, 0, 1, 0, 1), (4, 1, 0, 1, 0), (2, 0, 1, 0, 1))
    assert (houses.y, houses.classes, houses.name) == ((210.5, 260.0, 150.0), (), "table")


def test_a_target_of_text_gives_classes_and_one_of_numbers_does_if_it_is_asked(read: Any) -> None:
    colours = read(HOUSES, "colour")
    assert (colours.classes, colours.y) == (("blue", "red"), (1, 0, 1))
    rooms = read(HOUSES, "rooms")
    assert (rooms.classes, rooms.y) == ((), (3, 4, 2))
    assert [type(y) for y in rooms.y] == [int] * 3
    assert (read(HOUSES, "rooms", classes=True).classes, read(HOUSES, "rooms", classes=True).y) == (
        ("2", "3", "4"), (1, 2, 0),
    )  # fmt: skip
    assert read("a,n\n1,10\n2,9\n", "n", classes=True).classes == ("9", "10")  # in the order of numbers


@pytest.mark.parametrize(
    "content",
    [
        HOUSES.replace("\n", "\r\n"),
        "\ufeff" + HOUSES,
        HOUSES.replace("\n", "\n\n"),
        HOUSES + ",,,\n,,,\n",
        HOUSES.rstrip("\n"),
        HOUSES.replace(",", ", "),
        HOUSES.replace(",", ";"),
        HOUSES.replace(",", ";").replace(".", ","),
        HOUSES.replace(",", "\t"),
        HOUSES.replace(",", "|"),
        "sep=;\n" + HOUSES.replace(",", ";"),
        HOUSES.replace("red", '"red"').replace("210.5", '"210.5"'),
        HOUSES.replace("210.5", "2.105e2"),
        HOUSES.replace("210.5", '"210,5"'),
        HOUSES.replace("210.5", "+210.50").replace("260", "260."),
    ],
)
def test_one_table_in_many_ways_of_writing(read: Any, content: str) -> None:
    assert read(content) == read(HOUSES)


@pytest.mark.parametrize("text", ["a, b", 'say "x"', "two\nlines", "ü; ß", "price (€, net)", "x\u2028y"])
def test_quoted_cells_may_hold_anything(read: Any, tmp_path: Path, text: str) -> None:
    with open(tmp_path / "quoted.csv", "w", encoding="utf-8", newline="") as file:
        reference.writer(file).writerows([["kind", "y"], [text, 1.5], ["other", 2.5]])
    assert f"kind={text}" in data.csv(tmp_path / "quoted.csv", "y").features


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.floats(-1e9, 1e9), st.sampled_from(["x", "y z", "ä,;\"'"])), min_size=1, max_size=8))
def test_what_pythons_writer_writes_is_read_as_it_was(tmp_path_factory: Any, rows: list[tuple[float, str]]) -> None:
    path = tmp_path_factory.mktemp("csv") / "t.csv"
    with open(path, "w", encoding="utf-8", newline="") as file:
        reference.writer(file).writerows([["number", "kind", "y"], *((x, kind, 7) for x, kind in rows)])
    dataset = data.csv(path, "y", delimiter=",")
    assert [row[0] for row in dataset.X] == [x for x, _ in rows]
    for row, (_, kind) in zip(dataset.X, rows):
        assert [name for name, bit in zip(dataset.features[1:], row[1:]) if bit] == [f"kind={kind}"]


# Content, options, and words that the refusal has.
REFUSED: list[tuple[str | bytes, dict[str, Any], tuple[str, ...]]] = [
    ("", {}, ("empty",)),
    (" \n\n", {}, ("empty",)),
    ("\ufeff", {}, ("empty",)),
    ("rooms,price\n", {}, ("header", "no rows")),
    ("rooms,price\n\n,\n", {}, ("header", "no rows")),
    ("1,2\n3,4\n", {"target": "2"}, ("row 1", "names")),
    ("rooms,\n3,4\n", {"target": "rooms"}, ("column 2", "no name")),
    ("price,price\n3,4\n", {}, ("'price'", "two columns")),
    ("price\n3\n4\n", {}, ("no column beside",)),
    (HOUSES, {"target": "prize"}, ("did you mean 'price'",)),
    (HOUSES, {"target": "Price"}, ("did you mean 'price'",)),
    (HOUSES, {"target": "zzz"}, ("'colour', 'garden', 'price', 'rooms'",)),
    (HOUSES, {"target": None}, ("target='price'", "rooms, colour")),
    (HOUSES, {"target": 3}, ("no column 3",)),
    (HOUSES, {"drop": ["colours"]}, ("did you mean 'colour'",)),
    (HOUSES, {"drop": "colour"}, ("list of names",)),
    (HOUSES, {"drop": ["price"]}, ("'price'", "drop")),
    (HOUSES, {"drop": ["rooms", "colour", "garden"]}, ("no column beside",)),
    (HOUSES, {"categories": ["room"]}, ("did you mean 'rooms'",)),
    (HOUSES, {"delimiter": "x"}, ("delimiter", "','")),
    (HOUSES, {"decimal": "'"}, ("decimal", "','")),
    (HOUSES, {"encoding": "utf-99"}, ("encoding", "cp1252")),
    (HOUSES, {"target": "colour", "classes": False}, ("row 2, column 'colour'", "'red'")),
    (HOUSES.replace("260", ""), {}, ("row 3, column 'price'", "missing")),
    (HOUSES.replace("blue", "NA"), {}, ("row 3, column 'colour'", "'NA'", "drop=['colour']")),
    (HOUSES.replace("260", "nan"), {}, ("row 3, column 'price'", "missing")),
    (HOUSES.replace("4,", "four,"), {}, ("row 3, column 'rooms'", "'four'", "not a number")),
    (HOUSES.replace("4,", "1_000,"), {}, ("row 3, column 'rooms'", "'1_000'")),
    (HOUSES.replace("4,", "inf,"), {}, ("row 3, column 'rooms'", "'inf'")),
    (HOUSES.replace("4,", "4 rooms,"), {}, ("row 3, column 'rooms'", "'4 rooms'")),
    (HOUSES.replace("blue", "5"), {}, ("row 3, column 'colour'", "'5'", "is a number")),
    (HOUSES.replace("260", "cheap"), {}, ("row 3, column 'price'", "'cheap'")),
    (HOUSES.replace("\n4", "\n\n\n4").replace("260", ""), {}, ("row 5, column 'price'",)),  # as an editor counts
    (HOUSES.replace("no,", ""), {}, ("row 3", "3 cells", "4")),
    (HOUSES.replace("no,", "no,no,"), {}, ("row 3", "5 cells", "4")),
    (HOUSES.replace("blue", '"blue'), {}, ("quotation mark",)),
    ("a;b\n1,5;2.5\n", {"target": "b"}, ("2.5", "1,5", "decimal")),
    ("a;b\n1,234;2\n", {"target": "b"}, ("1,234", "decimal=','")),
    ("a,b;c\n1,2;3\n", {"target": "c"}, ("comma or semicolon", "delimiter=")),
    (HOUSES.replace("red", "rot\xe4").encode("latin-1"), {}, ("utf-8", "cp1252")),
    (HOUSES.encode("utf-16"), {}, ("utf-16",)),
    (b"PK\x03\x04" + bytes(40), {}, ("CSV",)),
    ("name,price\n" + "".join(f"n{i},{i}\n" for i in range(30)), {}, ("'name'", "30", "drop=['name']")),
]  # fmt: skip


@pytest.mark.parametrize(("content", "options", "words"), REFUSED, ids=[str(i) for i in range(len(REFUSED))])
def test_a_mistake_is_named_with_its_place(
    read: Any, content: str | bytes, options: dict[str, Any], words: tuple[str, ...]
) -> None:
    with pytest.raises(NetworkError) as refusal:
        read(content, **options)
    for word in words:
        assert word in str(refusal.value), refusal.value


def test_what_may_be_read_in_two_ways_is_read_as_it_is_said(read: Any) -> None:
    thousands = "a;b\n1,234;2\n"
    with pytest.raises(NetworkError, match="row 2, column 'a'"):
        read("a;b;y\n1,234;5,678;2\n9,999;3,210;4\n", "y")
    assert read(thousands, "b", decimal=",").X == ((1.234,),)
    assert read("a,b;c\n1,2;3\n", "c", delimiter=";").X == ((1.2,),)
    assert read("zip,y\n10115,1\n20095,2\n", "y", categories=["zip"]).features == ("zip=10115", "zip=20095")
    assert read(HOUSES.replace("4,", "many,"), categories=["rooms"]).features[:3] == (
        "rooms=2",
        "rooms=3",
        "rooms=many",
    )
    assert read(HOUSES.replace("blue", ""), drop=["colour"]).features == ("rooms", "garden=no", "garden=yes")
    assert "kind=größer" in read("kind,y\ngrößer,1\n".encode("cp1252"), "y", encoding="cp1252").features
    assert read(HOUSES.encode("utf-16"), encoding="utf-16") == read(HOUSES)


def test_the_name_of_a_file_is_checked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "new").mkdir()
    (tmp_path / "new" / "houses.csv").write_text(HOUSES, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    for path in "new\\houses.csv", "new/houses.csv", Path("new", "houses.csv"):
        assert data.csv(path, "price").name == "houses"
    cases: list[tuple[Any, str]] = [
        ("data\new.csv", "r'C:"), ("new/house.csv", "did you mean 'houses.csv'"), ("old/houses.csv", "no folder"),
        ("new", "is a folder"), (3, "int"), (b"x", "bytes"), (None, "NoneType"),
    ]  # fmt: skip
    for path, words in cases:
        with pytest.raises(NetworkError, match=words):
            data.csv(path, "price")
    with pytest.raises(FileNotFoundError):
        data.csv("new/house.csv", "price")


def test_a_table_is_learned_from(read: Any) -> None:
    lines = [f"{kind};{size},5;{int(size > 5) + (kind == 'red')}" for kind in ("red", "blue") for size in range(10)]
    dataset = read("colour;size;answer\n" + "\n".join(lines), "answer")
    model = MLP(3, [8, 1], activation="tanh", rng=0)
    nn.fit(model, *data.standardize(dataset).transform(dataset), epochs=600, progress=False)
    assert nn.evaluate(model, *data.standardize(dataset).transform(dataset)) < 0.02


@pytest.mark.parametrize(("different", "rows", "read_as"), [(20, 20, 20), (21, 42, 21), (21, 41, 0), (30, 30, 0)])
def test_a_column_of_many_texts_is_a_category_if_most_come_twice(
    tmp_path: Path, different: int, rows: int, read_as: int
) -> None:
    path = tmp_path / "names.csv"
    path.write_text("name,price\n" + "".join(f"n{row % different},{row}\n" for row in range(rows)), encoding="utf-8")
    if read_as:
        assert len(data.csv(path, target="price").X[0]) == read_as
    else:
        with pytest.raises(NetworkError, match=f"{different} different texts"):
            data.csv(path, target="price")

import csv
import io

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from services.disk.csv_text import NumberText, csv_text

SIGNS = "=+-@＝＋－＠"
_ODD = st.text(alphabet=SIGNS + "\"';,\t\r\n\v\u2028\u00a0\u3000\ufeff a1", max_size=8)


def read(text: bytes, delimiter: str = ",") -> list[list[str]]:
    return list(csv.reader(io.StringIO(text.decode(), newline=""), delimiter=delimiter))


def test_every_cell_is_quoted() -> None:
    assert csv_text([["a", 1, None], ["", "b", 'c"']]) == b'"a","1",""\r\n"","b","c"""\r\n'


@pytest.mark.parametrize("text", ["a", "a-b", "file=1", "ü 2\nlines", 'a "b"', "a;b", "x\t1", ""])
def test_other_text_is_unchanged(text: str) -> None:
    assert read(csv_text([[text, text]])) == [[text, text]]


def test_numbers_stay_as_they_are() -> None:
    cells = ["-1", NumberText("-0.10000000000000000001"), NumberText("9007199254740993"), -5]
    expected = ["'-1", "-0.10000000000000000001", "9007199254740993", "-5"]
    assert read(csv_text([cells])) == [expected]


@pytest.mark.parametrize("sign", SIGNS)
@pytest.mark.parametrize("before", ["", " ", "\t", "\r", "\n", "\u00a0", "\u3000", "\ufeff", ' "'])
def test_a_formula_is_prefixed_with_an_apostrophe(before: str, sign: str) -> None:
    text = f"{before}{sign}1+1"
    [[cell, _second]] = read(csv_text([[text, "b"]]))
    assert cell.startswith("'")
    assert cell.replace("'", "") == text


@pytest.mark.slow
@given(st.lists(st.lists(_ODD, min_size=1, max_size=3), max_size=3))
@example([["a", "x;=1"]])
@example([["a", 'x;"=1']])
@example([["a", "x\n=1"]])
@example([["a;", "=1"]])
@example([["a", 'x;"', "=1"]])
def test_no_delimiter_yields_a_formula(rows: list[list[str]]) -> None:
    text = csv_text(rows)
    for delimiter in ",;\t":
        for row in read(text, delimiter):
            for cell in row:
                assert not cell.lstrip().lstrip("\ufeff").lstrip().startswith(tuple(SIGNS))


@pytest.mark.slow
@given(st.lists(st.lists(_ODD, min_size=1, max_size=3), max_size=3))
def test_only_apostrophes_are_added(rows: list[list[str]]) -> None:
    found = read(csv_text(rows))
    bare = [[cell.replace("'", "") for cell in row] for row in rows]
    assert [[cell.replace("'", "") for cell in row] for row in found] == bare

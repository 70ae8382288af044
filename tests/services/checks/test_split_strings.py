"""Lines that a line break within a text has torn are taken as one, and that is told once."""

import pytest

from services.checks.finding import Finding
from services.checks.lines import Line
from services.checks.split_strings import SplitStrings


def whole(*lines: tuple[int, bytes]) -> tuple[list[int], list[Finding], SplitStrings]:
    """The numbers of the lines that came out, and what was told."""
    told: list[Finding] = []
    torn = SplitStrings(told.append)
    given = [Line(number, raw) for number, raw in lines]
    return [line.number for line in torn.join(given)], told, torn


@pytest.mark.parametrize(
    ("lines", "numbers", "blank"),
    [
        (((1, b'{"a": "b'), (2, b'c"}'), (3, b"{}")), [1, 3], False),
        (((1, b'{"a": "b'), (2, b"c"), (3, b'd"}')), [1], False),
        (((1, b'{"a": "b'), (4, b'c"}')), [1], True),
    ],
)
def test_a_torn_text_is_put_together(
    lines: tuple[tuple[int, bytes], ...], numbers: list[int], blank: bool
) -> None:
    found, told, torn = whole(*lines)
    assert found == numbers
    assert [(one.rule, one.line, one.column) for one in told] == [("json.line_break", 1, 7)]
    assert torn.has_blank_lines is blank


@pytest.mark.parametrize(
    "lines",
    [
        ((1, b'{"a": "b'), (2, b"{}")),
        ((1, b'{"a": "b'),),
        ((1, b'{"a": "b'), (2, b'c" d}')),
        ((1, b'["a'), (2, b'b"]')),
    ],
)
def test_what_does_not_go_on_is_left_as_it_is(lines: tuple[tuple[int, bytes], ...]) -> None:
    found, told, _torn = whole(*lines)
    assert found == [number for number, _raw in lines]
    assert told == []

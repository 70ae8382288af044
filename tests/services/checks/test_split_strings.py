"""Lines split by a line break inside a string are joined, and reported once."""

import pytest

from services.checks.finding import Finding
from services.checks.line import Line
from services.checks.split_strings import SplitStrings


def join(*lines: tuple[int, bytes]) -> tuple[list[int], list[Finding], SplitStrings]:
    """The numbers of the resulting lines, the findings, and the joiner."""
    findings: list[Finding] = []
    joiner = SplitStrings(findings.append)
    given = [Line(number, raw) for number, raw in lines]
    return [line.number for line in joiner.join(given)], findings, joiner


@pytest.mark.parametrize(
    ("lines", "numbers", "blank"),
    [
        (((1, b'{"a": "b'), (2, b'c"}'), (3, b"{}")), [1, 3], False),
        (((1, b'{"a": "b'), (2, b"c"), (3, b'd"}')), [1], False),
        (((1, b'{"a": "b'), (4, b'c"}')), [1], True),
    ],
)
def test_a_split_string_is_joined(
    lines: tuple[tuple[int, bytes], ...], numbers: list[int], blank: bool
) -> None:
    found, findings, joiner = join(*lines)
    assert found == numbers
    assert [(one.rule, one.line, one.column) for one in findings] == [("json.line_break", 1, 7)]
    assert joiner.has_blank_lines is blank


@pytest.mark.parametrize(
    "lines",
    [
        ((1, b'{"a": "b'), (2, b"{}")),
        ((1, b'{"a": "b'),),
        ((1, b'{"a": "b'), (2, b'c" d}')),
        ((1, b'["a'), (2, b'b"]')),
    ],
)
def test_other_lines_are_unchanged(lines: tuple[tuple[int, bytes], ...]) -> None:
    found, findings, _joiner = join(*lines)
    assert found == [number for number, _raw in lines]
    assert findings == []

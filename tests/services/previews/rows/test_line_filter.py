"""Lines found by their values, compared with a plain loop."""

import json
from array import array
from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.checks.finding import Finding
from services.checks.line_findings import CollectedFindings, LineFindings
from services.previews.batches.batch_result import Outcome
from services.previews.batches.retry_lines import RequestState
from services.previews.content.content_kind import ContentKind
from services.previews.rows.line_filter import (
    Condition,
    HasProblem,
    IsMissing,
    LengthIn,
    LineFilter,
    NumberIn,
    StateIn,
    ValueIs,
    filter_lines,
)
from services.previews.rows.line_readers import line_reader
from services.previews.rows.line_rows import MAX_CELL_CHARACTERS
from services.problems.severity import Severity


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "lines"


def found(
    path: Path,
    *conditions: Condition,
    kind: ContentKind = ContentKind.JSON_LINES,
    among: Sequence[int] | None = None,
) -> list[int]:
    reader = line_reader(kind, path.read_bytes().splitlines(keepends=True))
    steps = list(filter_lines(path, reader, LineFilter(conditions, among)))
    assert steps[-1].is_complete
    assert steps[-1].read == path.stat().st_size
    return list(steps[-1].lines)


def findings_in(*lines: int) -> LineFindings:
    collected = CollectedFindings()
    for line in lines:
        collected.add(Finding(Severity.WARNING, "Odd", line))
    return collected.line_findings()


@pytest.fixture
def mixed(path: Path) -> Path:
    lines = ['{"a": 1, "b": "x"}', "", '{"a": null}', "broken", '{"a": 2.5, "b": ""}', '{"b": "1"}']
    path.write_text("\n".join(lines), encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("condition", "lines"),
    [
        (ValueIs(1, "x"), [1]),
        (ValueIs(0, "1"), [1]),
        (ValueIs(1, ""), [5]),
        (IsMissing(0), [3, 6]),
        (IsMissing(1), [3]),
        (NumberIn(0), [1, 5]),
        (NumberIn(0, 1, 2.5), [1]),
        (NumberIn(0, 1.5), [5]),
        (NumberIn(0, below=0), []),
        (NumberIn(1), []),
        (LengthIn(1), [1, 5, 6]),
        (LengthIn(1, 1), [1, 6]),
        (LengthIn(0, 2, 4), [5]),
        (HasProblem(), [4]),
        (HasProblem(findings_in(2, 5)), [2, 4, 5]),
    ],
)
def test_lines_are_found_by_one_condition(
    mixed: Path, condition: Condition, lines: list[int]
) -> None:
    assert found(mixed, condition) == lines


def test_all_conditions_must_be_true(mixed: Path) -> None:
    assert found(mixed, NumberIn(0), ValueIs(1, "x")) == [1]
    assert found(mixed, IsMissing(0), ValueIs(1, "x")) == []


def test_without_a_condition_all_lines_but_blank_ones_are_found(mixed: Path) -> None:
    assert found(mixed) == [1, 3, 4, 5, 6]


def test_only_lines_that_a_search_has_found_are_wanted(mixed: Path) -> None:
    assert found(mixed, NumberIn(0), among=array("Q", [2, 3, 5])) == [5]
    assert found(mixed, among=array("Q", [1, 2])) == [1]
    assert found(mixed, among=array("Q")) == []


def test_long_values_are_compared_by_what_is_shown(path: Path) -> None:
    long = "x" * (2 * MAX_CELL_CHARACTERS)
    path.write_text(json.dumps({"a": long}), encoding="utf-8")
    assert found(path, ValueIs(0, long[:MAX_CELL_CHARACTERS])) == [1]


def test_results_are_found_by_how_they_ended(path: Path) -> None:
    def result(status: int, code: str) -> bytes:
        body = {"error": {"code": code}} if code else {}
        response = {"status_code": status, "body": body}
        return json.dumps({"custom_id": "a", "response": response}).encode()

    lines = [result(200, ""), result(429, "slow"), result(400, "bad"), b"broken"]
    lines.append(b'{"custom_id": "a", "response": null, "error": {"code": "batch_expired"}}')
    path.write_bytes(b"\n".join(lines))
    slow = RequestState(Outcome.FAILED, 429, "slow")
    for condition, expected in (
        (StateIn(frozenset({slow})), [2]),
        (StateIn(frozenset({slow}), frozenset({Outcome.SUCCEEDED})), [1, 2]),
        (StateIn(outcomes=frozenset({Outcome.FAILED})), [2, 3]),
        (StateIn(outcomes=frozenset({Outcome.UNREADABLE})), [4]),
        (StateIn(frozenset({RequestState(Outcome.EXPIRED)})), [5]),
        (StateIn(), []),
    ):
        assert found(path, condition, kind=ContentKind.BATCH_RESULTS) == expected


def test_records_of_a_table_are_found_by_their_first_line(path: Path) -> None:
    path.write_bytes(b'n,"word\n"\n1,"a\nb"\n2,c\n3,"d\ne"\n')
    table = ContentKind.TABLE
    assert found(path, kind=table) == [3, 5, 6]
    assert found(path, ValueIs(1, "d\ne"), kind=table) == [6]
    assert found(path, NumberIn(0, 2), kind=table) == [5, 6]
    assert found(path, among=array("Q", [1, 4, 7]), kind=table) == [3, 6]
    assert found(path, NumberIn(0, 2), kind=table, among=array("Q", [4, 7])) == [6]


def test_what_is_found_grows_as_it_is_reported(path: Path) -> None:
    path.write_bytes(b'{"a": 1}\n' * 4_500)
    steps = filter_lines(path, line_reader(ContentKind.JSON_LINES, [b'{"a": 1}']), LineFilter())
    assert [(step.read, len(step.lines)) for step in steps] == [
        (18_000, 2_000),
        (36_000, 4_000),
        (40_500, 4_500),
    ]


def test_a_missing_file_is_an_error(path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        list(filter_lines(path, line_reader(ContentKind.TEXT, []), LineFilter()))


VALUES = st.none() | st.integers(-3, 3) | st.sampled_from([0.5, "", "1", "é", "null", [1], True])


@pytest.mark.slow
@settings(max_examples=300)
@given(
    rows=st.lists(
        st.dictionaries(st.sampled_from("ab"), VALUES, max_size=2) | st.sampled_from(["{", ""]),
        max_size=12,
    ),
    low=st.none() | st.integers(-3, 3),
    high=st.none() | st.floats(-3, 3),
    among=st.none() | st.sets(st.integers(1, 12)),
)
def test_filtering_is_what_a_plain_loop_does(
    tmp_path_factory: pytest.TempPathFactory,
    rows: list[dict[str, object] | str],
    low: int | None,
    high: float | None,
    among: set[int] | None,
) -> None:
    path = tmp_path_factory.mktemp("filter") / "lines"
    lines = [row if isinstance(row, str) else json.dumps(row) for row in rows]
    path.write_text("\n".join(lines), encoding="utf-8")
    reader = line_reader(ContentKind.JSON_LINES, [b'{"a": 1, "b": 1}'])

    def in_range(value: object) -> bool:
        is_number = isinstance(value, int | float) and not isinstance(value, bool)
        return (
            is_number
            and (low is None or float(str(value)) >= low)
            and (high is None or float(str(value)) < high)
        )

    wanted = LineFilter(
        (NumberIn(0, low, high), IsMissing(1)),
        None if among is None else array("Q", sorted(among)),
    )
    *_, last = filter_lines(path, reader, wanted)
    assert list(last.lines) == [
        number
        for number, row in enumerate(rows, 1)
        if isinstance(row, dict)
        and in_range(row.get("a"))
        and row.get("b") is None
        and (among is None or number in among)
    ]

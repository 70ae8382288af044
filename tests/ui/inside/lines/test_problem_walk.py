"""Going through the lines with problems: the lines are asked for once, and it goes round."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from services.checks.line_findings import LineFindings
from services.previews.batches.batch_result import Outcome
from services.previews.content.content_kind import ContentKind
from services.previews.rows.line_filter import HasProblem, StateIn
from services.previews.rows.line_query import LineQuery
from services.previews.rows.line_readers import line_reader
from tests.ui.inside.lines.test_line_table import results
from ui.inside.lines.line_model import LineModel
from ui.inside.lines.line_table import LineTable
from ui.inside.lines.problem_walk import ProblemWalk


class Bench:
    """A walk through a hundred lines, which goes where it wants to."""

    def __init__(self) -> None:
        self.model = LineModel()
        self.table = LineTable(self.model)
        self.walk = ProblemWalk(self.table, self.model)
        self.queries: list[LineQuery] = []
        self.ends = 0
        self.walk.lines_requested.connect(self.queries.append)
        self.walk.line_chosen.connect(lambda number: self.table.go_to_row(number - 1))
        self.walk.nothing_found.connect(self._count_end)

    def _count_end(self) -> None:
        self.ends += 1


@pytest.fixture
def bench(qtbot: QtBot, tmp_path: Path) -> Iterator[Bench]:
    content = results(tmp_path)
    bench = Bench()
    qtbot.addWidget(bench.table)
    bench.model.show_content(content, line_reader(content.kind, []))
    bench.walk.begin(content.kind)
    yield bench
    content.close()


def test_it_goes_on_from_the_current_line_and_from_the_last_to_the_first(bench: Bench) -> None:
    bench.table.go_to_row(10)
    bench.walk.go_on()
    bench.walk.show_lines([3, 20, 40], is_complete=True)
    visited = [bench.table.current_number()]
    for _step in range(3):
        bench.walk.go_on()
        visited.append(bench.table.current_number())
    assert visited == [20, 40, 3, 20]
    assert len(bench.queries) == 1


def test_nothing_happens_before_all_lines_were_found(bench: Bench) -> None:
    bench.table.go_to_row(10)
    bench.walk.go_on()
    bench.walk.show_lines([20], is_complete=False)
    assert bench.table.current_number() == 11
    bench.walk.show_lines([20, 40], is_complete=True)
    assert bench.table.current_number() == 20


def test_lines_that_come_after_another_file_was_begun_lead_nowhere(bench: Bench) -> None:
    bench.table.go_to_row(10)
    bench.walk.go_on()
    bench.walk.begin(ContentKind.BATCH_RESULTS)
    bench.walk.show_lines([20], is_complete=True)
    assert bench.table.current_number() == 11


def test_without_such_lines_it_says_so_each_time(bench: Bench) -> None:
    bench.walk.go_on()
    bench.walk.show_lines([], is_complete=True)
    bench.walk.go_on()
    assert bench.ends == 2


def test_changed_lines_are_asked_for_once_more(bench: Bench) -> None:
    bench.walk.go_on()
    bench.walk.show_lines([20], is_complete=True)
    bench.walk.forget_lines()
    bench.walk.go_on()
    assert len(bench.queries) == 2
    assert bench.queries[1].reader is bench.model.reader


def test_of_results_the_lines_that_did_not_succeed_are_wanted(bench: Bench) -> None:
    bench.walk.add_findings(LineFindings([1 << 25]))
    bench.walk.go_on()
    (condition,) = bench.queries[0].conditions
    assert isinstance(condition, StateIn)
    assert condition.outcomes == frozenset(Outcome) - {Outcome.SUCCEEDED}


def test_of_other_lines_those_that_cannot_be_read_or_have_findings_are_wanted(
    bench: Bench,
) -> None:
    findings = LineFindings([1 << 25])
    bench.walk.begin(ContentKind.CONVERSATIONS)
    bench.walk.go_on()
    bench.walk.add_findings(findings)
    bench.walk.go_on()
    assert [query.conditions for query in bench.queries] == [
        (HasProblem(),),
        (HasProblem(findings),),
    ]

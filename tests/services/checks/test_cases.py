import contextlib
import os
import re
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from services.checks import checking
from services.checks.checking import check_file
from services.checks.finding import CheckReport
from services.checks.gathering import inspect_file
from services.disk.local_file import LocalFile
from services.problems.errors import FilesError, ProblemKind
from services.problems.severity import Severity
from services.system.cancellation import CancelToken
from tests.services.checks.case import Case
from tests.services.checks.cases import CASES

SHOWN = 100
READABLE = [case for case in CASES if case.problem is None]


def check(file: LocalFile, case: Case) -> CheckReport:
    return check_file(
        file, case.purpose, case.limits, token=CancelToken(), progress=lambda _done: None
    )


def title(case: Case) -> str:
    return f"{case.purpose}: {case.title}"


@pytest.mark.parametrize(
    "case",
    [pytest.param(case, marks=[pytest.mark.slow] if case.slow else []) for case in READABLE],
    ids=title,
)
def test_a_file_is_judged_rightly(case: Case, tmp_path: Path) -> None:
    report = check(inspect_file(case.make(tmp_path)), case)
    found = tuple((found.severity, found.rule, found.line) for found in report.findings)
    assert found == case.wanted
    if len(case.wanted) < SHOWN:
        severities = [severity for severity, _rule, _line in case.wanted]
        assert report.errors == severities.count(Severity.ERROR)
        assert report.warnings == severities.count(Severity.WARNING)
    if case.facts is not None:
        assert report.facts == case.facts
    for finding in report.findings:
        assert finding.text.endswith((".", "…"))
        assert finding.column is None or finding.column >= 1


@contextlib.contextmanager
def without_privileges() -> Iterator[None]:
    """As somebody who may not read everything, which the administrator may."""
    if os.geteuid() == 0:
        os.seteuid(65534)
        try:
            yield
        finally:
            os.seteuid(0)
    else:
        yield


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """A folder that everybody may look into."""
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)
        yield Path(folder)


@pytest.mark.parametrize("case", [case for case in CASES if case.problem is not None], ids=title)
def test_what_can_not_be_read_is_told_of_and_holds_nobody_up(case: Case, open_folder: Path) -> None:
    path = case.make(open_folder)
    with without_privileges():
        file = inspect_file(path)
        # And when it became so only after it was looked at:
        with pytest.raises(FilesError) as refused:
            check(LocalFile(path, path.name, 100, 0, case.purpose), case)
    assert file.problem is not None
    assert file.problem.kind is case.problem
    assert refused.value.problem.kind is case.problem
    assert refused.value.problem.advice


@pytest.mark.parametrize("purpose", ["batch", "fine-tune", "evals", "vision"])
def test_a_file_that_changes_while_it_is_checked_is_told_of(purpose: str, tmp_path: Path) -> None:
    case = next(case for case in READABLE if case.purpose == purpose and not case.wanted)
    path = case.make(tmp_path)

    def write_more(_done: int) -> None:
        with path.open("ab") as file:
            file.write(b"\n")

    with pytest.raises(FilesError) as told:
        check_file(
            inspect_file(path), purpose, case.limits, token=CancelToken(), progress=write_more
        )
    assert told.value.problem.kind is ProblemKind.FILE_CHANGED


def test_no_two_cases_have_the_same_title() -> None:
    titles = [title(case) for case in CASES]
    assert sorted(titles) == sorted(set(titles))


def test_every_rule_of_the_checks_is_met_in_a_case() -> None:
    source = "".join(path.read_text() for path in Path(checking.__file__).parent.rglob("*.py"))
    named = set(re.findall(r'"([a-z]\w*\.[a-z]\w*)"', source))
    wanted = {rule for case in CASES for _severity, rule, _line in case.wanted}
    # Two million requests are too many for a test; tests of the ids bring that one about.
    assert named - wanted == {"batch.ids_not_compared"}

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
def test_a_file_gets_the_expected_findings(case: Case, tmp_path: Path) -> None:
    report = check(inspect_file(case.make(tmp_path)), case)
    found = tuple((found.severity, found.rule, found.line) for found in report.findings)
    assert found == case.expected
    if len(case.expected) < SHOWN:
        severities = [severity for severity, _rule, _line in case.expected]
        assert report.errors == severities.count(Severity.ERROR)
        assert report.warnings == severities.count(Severity.WARNING)
    if case.facts is not None:
        assert report.facts == case.facts
    for finding in report.findings:
        assert finding.text.endswith((".", "…"))
        assert finding.column is None or finding.column >= 1


@contextlib.contextmanager
def as_unprivileged_user() -> Iterator[None]:
    """Drop root privileges, since root can read everything."""
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
    """A folder that every user can read."""
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)
        yield Path(folder)


@pytest.mark.parametrize("case", [case for case in CASES if case.problem is not None], ids=title)
def test_an_unreadable_file_is_an_error_and_never_blocks(case: Case, open_folder: Path) -> None:
    path = case.make(open_folder)
    with as_unprivileged_user():
        file = inspect_file(path)
        # Also if it only became unreadable after it was inspected.
        with pytest.raises(FilesError) as raised:
            check(LocalFile(path, path.name, 100, 0, case.purpose), case)
    assert file.problem is not None
    assert file.problem.kind is case.problem
    assert raised.value.problem.kind is case.problem
    assert raised.value.problem.advice


@pytest.mark.parametrize("purpose", ["batch", "fine-tune", "evals", "vision"])
def test_a_file_that_changes_during_the_check_is_an_error(purpose: str, tmp_path: Path) -> None:
    case = next(case for case in READABLE if case.purpose == purpose and not case.expected)
    path = case.make(tmp_path)

    def write_more(_done: int) -> None:
        with path.open("ab") as file:
            file.write(b"\n")

    with pytest.raises(FilesError) as raised:
        check_file(
            inspect_file(path), purpose, case.limits, token=CancelToken(), progress=write_more
        )
    assert raised.value.problem.kind is ProblemKind.FILE_CHANGED


def test_titles_of_cases_are_unique() -> None:
    titles = [title(case) for case in CASES]
    assert sorted(titles) == sorted(set(titles))


def test_every_rule_has_a_case() -> None:
    source = "".join(path.read_text() for path in Path(checking.__file__).parent.rglob("*.py"))
    named = set(re.findall(r'"([a-z]\w*\.[a-z]\w*)"', source))
    expected = {rule for case in CASES for _severity, rule, _line in case.expected}
    # This needs more than a million requests. The tests for IDs cover it.
    assert named - expected == {"batch.ids_not_compared"}

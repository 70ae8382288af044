"""The report for a whole file, and limits on large and bad files. See also test_cases.py."""

import subprocess
import sys
from pathlib import Path

import pytest

from services.checks.checking import check_file
from services.checks.finding import CheckReport, RepairKind
from services.checks.findings import MAX_FINDINGS
from services.checks.gathering import inspect_file
from services.providers.limits import OFFICIAL, Limits
from services.providers.providers import provider_named
from services.system.cancellation import Cancelled, CancelToken
from tests.services.checks.batch_cases import request
from tests.services.checks.case import jsonl

ROOT = Path(__file__).parents[3]
MAX_GROWTH_MIB = 48


def check(path: Path, purpose: str = "batch") -> CheckReport:
    return check_file(
        inspect_file(path), purpose, OFFICIAL, token=CancelToken(), progress=lambda _done: None
    )


@pytest.mark.slow
def test_a_report_has_the_first_hundred_findings_in_order_and_counts_all(
    tmp_path: Path,
) -> None:
    path = tmp_path / "a.JSONL"
    path.write_bytes(b'{]\n{"custom_id": 1}\n{"custom_id": 1}\n' * 3_000 + b"\n")
    report = check(path)
    assert (report.errors, report.warnings) == (3_000 + 4, 2)
    assert len(report.findings) == MAX_FINDINGS
    # Findings about the whole file come first, whether they were found first or last.
    lines = [found.line for found in report.findings]
    assert lines == [None, 1, 2, 2, 2, 2, *range(4, 3 * (MAX_FINDINGS - 5), 3)]
    assert report.repairs == (RepairKind.EXTENSION, RepairKind.BLANK_LINES)


def test_errors_about_the_whole_file_come_before_warnings(tmp_path: Path) -> None:
    path = tmp_path / "a.JSONL"
    path.write_bytes(b"\n \n")
    report = check(path)
    rules = [one.rule for one in report.findings]
    assert rules == ["file.blank", "extension.uppercase", "file.blank_lines"]


def test_a_late_finding_about_an_early_line_is_kept(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_bytes(b"{}\r\n" + b"[]\n" * 500)
    report = check(path)
    rules = [found.rule for found in report.findings if found.line == 1]
    assert "file.crlf_endings" in rules


@pytest.mark.slow
def test_a_check_can_be_cancelled(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_bytes(jsonl(*map(request, range(20_000))))
    token = CancelToken()
    with pytest.raises(Cancelled):
        check_file(
            inspect_file(path),
            "batch",
            OFFICIAL,
            token=token,
            progress=lambda _done: token.cancel(),
        )


_MEASURE = """
import sys
from pathlib import Path
from tests.services.checks.test_checking import check

def status(name):
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) / 1024 for line in lines if line.startswith(name + ":"))

small, large = map(Path, sys.argv[1:])
check(small)
Path("/proc/self/clear_refs").write_text("5")  # the peak begins anew
before = status("VmRSS")
report = check(large)
print(status("VmHWM") - before, report.errors, report.warnings)
"""


def memory_growth(tmp_path: Path, large: Path) -> tuple[float, int, int]:
    """By how many MiB a new process grows during the check, and the number of errors and warnings."""
    small = tmp_path / "small.jsonl"
    small.write_bytes(jsonl(request(1)))
    answer = subprocess.run(
        [sys.executable, "-c", _MEASURE, small, large],
        cwd=ROOT,
        check=True,
        stdout=subprocess.PIPE,
        text=True,
    )
    growth, errors, warnings = answer.stdout.split()
    return float(growth), int(errors), int(warnings)


@pytest.mark.slow
def test_a_hundred_thousand_bad_lines_and_ids_use_little_memory(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    with path.open("wb") as file:
        for number in range(100_000):
            file.write(b'{"custom_id": "a rather long id of a request %d", "body": 1}\n' % number)
    growth, errors, _warnings = memory_growth(tmp_path, path)
    # Errors that are on every line are reported once.
    assert errors == 3 + 1
    assert growth < 16


@pytest.mark.slow
def test_a_line_of_a_hundred_megabytes_uses_limited_memory(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    with path.open("wb") as file:
        for _piece in range(100):
            file.write(b"x" * 1_000_000)
        file.write(b"\n" + jsonl(request(1)))
    growth, errors, warnings = memory_growth(tmp_path, path)
    assert (errors, warnings) == (0, 1)
    assert growth < MAX_GROWTH_MIB


def test_a_purpose_with_another_name_is_checked_like_the_official_one(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_bytes(b'{"custom_id": 1}\n')
    assert check(path, "batch-api").findings == check(path, "batch").findings != ()


def test_a_server_that_accepts_any_file_isnt_warned_about(tmp_path: Path) -> None:
    path = tmp_path / "a.XYZ"
    path.write_bytes(b"anything")
    xai = provider_named("xai").limits

    def rules(limits: Limits) -> list[str]:
        report = check_file(
            inspect_file(path),
            "assistants",
            limits,
            token=CancelToken(),
            progress=lambda _done: None,
        )
        return [found.rule for found in report.findings]

    assert rules(OFFICIAL) == ["extension.unusual", "extension.uppercase"]
    assert rules(xai) == []

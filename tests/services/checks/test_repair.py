import re
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from services.checks import repair as repair_module
from services.checks.checking import check_file
from services.checks.finding import CheckReport, RepairKind
from services.checks.gathering import inspect_file
from services.checks.repair import Repaired, repair, repair_in_place
from services.problems.errors import FilesError, ProblemKind
from services.providers.limits import OFFICIAL
from services.system.cancellation import Cancelled, CancelToken
from tests.services.checks.batch_cases import GOOD_LINES, request
from tests.services.checks.case import jsonl
from tests.services.checks.test_gathering import TriggerToken
from tests.support.full_disk import fill_disk_under_partial_files

GOOD = jsonl(*GOOD_LINES)
GOOD_5 = jsonl(request(5))
BOM_BYTES = b"\xef\xbb\xbf"
ALL = tuple(RepairKind)
BOM, RETURNS, BLANK, OBJECTS, EXTENSION = ALL
LINES = (BOM, RETURNS, BLANK, EXTENSION)


def fix(path: Path, *kinds: RepairKind) -> Repaired:
    return repair(inspect_file(path), kinds or LINES, token=CancelToken())


def check(path: Path) -> CheckReport:
    return check_file(
        inspect_file(path), "batch", OFFICIAL, token=CancelToken(), progress=lambda _done: None
    )


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "requests.jsonl"
    path.write_bytes(b"\xef\xbb\xbf" + GOOD.replace(b"\n", b"\r\n") + b"\r\n \n")
    return path


def test_everything_is_fixed_in_a_copy_and_reported(path: Path) -> None:
    before = path.read_bytes()
    fixed = fix(path, *check(path).repairs)
    assert fixed.path == path.with_name("requests (fixed).jsonl")
    assert fixed.name == "requests.jsonl"
    assert fixed.path.read_bytes() == GOOD
    assert path.read_bytes() == before
    assert fixed.changes == (
        "The byte order mark was removed.",
        "4 lines now end with LF instead of CR LF.",
        "2 blank lines were removed.",
        "Saved as requests (fixed).jsonl. The original file wasn't changed.",
    )
    report = check(fixed.path)
    assert (report.findings, report.repairs) == ((), ())


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        (BOM, b"{}\r\n\n{}\r\n"),
        (RETURNS, b"\xef\xbb\xbf{}\n\n{}\n"),
        (BLANK, b"\xef\xbb\xbf{}\r\n{}\r\n"),
    ],
)
def test_only_the_requested_faults_are_fixed(path: Path, kind: RepairKind, expected: bytes) -> None:
    path.write_bytes(b"\xef\xbb\xbf{}\r\n\n{}\r\n")
    assert fix(path, kind).path.read_bytes() == expected


def test_an_existing_file_is_not_replaced(path: Path) -> None:
    existing = path.with_name("requests (fixed).jsonl")
    existing.write_bytes(b"mine")
    assert fix(path).path == path.with_name("requests (fixed) (2).jsonl")
    assert existing.read_bytes() == b"mine"


def test_fixing_the_extension_only_changes_the_name(tmp_path: Path) -> None:
    path = tmp_path / "Requests.JSONL"
    path.write_bytes(GOOD)
    assert fix(path, EXTENSION) == Repaired(
        path, "Requests.jsonl", ("The file will be uploaded as Requests.jsonl.",)
    )
    assert list(tmp_path.iterdir()) == [path]


def test_the_extension_is_fixed_along_with_the_rest(tmp_path: Path) -> None:
    path = tmp_path / "Requests.JSONL"
    path.write_bytes(GOOD + b"\n")
    fixed = fix(path)
    assert (fixed.path.name, fixed.name) == ("Requests (fixed).jsonl", "Requests.jsonl")
    assert fixed.path.read_bytes() == GOOD


def test_long_lines_are_fixed_in_pieces(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(repair_module, "READ_SIZE", 8)
    path.write_bytes(b"1234567\r\n" + b"12345678\r\n" + b"a\rb\r\r\n" + b"x" * 50 + b"\r\n\r\n")
    assert fix(path).path.read_bytes() == (b"1234567\n12345678\na\rb\n" + b"x" * 50 + b"\n")


@pytest.mark.parametrize(
    "content",
    [
        BOM_BYTES * 2 + GOOD,
        BOM_BYTES + GOOD + BOM_BYTES + b"\n" + BOM_BYTES * 3 + GOOD_5,
        GOOD.replace(b"\n", b"\r\r\n"),
        GOOD + b" " * 300_000 + b"\n" + GOOD_5 + b" " * 300_000 + b"\r\n",
        BOM_BYTES + b" \r\n" + GOOD + b"\t" * 700_000,
    ],
)
def test_a_fixed_file_has_no_findings(path: Path, content: bytes) -> None:
    path.write_bytes(content)
    repairs = check(path).repairs
    assert repairs
    report = check(fix(path, *repairs).path)
    assert (report.findings, report.repairs) == ((), ())


def test_a_blank_line_over_the_limit_is_kept(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(repair_module, "READ_SIZE", 8)
    monkeypatch.setattr(repair_module, "MAX_LINE_BYTES", 100)
    path.write_bytes(b"{}\n" + b" " * 99 + b"\n" + b" " * 98 + b"\n{}\n")
    assert fix(path, BLANK).path.read_bytes() == b"{}\n" + b" " * 99 + b"\n{}\n"


PARTS = [b"\n", b"\r\n", b"\r", b" ", b"a", b"\xef\xbb\xbf", b"{}"]


@pytest.mark.slow
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(
    st.lists(st.sampled_from(PARTS), max_size=60),
    st.sets(st.sampled_from([BOM, RETURNS, BLANK]), min_size=1),
    st.integers(8, 40),
)
def test_any_content_is_fixed_correctly_with_any_read_size(
    path: Path, parts: list[bytes], kinds: set[RepairKind], piece: int
) -> None:
    content = b"".join(parts) + b"end"
    path.write_bytes(content)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(repair_module, "READ_SIZE", piece)
        fixed = fix(path, *kinds).path
    found = fixed.read_bytes().split(b"\n")
    fixed.unlink()
    lines = content.split(b"\n")
    if BOM in kinds:
        lines = [re.sub(b"^(\xef\xbb\xbf)+", b"", line) for line in lines]
    if BLANK in kinds:
        lines = [line for line in lines if line.strip()]
    if RETURNS in kinds:
        lines = [line.rstrip(b"\r") for line in lines[:-1]] + lines[-1:]
    assert found == lines


# Failures


def names_in(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_a_cancelled_repair_leaves_nothing_behind(path: Path) -> None:
    token = CancelToken()
    token.cancel()
    with pytest.raises(Cancelled):
        repair(inspect_file(path), LINES, token=token)
    assert names_in(path.parent) == ["requests.jsonl"]


def test_a_changed_file_is_not_fixed(path: Path) -> None:
    file = inspect_file(path)
    path.write_bytes(GOOD)
    with pytest.raises(FilesError) as raised:
        repair(file, LINES, token=CancelToken())
    assert raised.value.problem.kind is ProblemKind.FILE_CHANGED
    assert names_in(path.parent) == ["requests.jsonl"]


def test_a_file_that_changes_is_not_replaced(path: Path) -> None:
    file = inspect_file(path)
    path.write_bytes(GOOD)
    with pytest.raises(FilesError) as raised:
        repair_in_place(file, LINES, token=CancelToken())
    assert raised.value.problem.kind is ProblemKind.FILE_CHANGED
    assert names_in(path.parent) == ["requests.jsonl"]
    assert path.read_bytes() == GOOD


def test_a_missing_file_is_an_error(path: Path) -> None:
    file = inspect_file(path)
    path.unlink()
    with pytest.raises(FilesError) as raised:
        repair(file, LINES, token=CancelToken())
    assert raised.value.problem.kind is ProblemKind.FILE_MISSING
    assert names_in(path.parent) == []


@pytest.mark.slow
def test_a_full_disk_is_an_error_and_leaves_nothing_behind(path: Path) -> None:
    path.write_bytes(b"{}\r\n" * 1_000_000)
    token = TriggerToken(1, fill_disk_under_partial_files)
    with pytest.raises(FilesError) as raised:
        repair(inspect_file(path), LINES, token=token)
    assert raised.value.problem.kind is ProblemKind.DISK_FULL
    assert names_in(path.parent) == ["requests.jsonl"]

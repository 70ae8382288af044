from collections.abc import Callable
from pathlib import Path

import pytest

from services.checks import lines as lines_module
from services.checks.finding import Finding, RepairKind
from services.checks.gathering import inspect_file
from services.checks.json_fault import Fault
from services.checks.json_reader import JsonReader
from services.checks.line import Line
from services.checks.lines import Lines
from services.disk.local_file import LocalFile
from services.problems.errors import FilesError, ProblemKind
from services.system.cancellation import Cancelled, CancelToken


def ignore(_done: int) -> None:
    """Ignore the progress."""


class Reading:
    """A file, its lines, and the findings about them."""

    def __init__(
        self,
        path: Path,
        content: bytes,
        accept: Callable[[bytes, int], bool] | None = None,
    ) -> None:
        path.write_bytes(content)
        self.findings: list[Finding] = []
        self.lines = Lines(
            inspect_file(path),
            self.findings.append,
            token=CancelToken(),
            progress=ignore,
            accept=accept,
        )

    def texts(self) -> list[tuple[int, bytes]]:
        return [(line.number, line.raw) for line in self.lines]

    @property
    def places(self) -> list[tuple[str, int | None, int | None]]:
        return [(found.rule, found.line, found.column) for found in self.findings]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "a.jsonl"


def test_lines_have_their_numbers_and_no_line_endings(path: Path) -> None:
    reading = Reading(path, b"one\ntwo\r\n\n  \nfive")
    assert reading.texts() == [(1, b"one"), (2, b"two"), (5, b"five")]
    assert reading.lines.count == 3
    assert reading.places == [
        ("file.crlf_endings", 2, None),
        ("file.blank_lines", None, None),
    ]


@pytest.mark.parametrize(
    ("content", "line", "text"),
    [
        (b"one\ntwo\r\n", 2, "This line ends with CR LF instead of LF."),
        (b"one\r\ntwo\r\n", None, "2 lines end with CR LF instead of LF."),
        (b"one\r\n" * 1_200, None, "1,200 lines end with CR LF instead of LF."),
        (b"one\n\ntwo\n", 2, "This line is blank."),
        (b"one\n\n \n\n", None, "3 lines are blank. The first is line 2."),
    ],
)
def test_a_finding_about_several_lines_has_no_line(
    path: Path, content: bytes, line: int | None, text: str
) -> None:
    reading = Reading(path, content)
    reading.texts()
    (finding,) = reading.findings
    assert (finding.line, finding.text) == (line, text)


def test_a_byte_order_mark_is_removed_and_reported(path: Path) -> None:
    reading = Reading(path, b"\xef\xbb\xbf{}\n")
    assert reading.texts() == [(1, b"{}")]
    assert reading.places == [("file.bom", 1, 1)]


def test_possible_repairs_are_known_at_the_end(path: Path) -> None:
    reading = Reading(path, b"\xef\xbb\xbf{}\r\n\n")
    assert reading.texts() == [(1, b"{}")]
    assert set(reading.lines.repairs) == {
        RepairKind.BYTE_ORDER_MARK,
        RepairKind.CARRIAGE_RETURNS,
        RepairKind.BLANK_LINES,
    }
    good = Reading(path, b"{}\n")
    assert good.texts() == [(1, b"{}")]
    assert good.lines.repairs == ()


def test_only_the_last_line_can_lack_a_newline(path: Path) -> None:
    assert [line.has_newline for line in Reading(path, b"{}\n{}").lines] == [True, False]


def test_invalid_utf8_is_reported_with_the_column_in_characters(path: Path) -> None:
    reading = Reading(path, '{"é": "'.encode() + b"\xe9" + b'"}\n{}\n')
    first, second = list(reading.lines)
    assert reading.places == [("line.not_utf8", 1, 8)]
    assert (first.value, second.value) == (None, {})
    first.report_faults(reading.findings.append)
    assert len(reading.findings) == 1


def test_accepted_lines_are_counted_but_not_yielded(path: Path) -> None:
    offered: list[tuple[bytes, int]] = []

    def accept(raw: bytes, number: int) -> bool:
        offered.append((raw, number))
        return b"good" in raw

    reading = Reading(path, "good\nbad é\r\ngood é\n\n".encode() + b"good \xff\n", accept)
    assert [number for number, _raw in reading.texts()] == [2, 5]
    assert reading.lines.count == 4
    # Invalid UTF-8 is never offered.
    assert [number for _raw, number in offered] == [1, 2, 3, 4]


def test_a_line_over_the_limit_is_skipped_but_counted(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lines_module, "MAX_LINE_BYTES", 1000)
    content = b"a\n" + b"x" * 300_000 + b"\n" + b"b" * 999 + b"\n" + b"y" * 1000
    reading = Reading(path, content)
    found = list(reading.lines)
    assert [(line.number, len(line.raw)) for line in found] == [(1, 1), (2, 0), (3, 999), (4, 0)]
    assert [line.readable for line in found] == [True, False, True, False]
    assert reading.places == [("line.too_long", 2, None), ("line.too_long", 4, None)]
    assert reading.lines.count == 4


@pytest.mark.parametrize(
    ("beginning", "kind"),
    [
        (b"\x1f\x8b\x08\x00", "gzip"),
        (b"PK\x03\x04\x14", "zip"),
        (b"\x28\xb5\x2f\xfd\x00", "zstd"),
        (b"BZh91AY", "bzip2"),
        (b"\xfd7zXZ\x00", "xz"),
        (b"7z\xbc\xaf\x27\x1c", "7-Zip"),
    ],
)
def test_compressed_files_are_reported_and_have_no_lines(
    path: Path, beginning: bytes, kind: str
) -> None:
    reading = Reading(path, beginning + bytes(range(256)))
    assert reading.texts() == []
    assert not reading.lines.is_text
    assert reading.places == [("file.compressed", None, None)]
    assert f" {kind} " in reading.findings[0].text


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be", "utf-32"])
def test_utf16_is_reported_once(path: Path, encoding: str) -> None:
    reading = Reading(path, ('{"custom_id": "日本"}\n' * 3).encode(encoding))
    assert reading.texts() == []
    assert reading.places == [("file.utf16", None, None)]


def test_null_bytes_in_the_first_line_are_not_mistaken_for_utf16(path: Path) -> None:
    assert Reading(path, bytes(64) + b"{}\n").texts() == [(1, bytes(64) + b"{}")]


@pytest.mark.slow
def test_progress_is_in_bytes_and_ends_with_the_file_size(path: Path) -> None:
    path.write_bytes(b'{"a": 1}\n' * 400_000)
    findings: list[int] = []
    file = inspect_file(path)
    found: list[Finding] = []
    lines = Lines(file, found.append, token=CancelToken(), progress=findings.append)
    assert sum(1 for _line in lines) == 400_000
    assert findings == sorted(findings)
    assert len(findings) >= 3
    assert findings[-1] == file.size


@pytest.mark.slow
def test_reading_can_be_cancelled(path: Path) -> None:
    path.write_bytes(b'{"a": 1}\n' * 400_000)
    token = CancelToken()
    lines = Lines(
        inspect_file(path), lambda _found: None, token=token, progress=lambda _: token.cancel()
    )
    seen: list[Line] = []
    with pytest.raises(Cancelled):
        seen.extend(lines)
    assert 0 < len(seen) < 400_000


def test_skipping_a_long_line_can_be_cancelled(path: Path) -> None:
    with path.open("wb") as file:
        file.truncate(64 * 1024 * 1024)
    token = CancelToken()
    findings: list[Finding] = []

    def stop(finding: Finding) -> None:
        findings.append(finding)
        token.cancel()

    with pytest.raises(Cancelled):
        list(Lines(inspect_file(path), stop, token=token, progress=ignore))
    assert [found.rule for found in findings] == ["line.too_long"]


def kind_of(file: LocalFile) -> ProblemKind:
    with pytest.raises(FilesError) as raised:
        list(Lines(file, lambda _found: None, token=CancelToken(), progress=ignore))
    return raised.value.problem.kind


def test_a_file_that_disappeared_is_an_error(path: Path) -> None:
    path.write_bytes(b"{}\n")
    file = inspect_file(path)
    path.unlink()
    assert kind_of(file) is ProblemKind.FILE_MISSING


def test_a_file_whose_size_has_changed_is_an_error(path: Path) -> None:
    path.write_bytes(b"{}\n")
    file = inspect_file(path)
    path.write_bytes(b"{}\n{}\n")
    assert kind_of(file) is ProblemKind.FILE_CHANGED


@pytest.mark.slow
def test_a_file_that_shrinks_while_being_read_is_an_error(path: Path) -> None:
    path.write_bytes(b'{"a": 1}\n' * 400_000)

    def shrink(_done: int) -> None:
        path.write_bytes(b"")

    lines = Lines(inspect_file(path), lambda _found: None, token=CancelToken(), progress=shrink)
    with pytest.raises(FilesError) as raised:
        list(lines)
    assert raised.value.problem.kind is ProblemKind.FILE_CHANGED


class CountingReader(JsonReader):
    count = 0

    def read(self, raw: bytes) -> tuple[object, tuple[Fault, ...]]:
        self.count += 1
        return super().read(raw)


def test_a_value_is_parsed_lazily_and_only_once() -> None:
    reader = CountingReader()
    line = Line(7, b'{"a": [1, 2]}', json=reader)
    assert reader.count == 0
    assert line.value == {"a": [1, 2]}
    line.report_faults(lambda found: pytest.fail(found.text))
    assert line.value is line.value
    assert reader.count == 1


def test_faults_are_reported_with_the_line_number() -> None:
    findings: list[Finding] = []
    line = Line(7, b'{"a": 1,}')
    line.report_faults(findings.append)
    assert [(found.rule, found.line, found.column) for found in findings] == [("json.comma", 7, 9)]
    assert line.value is None


def test_an_incomplete_last_line_is_reported_as_cut_off() -> None:
    findings: list[Finding] = []
    Line(2, b'{"a": "b', has_newline=False).report_faults(findings.append)
    Line(1, b'{"a": "b', has_newline=True).report_faults(findings.append)
    assert [found.rule for found in findings] == ["line.truncated", "json.unclosed"]

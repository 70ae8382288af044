from collections.abc import Callable
from pathlib import Path

import pytest

from services.checks import lines as lines_module
from services.checks.finding import Finding, RepairKind
from services.checks.gathering import inspect_file
from services.checks.json_fault import Fault
from services.checks.json_reader import JsonReader
from services.checks.lines import Line, Lines
from services.disk.local_file import LocalFile
from services.problems.errors import FilesError, ProblemKind
from services.system.cancellation import Cancelled, CancelToken


def nothing(_done: int) -> None:
    """Progress that nobody looks at."""


class Reading:
    """A file, its lines and what was told of them."""

    def __init__(
        self,
        path: Path,
        content: bytes,
        accept: Callable[[bytes, int], bool] | None = None,
    ) -> None:
        path.write_bytes(content)
        self.told: list[Finding] = []
        self.lines = Lines(
            inspect_file(path),
            self.told.append,
            token=CancelToken(),
            progress=nothing,
            accept=accept,
        )

    def texts(self) -> list[tuple[int, bytes]]:
        return [(line.number, line.raw) for line in self.lines]

    @property
    def places(self) -> list[tuple[str, int | None, int | None]]:
        return [(found.rule, found.line, found.column) for found in self.told]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "a.jsonl"


def test_lines_come_with_their_numbers_and_without_their_ends(path: Path) -> None:
    reading = Reading(path, b"one\ntwo\r\n\n  \nfive")
    assert reading.texts() == [(1, b"one"), (2, b"two"), (5, b"five")]
    assert reading.lines.count == 3
    assert reading.places == [
        ("file.carriage_returns", 2, None),
        ("file.blank_lines", None, None),
    ]


@pytest.mark.parametrize(
    ("content", "line", "text"),
    [
        (b"one\ntwo\r\n", 2, "This line ends with CR LF instead of LF."),
        (b"one\r\ntwo\r\n", None, "2 lines end with CR LF instead of LF."),
        (b"one\r\n" * 1_200, None, "1,200 lines end with CR LF instead of LF."),
        (b"one\n\ntwo\n", 2, "This line is blank."),
        (b"one\n\n \n\n", None, "3 lines are blank, the first is line 2."),
    ],
)
def test_what_is_about_several_lines_names_none_as_its_place(
    path: Path, content: bytes, line: int | None, text: str
) -> None:
    reading = Reading(path, content)
    reading.texts()
    (told,) = reading.told
    assert (told.line, told.text) == (line, text)


def test_a_byte_order_mark_is_taken_off_and_told(path: Path) -> None:
    reading = Reading(path, b"\xef\xbb\xbf{}\n")
    assert reading.texts() == [(1, b"{}")]
    assert reading.places == [("file.byte_order_mark", 1, 1)]


def test_what_can_be_mended_is_known_in_the_end(path: Path) -> None:
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


def test_only_the_last_line_may_have_no_end(path: Path) -> None:
    assert [line.has_newline for line in Reading(path, b"{}\n{}").lines] == [True, False]


def test_a_line_that_is_no_utf8_is_told_with_the_column_in_characters(path: Path) -> None:
    reading = Reading(path, '{"é": "'.encode() + b"\xe9" + b'"}\n{}\n')
    first, second = list(reading.lines)
    assert reading.places == [("line.not_utf8", 1, 8)]
    assert (first.value, second.value) == (None, {})
    first.report_faults(reading.told.append)
    assert len(reading.told) == 1


def test_accepted_lines_are_counted_and_not_given(path: Path) -> None:
    asked: list[tuple[bytes, int]] = []

    def accept(raw: bytes, number: int) -> bool:
        asked.append((raw, number))
        return b"good" in raw

    reading = Reading(path, "good\nbad é\r\ngood é\n\n".encode() + b"good \xff\n", accept)
    assert [number for number, _raw in reading.texts()] == [2, 5]
    assert reading.lines.count == 4
    # What is no UTF-8 was never offered.
    assert [number for _raw, number in asked] == [1, 2, 3, 4]


def test_a_line_longer_than_is_held_is_passed_over_and_counted(
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
def test_compressed_files_are_named_and_have_no_lines(
    path: Path, beginning: bytes, kind: str
) -> None:
    reading = Reading(path, beginning + bytes(range(256)))
    assert reading.texts() == []
    assert not reading.lines.is_text
    assert reading.places == [("file.compressed", None, None)]
    assert f" {kind} " in reading.told[0].text


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be", "utf-32"])
def test_utf16_is_told_once(path: Path, encoding: str) -> None:
    reading = Reading(path, ('{"custom_id": "日本"}\n' * 3).encode(encoding))
    assert reading.texts() == []
    assert reading.places == [("file.utf16", None, None)]


def test_zeros_in_the_first_line_are_not_taken_for_utf16(path: Path) -> None:
    assert Reading(path, bytes(64) + b"{}\n").texts() == [(1, bytes(64) + b"{}")]


@pytest.mark.slow
def test_progress_tells_bytes_and_ends_with_the_size(path: Path) -> None:
    path.write_bytes(b'{"a": 1}\n' * 400_000)
    told: list[int] = []
    file = inspect_file(path)
    found: list[Finding] = []
    lines = Lines(file, found.append, token=CancelToken(), progress=told.append)
    assert sum(1 for _line in lines) == 400_000
    assert told == sorted(told)
    assert len(told) >= 3
    assert told[-1] == file.size


@pytest.mark.slow
def test_it_can_be_cancelled_in_the_middle(path: Path) -> None:
    path.write_bytes(b'{"a": 1}\n' * 400_000)
    token = CancelToken()
    lines = Lines(
        inspect_file(path), lambda _found: None, token=token, progress=lambda _: token.cancel()
    )
    seen: list[Line] = []
    with pytest.raises(Cancelled):
        seen.extend(lines)
    assert 0 < len(seen) < 400_000


def test_a_cancel_is_heard_within_a_line_that_is_passed_over(path: Path) -> None:
    with path.open("wb") as file:
        file.truncate(64 * 1024 * 1024)
    token = CancelToken()
    told: list[Finding] = []

    def stop(finding: Finding) -> None:
        told.append(finding)
        token.cancel()

    with pytest.raises(Cancelled):
        list(Lines(inspect_file(path), stop, token=token, progress=nothing))
    assert [found.rule for found in told] == ["line.too_long"]


def kind_of(file: LocalFile) -> ProblemKind:
    with pytest.raises(FilesError) as refused:
        list(Lines(file, lambda _found: None, token=CancelToken(), progress=nothing))
    return refused.value.problem.kind


def test_a_file_that_vanished_is_told(path: Path) -> None:
    path.write_bytes(b"{}\n")
    file = inspect_file(path)
    path.unlink()
    assert kind_of(file) is ProblemKind.FILE_MISSING


def test_a_file_of_another_size_than_was_seen_is_told(path: Path) -> None:
    path.write_bytes(b"{}\n")
    file = inspect_file(path)
    path.write_bytes(b"{}\n{}\n")
    assert kind_of(file) is ProblemKind.FILE_CHANGED


@pytest.mark.slow
def test_a_file_that_shrinks_meanwhile_is_told(path: Path) -> None:
    path.write_bytes(b'{"a": 1}\n' * 400_000)

    def shrink(_done: int) -> None:
        path.write_bytes(b"")

    lines = Lines(inspect_file(path), lambda _found: None, token=CancelToken(), progress=shrink)
    with pytest.raises(FilesError) as refused:
        list(lines)
    assert refused.value.problem.kind is ProblemKind.FILE_CHANGED


class CountingReader(JsonReader):
    count = 0

    def read(self, raw: bytes) -> tuple[object, tuple[Fault, ...]]:
        self.count += 1
        return super().read(raw)


def test_a_value_is_read_once_and_only_when_asked_for() -> None:
    reader = CountingReader()
    line = Line(7, b'{"a": [1, 2]}', json=reader)
    assert reader.count == 0
    assert line.value == {"a": [1, 2]}
    line.report_faults(lambda found: pytest.fail(found.text))
    assert line.value is line.value
    assert reader.count == 1


def test_faults_are_told_with_the_number_of_the_line() -> None:
    told: list[Finding] = []
    line = Line(7, b'{"a": 1,}')
    line.report_faults(told.append)
    assert [(found.rule, found.line, found.column) for found in told] == [("json.comma", 7, 9)]
    assert line.value is None


def test_a_last_line_that_stops_in_the_middle_is_called_cut_off() -> None:
    told: list[Finding] = []
    Line(2, b'{"a": "b', has_newline=False).report_faults(told.append)
    Line(1, b'{"a": "b', has_newline=True).report_faults(told.append)
    assert [found.rule for found in told] == ["line.cut_off", "json.unclosed"]

"""Reads the lines of a local file in constant memory."""

from codecs import BOM_UTF8
from collections.abc import Callable, Iterator
from functools import partial
from typing import BinaryIO

from services.checks.finding import Finding, RepairKind, ReportFinding
from services.checks.json_nesting import too_deep
from services.checks.json_reader import JsonReader
from services.checks.line import Line
from services.checks.reading import READ_SIZE, open_unchanged
from services.disk.local_file import LocalFile
from services.problems.severity import Severity
from services.system.cancellation import CancelToken
from services.system.language import _, ngettext
from services.system.locale_format import whole

Accept = Callable[[bytes, int], bool]
"""Called with a line in UTF-8, including its line ending, and its number.

Returns whether there is nothing to report. Most lines are good, so a quick look avoids creating a
`Line` for each.
"""

MAX_LINE_BYTES = 16 * 1024 * 1024
"""Longer lines, in bytes, are skipped."""

_PROGRESS_BYTES = 1024 * 1024
_LF = 0x0A
_COMPRESSED = (
    (b"\x1f\x8b", "gzip"),
    (b"PK\x03\x04", "zip"),
    (b"\x28\xb5\x2f\xfd", "zstd"),
    (b"BZh", "bzip2"),
    (b"\xfd7zXZ\x00", "xz"),
    (b"7z\xbc\xaf\x27\x1c", "7-Zip"),
)


class Lines:
    """Iterates over the lines of a file that aren't blank, and reports what is wrong with them.

    Their JSON isn't checked. Iterating raises Cancelled, and FilesError if the file can't be read
    or changes in the meantime.
    """

    def __init__(
        self,
        file: LocalFile,
        report: ReportFinding,
        *,
        token: CancelToken,
        progress: Callable[[int], None],
        accept: Accept | None = None,
        bom_severity: Severity | None = Severity.WARNING,
    ) -> None:
        """`progress` is called with the number of bytes read so far, `accept` with each line.

        `bom_severity` says how bad a byte order mark at the start of the file is, or None if it is
        fine.
        """
        self._file = file
        self._report = report
        self._token = token
        self._progress = progress
        self._accept = accept or _accept_none
        self._bom_severity = bom_severity
        self._json = JsonReader()
        self.is_text = True
        """Whether the file turned out to be text. Valid after iterating."""
        self._number = 0
        self._has_bom = False
        self._inner_boms = self._first_inner_bom = 0
        self._blank_lines = self._first_blank_line = 0
        self._crlf_lines = self._first_crlf_line = 0

    @property
    def count(self) -> int:
        """How many lines so far aren't blank."""
        return self._number - self._blank_lines

    @property
    def repairs(self) -> tuple[RepairKind, ...]:
        """What can be fixed."""
        found = {
            RepairKind.BYTE_ORDER_MARK: self._inner_boms
            or (self._has_bom and self._bom_severity is not None),
            RepairKind.CARRIAGE_RETURNS: self._crlf_lines,
            RepairKind.BLANK_LINES: self._blank_lines,
        }
        return tuple(kind for kind, there in found.items() if there)

    def __iter__(self) -> Iterator[Line]:
        with open_unchanged(self._file) as opened:
            self.is_text = self._is_text(opened.peek(64)[:64])
            if self.is_text:
                yield from self._lines(opened)
        self._report_totals()

    def _lines(self, opened: BinaryIO) -> Iterator[Line]:
        accept = self._accept
        done = reported = 0
        pieces = iter(partial(opened.readline, MAX_LINE_BYTES), b"")
        for number, raw in enumerate(pieces, 1):
            self._number = number
            done += len(raw)
            if len(raw) == MAX_LINE_BYTES and raw[-1] != _LF:
                head = raw[:64]
                del raw  # free it before reading on
                done += self._skip_line(opened, number)
                yield Line(number, b"", readable=False, head=head)
            else:
                if raw[-2:] == b"\r\n":
                    self._crlf_lines += 1
                    self._first_crlf_line = self._first_crlf_line or number
                good = (raw.isascii() or is_utf8(raw)) and not too_deep(raw)
                if not (good and accept(raw, number)):
                    line = self._line(raw, number)
                    if line is not None:
                        yield line
            if done - reported >= _PROGRESS_BYTES:
                self._token.check()
                self._progress(done)
                reported = done
        self._progress(done)

    def _line(self, raw: bytes, number: int) -> Line | None:
        """Return the line, or None if it is blank."""
        if raw.startswith(BOM_UTF8):
            raw = self._without_bom(raw, number)
        text = raw.rstrip(b"\r\n")
        if not text or text.isspace():
            self._blank_lines += 1
            self._first_blank_line = self._first_blank_line or number
            return None
        try:
            text.decode("utf-8")
        except UnicodeDecodeError as error:
            message = _("Not valid UTF-8 from here. Save the file as UTF-8.")
            column = len(text[: error.start].decode("utf-8")) + 1
            self._report(Finding(Severity.ERROR, message, number, column, "line.not_utf8"))
            return Line(number, text, readable=False)
        return Line(number, text, has_newline=raw[-1] == _LF, json=self._json)

    def _without_bom(self, raw: bytes, number: int) -> bytes:
        """Return a line without leading byte order marks."""
        text = raw
        while text.startswith(BOM_UTF8):
            text = text.removeprefix(BOM_UTF8)
        if number == 1 and len(raw) - len(text) == len(BOM_UTF8):
            self._has_bom = True
        else:
            self._inner_boms += 1
            self._first_inner_bom = self._first_inner_bom or number
        return text

    def _skip_line(self, opened: BinaryIO, number: int) -> int:
        """Skip the rest of a line that is too long. Return how many bytes that was."""
        message = _("This line is longer than 16 MiB and wasn't checked.")
        self._report(Finding(Severity.WARNING, message, number, rule="line.too_long"))
        skipped = 0
        while piece := opened.readline(READ_SIZE):
            skipped += len(piece)
            self._token.check()
            if piece[-1] == _LF:
                break
        return skipped

    def _is_text(self, head: bytes) -> bool:
        """Whether the file is text. If not, report it."""
        kind = next((kind for magic, kind in _COMPRESSED if head.startswith(magic)), None)
        if kind is not None:
            message = _("This is a {kind} file, not JSON Lines. Unpack it first.")
            self._report_file_error(Severity.ERROR, "file.compressed", message.format(kind=kind))
        elif is_utf16(head):
            message = _("The text is in UTF-16. Save it as UTF-8.")
            self._report_file_error(Severity.ERROR, "file.utf16", message)
        else:
            return True
        return False

    def _report_totals(self) -> None:
        if self._has_bom and self._bom_severity is not None:
            message = (
                _("The file begins with a byte order mark, so line 1 would be rejected. Remove it.")
                if self._bom_severity is Severity.ERROR
                else _("The file begins with a byte order mark, which some servers reject.")
            )
            self._report(Finding(self._bom_severity, message, 1, 1, "file.bom"))
        if self._inner_boms:
            self._report_inner_boms()
        if self._crlf_lines == 1:
            message = _("This line ends with CR LF instead of LF.")
            self._warn("file.crlf_endings", message, self._first_crlf_line)
        elif self._crlf_lines:
            message = ngettext(
                "{count} line ends with CR LF instead of LF.",
                "{count} lines end with CR LF instead of LF.",
                self._crlf_lines,
            ).format(count=whole(self._crlf_lines))
            self._warn("file.crlf_endings", message)
        if self._blank_lines == 1:
            self._warn("file.blank_lines", _("This line is blank."), self._first_blank_line)
        elif self._blank_lines:
            message = ngettext(
                "{count} line is blank: line {line}.",
                "{count} lines are blank. The first is line {line}.",
                self._blank_lines,
            ).format(count=whole(self._blank_lines), line=whole(self._first_blank_line))
            self._warn("file.blank_lines", message)

    def _report_inner_boms(self) -> None:
        message = _("There are byte order marks here, perhaps from joining files. Remove them.")
        if self._inner_boms > 1:
            message = ngettext(
                "{count} line begins with a stray byte order mark, perhaps from joining files.",
                "{count} lines begin with stray byte order marks, perhaps from joining files.",
                self._inner_boms,
            ).format(count=whole(self._inner_boms))
        line = self._first_inner_bom
        self._report(Finding(Severity.ERROR, message, line, 1, "file.inner_bom"))

    def _warn(self, rule: str, text: str, line: int | None = None) -> None:
        self._report(Finding(Severity.WARNING, text, line, rule=rule))

    def _report_file_error(self, severity: Severity, rule: str, text: str) -> None:
        self._report(Finding(severity, text, rule=rule))


def _accept_none(_raw: bytes, _number: int) -> bool:
    return False


def is_utf8(raw: bytes) -> bool:
    """Whether this is valid UTF-8."""
    try:
        raw.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def is_utf16(head: bytes) -> bool:
    """Whether text that begins like this is UTF-16, with or without a byte order mark."""
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return True
    halves = (head[0::2], head[1::2])
    return (
        len(head) >= 4
        and any(2 * half.count(0) > len(half) for half in halves)
        and not all(half.count(0) for half in halves)
    )

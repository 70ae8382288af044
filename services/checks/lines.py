"""The lines of a local file, one after the other, in constant memory."""

from collections.abc import Callable, Iterator
from functools import partial
from typing import BinaryIO

from services.checks.finding import Finding, RepairKind
from services.checks.json_fault import Fault
from services.checks.json_nesting import too_deep
from services.checks.json_text import JsonReader
from services.checks.reading import PIECE, reading
from services.checks.shown import shown
from services.disk.local_file import LocalFile
from services.problems.severity import Severity
from services.system.cancellation import CancelToken
from services.system.language import _, ngettext
from services.system.locale_format import whole

Report = Callable[[Finding], None]
"""Takes a finding."""

Accept = Callable[[bytes, int], bool]
"""Told a line in UTF-8 with its end, and its number: whether there is nothing to say about it.

Where most lines are good, a quick look saves making a `Line` of each.
"""

LONGEST = 16 * 1024 * 1024
"""Bytes of a line that are held; a longer one is passed over."""

_TELL_EVERY = 1024 * 1024
_LF = 0x0A
_BYTE_ORDER_MARK = b"\xef\xbb\xbf"
_COMPRESSED = (
    (b"\x1f\x8b", "gzip"),
    (b"PK\x03\x04", "zip"),
    (b"\x28\xb5\x2f\xfd", "zstd"),
    (b"BZh", "bzip2"),
    (b"\xfd7zXZ\x00", "xz"),
    (b"7z\xbc\xaf\x27\x1c", "7-Zip"),
)


class Line:
    """One line that is not blank."""

    __slots__ = (
        "_faults",
        "_json",
        "_value",
        "begins",
        "ended",
        "number",
        "placed",
        "raw",
        "readable",
        "too_long",
    )

    def __init__(
        self,
        number: int,
        raw: bytes,
        *,
        ended: bool = True,
        readable: bool = True,
        json: JsonReader | None = None,
        placed: bool = True,
        begins: bytes = b"",
    ) -> None:
        self.number = number
        """From 1; blank lines are counted."""
        self.raw = raw
        """What is in it, without the line's end."""
        self.ended = ended
        """Whether a line's end follows; only the last line may have none."""
        self.readable = readable
        """False when it is too long or no UTF-8, which was told already."""
        self.placed = placed
        """Whether columns in it are those in the file."""
        self.begins = begins or raw[:64]
        """Its first bytes, also when it is too long."""
        self.too_long = bool(begins)
        """Whether there is more in it than is held."""
        self._json = json
        self._faults: tuple[Fault, ...] | None = None
        self._value: object = None

    @property
    def value(self) -> object:
        """What the line says as JSON; None when it is no JSON, which the faults tell."""
        self._read()
        return self._value

    @property
    def faults(self) -> tuple[Fault, ...]:
        """What is wrong with it as JSON."""
        return self._read()

    @property
    def torn(self) -> bool:
        """Whether it ends in the middle of a text, and another line follows."""
        if not self.ended or not self.begins.lstrip().startswith(b"{"):
            return False
        return any(fault.in_text for fault in self._read())

    def tell_faults(self, report: Report) -> None:
        """Report what is wrong with it as JSON, and when it is another value than an object."""
        for fault in self._read():
            rule, text = fault.rule, fault.text
            if rule == "json.unclosed" and not self.ended:
                rule = "line.cut_off"
                text = _("The last line is cut off. The file is incomplete.")
            column = fault.column if self.placed else None
            report(Finding(fault.severity, text, self.number, column, rule))
        if self.readable and not isinstance(self._value, dict) and not self._faults:
            told = _("This is {found}. Each line must be an object, in curly brackets.")
            told = told.format(found=shown(self._value))
            report(Finding(Severity.ERROR, told, self.number, 1, "line.not_object"))

    def _read(self) -> tuple[Fault, ...]:
        if self._faults is None:
            self._faults = ()
            if self.readable:
                self._value, self._faults = (self._json or JsonReader()).read(self.raw)
        return self._faults


class Lines:
    """Iterates over the lines of a file that are not blank, and reports what is wrong with them.

    JSON is not looked at. Iterating raises FilesError when the file can't be read or changes
    meanwhile, and Cancelled.
    """

    def __init__(
        self,
        file: LocalFile,
        report: Report,
        *,
        token: CancelToken,
        progress: Callable[[int], None],
        accept: Accept | None = None,
        bom_severity: Severity | None = Severity.WARNING,
    ) -> None:
        """`progress` is told how many bytes have been read; `accept` is asked of each line.

        `bom_severity` says how bad a byte order mark at the beginning is; None where it is right.
        """
        self._file = file
        self._report = report
        self._token = token
        self._progress = progress
        self._accept = accept or _accept_none
        self._mark_severity = bom_severity
        self._json = JsonReader()
        self.are_text = True
        """Whether, after iterating, they turned out to be lines of text at all."""
        self._number = 0
        self._marked = False
        self._inner_marks = self._first_inner_mark = 0
        self._blank = self._first_blank = 0
        self._returned = self._first_returned = 0

    @property
    def count(self) -> int:
        """How many lines that are not blank there were until now."""
        return self._number - self._blank

    @property
    def repairs(self) -> tuple[RepairKind, ...]:
        """What can be fixed of what was found."""
        found = {
            RepairKind.BYTE_ORDER_MARK: self._inner_marks
            or (self._marked and self._mark_severity is not None),
            RepairKind.CARRIAGE_RETURNS: self._returned,
            RepairKind.BLANK_LINES: self._blank,
        }
        return tuple(kind for kind, there in found.items() if there)

    def __iter__(self) -> Iterator[Line]:
        with reading(self._file) as opened:
            self.are_text = self._is_text(opened.peek(64)[:64])
            if self.are_text:
                yield from self._lines(opened)
        self._tell_of_all()

    def _lines(self, opened: BinaryIO) -> Iterator[Line]:
        accept = self._accept
        done = told = 0
        pieces = iter(partial(opened.readline, LONGEST), b"")
        for number, raw in enumerate(pieces, 1):
            self._number = number
            done += len(raw)
            if len(raw) == LONGEST and raw[-1] != _LF:
                begins = raw[:64]
                del raw  # before more is read
                done += self._pass_over(opened, number)
                yield Line(number, b"", readable=False, begins=begins)
            else:
                if raw[-2:] == b"\r\n":
                    self._returned += 1
                    self._first_returned = self._first_returned or number
                good = (raw.isascii() or is_utf8(raw)) and not too_deep(raw)
                if not (good and accept(raw, number)):
                    line = self._line(raw, number)
                    if line is not None:
                        yield line
            if done - told >= _TELL_EVERY:
                self._token.check()
                self._progress(done)
                told = done
        self._progress(done)

    def _line(self, raw: bytes, number: int) -> Line | None:
        """The line, or None when it is blank."""
        if raw.startswith(_BYTE_ORDER_MARK):
            raw = self._unmarked(raw, number)
        text = raw.rstrip(b"\r\n")
        if not text or text.isspace():
            self._blank += 1
            self._first_blank = self._first_blank or number
            return None
        try:
            text.decode("utf-8")
        except UnicodeDecodeError as error:
            told = _("Not valid UTF-8 from here. Save the file as UTF-8.")
            column = len(text[: error.start].decode("utf-8")) + 1
            self._report(Finding(Severity.ERROR, told, number, column, "line.not_utf8"))
            return Line(number, text, readable=False)
        return Line(number, text, ended=raw[-1] == _LF, json=self._json)

    def _unmarked(self, raw: bytes, number: int) -> bytes:
        """A line without the byte order marks at its beginning."""
        text = raw
        while text.startswith(_BYTE_ORDER_MARK):
            text = text.removeprefix(_BYTE_ORDER_MARK)
        if number == 1 and len(raw) - len(text) == len(_BYTE_ORDER_MARK):
            self._marked = True
        else:
            self._inner_marks += 1
            self._first_inner_mark = self._first_inner_mark or number
        return text

    def _pass_over(self, opened: BinaryIO, number: int) -> int:
        """Read on to the end of a line that is too long; how many bytes those were."""
        told = _("This line is longer than 16 MiB and wasn't checked.")
        self._report(Finding(Severity.WARNING, told, number, rule="line.too_long"))
        passed = 0
        while piece := opened.readline(PIECE):
            passed += len(piece)
            self._token.check()
            if piece[-1] == _LF:
                break
        return passed

    def _is_text(self, beginning: bytes) -> bool:
        """Whether lines can be looked for; if not, that is reported."""
        kind = next((kind for magic, kind in _COMPRESSED if beginning.startswith(magic)), None)
        if kind is not None:
            told = _("This is a {kind} file, not lines of JSON. Unpack it first.")
            self._whole(Severity.ERROR, "file.compressed", told.format(kind=kind))
        elif is_utf16(beginning):
            told = _("The text is in UTF-16. Save it as UTF-8.")
            self._whole(Severity.ERROR, "file.utf16", told)
        else:
            return True
        return False

    def _tell_of_all(self) -> None:
        if self._marked and self._mark_severity is not None:
            told = (
                _("The file begins with a byte order mark, so line 1 would be rejected. Remove it.")
                if self._mark_severity is Severity.ERROR
                else _("The file begins with a byte order mark, which some servers reject.")
            )
            self._report(Finding(self._mark_severity, told, 1, 1, "file.byte_order_mark"))
        if self._inner_marks:
            self._tell_of_inner_marks()
        if self._returned == 1:
            told = _("This line ends with CR LF instead of LF.")
            self._warn("file.carriage_returns", told, self._first_returned)
        elif self._returned:
            told = ngettext(
                "{count} line ends with CR LF instead of LF.",
                "{count} lines end with CR LF instead of LF.",
                self._returned,
            ).format(count=whole(self._returned))
            self._warn("file.carriage_returns", told)
        if self._blank == 1:
            self._warn("file.blank_lines", _("This line is blank."), self._first_blank)
        elif self._blank:
            told = ngettext(
                "{count} line is blank: line {line}.",
                "{count} lines are blank, the first is line {line}.",
                self._blank,
            ).format(count=whole(self._blank), line=whole(self._first_blank))
            self._warn("file.blank_lines", told)

    def _tell_of_inner_marks(self) -> None:
        told = _("There are byte order marks here, perhaps from joining files. Remove them.")
        if self._inner_marks > 1:
            told = ngettext(
                "{count} line begins with a stray byte order mark, perhaps from joining files.",
                "{count} lines begin with stray byte order marks, perhaps from joining files.",
                self._inner_marks,
            ).format(count=whole(self._inner_marks))
        line = self._first_inner_mark
        self._report(Finding(Severity.ERROR, told, line, 1, "file.inner_mark"))

    def _warn(self, rule: str, text: str, line: int | None = None) -> None:
        self._report(Finding(Severity.WARNING, text, line, rule=rule))

    def _whole(self, severity: Severity, rule: str, text: str) -> None:
        self._report(Finding(severity, text, rule=rule))


def _accept_none(_raw: bytes, _number: int) -> bool:
    return False


def is_utf8(raw: bytes) -> bool:
    """Whether it can be read as UTF-8."""
    try:
        raw.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def is_utf16(beginning: bytes) -> bool:
    """Whether a text that begins so is in UTF-16, with a byte order mark or without."""
    if beginning.startswith((b"\xff\xfe", b"\xfe\xff")):
        return True
    halves = (beginning[0::2], beginning[1::2])
    return (
        len(beginning) >= 4
        and any(2 * half.count(0) > len(half) for half in halves)
        and not all(half.count(0) for half in halves)
    )

"""A line of a local file, and what is wrong with its JSON."""

from services.checks.finding import Finding, ReportFinding
from services.checks.json_fault import Fault
from services.checks.json_reader import JsonReader
from services.checks.short_repr import short_repr
from services.problems.severity import Severity
from services.system.language import _


class Line:
    """A line that isn't blank."""

    __slots__ = (
        "_faults",
        "_json",
        "_value",
        "columns_match",
        "has_newline",
        "head",
        "number",
        "raw",
        "readable",
        "too_long",
    )

    def __init__(
        self,
        number: int,
        raw: bytes,
        *,
        has_newline: bool = True,
        readable: bool = True,
        json: JsonReader | None = None,
        columns_match: bool = True,
        head: bytes = b"",
    ) -> None:
        self.number = number
        """From 1, counting blank lines."""
        self.raw = raw
        """The content without the line ending."""
        self.has_newline = has_newline
        """Whether a newline follows. Only the last line can lack one."""
        self.readable = readable
        """False if the line is too long or isn't valid UTF-8, which has been reported already."""
        self.columns_match = columns_match
        """Whether columns in this line match those in the file."""
        self.head = head or raw[:64]
        """The first bytes, even if the line is too long."""
        self.too_long = bool(head)
        """Whether the line is longer than the limit."""
        self._json = json
        self._faults: tuple[Fault, ...] | None = None
        self._value: object = None

    @property
    def value(self) -> object:
        """The JSON value, or None if the line isn't valid JSON, as its faults say."""
        self._read()
        return self._value

    @property
    def faults(self) -> tuple[Fault, ...]:
        """What is wrong with the JSON."""
        return self._read()

    @property
    def ends_in_string(self) -> bool:
        """Whether the line ends inside a string, and another line follows."""
        if not self.has_newline or not self.head.lstrip().startswith(b"{"):
            return False
        return any(fault.in_string for fault in self._read())

    def report_faults(self, report: ReportFinding) -> None:
        """Report what is wrong with the JSON, or that the value isn't an object."""
        for fault in self._read():
            rule, text = fault.rule, fault.text
            if rule == "json.unclosed" and not self.has_newline:
                rule = "line.truncated"
                text = _("The last line is cut off. The file is incomplete.")
            column = fault.column if self.columns_match else None
            report(Finding(fault.severity, text, self.number, column, rule))
        if self.readable and not isinstance(self._value, dict) and not self._faults:
            message = _("This is {found}. Each line must be an object, in curly brackets.")
            message = message.format(found=short_repr(self._value))
            report(Finding(Severity.ERROR, message, self.number, 1, "line.not_object"))

    def _read(self) -> tuple[Fault, ...]:
        if self._faults is None:
            self._faults = ()
            if self.readable:
                self._value, self._faults = (self._json or JsonReader()).read(self.raw)
        return self._faults

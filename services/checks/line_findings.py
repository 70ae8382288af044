"""Which lines of a file have findings, in a few bytes for each of them."""

from array import array
from bisect import bisect_left
from collections.abc import Sequence

from services.checks.finding import Finding
from services.checks.findings import Findings
from services.problems.severity import Severity

MAX_FINDINGS = 1_000_000
"""Further findings are left out."""
MAX_TEXTS = 10_000
"""How many different texts are kept. Some name other lines, so that there may be one per line."""
_TEXT_BITS = 24
_WARNING_BIT = 1 << _TEXT_BITS
_LINE_SHIFT = _TEXT_BITS + 1


class LineFindings:
    """The findings that are about lines. Never changes."""

    def __init__(self, keys: Sequence[int] = (), texts: Sequence[str] = ()) -> None:
        """Each key has the number of a line, the severity, and the place of its text, if kept."""
        self._keys = array("Q", sorted(keys))
        self._texts = texts
        self._lines = array("Q")
        for key in self._keys:
            line = key >> _LINE_SHIFT
            if not self._lines or self._lines[-1] != line:
                self._lines.append(line)

    @property
    def lines(self) -> Sequence[int]:
        """The numbers of the lines with findings, in order."""
        return self._lines

    def finding_of(self, line: int) -> tuple[Severity, str] | None:
        """Severity and text of the first error of a line, or else of its first warning.

        The text is empty if it wasn't kept.
        """
        place = bisect_left(self._keys, line << _LINE_SHIFT)
        if place == len(self._keys) or self._keys[place] >> _LINE_SHIFT != line:
            return None
        key = self._keys[place]
        severity = Severity.WARNING if key & _WARNING_BIT else Severity.ERROR
        text = key & (_WARNING_BIT - 1)
        return severity, self._texts[text] if text < len(self._texts) else ""


class CollectedFindings(Findings):
    """Notes the lines of all findings, too."""

    def __init__(self) -> None:
        super().__init__()
        self._keys = array("Q")
        self._texts: dict[str, int] = {}

    def add(self, finding: Finding) -> None:
        """Add a finding."""
        super().add(finding)
        if finding.line is None or len(self._keys) >= MAX_FINDINGS:
            return
        text = self._texts.get(finding.text, MAX_TEXTS)
        if text == MAX_TEXTS > len(self._texts):
            text = self._texts[finding.text] = len(self._texts)
        warning = 0 if finding.severity is Severity.ERROR else _WARNING_BIT
        self._keys.append(finding.line << _LINE_SHIFT | warning | text)

    def line_findings(self) -> LineFindings:
        """The findings so far that are about lines."""
        return LineFindings(self._keys, tuple(self._texts))

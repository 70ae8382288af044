"""Conversations without an answer: wrong for supervised fine-tuning, right for reinforcement.

Which one it is only becomes clear at the first conversation with an answer, or at the end.
"""

from array import array

from services.checks.finding import Finding
from services.checks.line_report import LineReport
from services.problems.severity import Severity
from services.system.language import _

_MAX_LINES = 100_000
"""How many line numbers are remembered. Further lines without an answer aren't reported."""


class UnansweredExamples:
    """Holds back findings about missing answers until a conversation has an answer."""

    def __init__(self, report: LineReport) -> None:
        self._report = report
        self._lines = array("L")
        self._answered = False

    @property
    def none_answered(self) -> bool:
        """Whether there were conversations, and none of them had an answer."""
        return bool(self._lines) and not self._answered

    def add(self) -> None:
        """Note that the current line has no answer."""
        if self._answered:
            self._report.error(_RULE, _missing_answer_text(), "messages")
        elif len(self._lines) < _MAX_LINES:
            self._lines.append(self._report.line_number)

    def mark_answered(self) -> None:
        """Note that the current line has an answer."""
        if not self._answered:
            self._answered = True
            for number in self._lines:
                self._report.add_finding(
                    Finding(Severity.ERROR, _missing_answer_text(), number, rule=_RULE)
                )
            self._lines = array("L")

    def clear(self) -> None:
        """Forget the lines without an answer, because they are right."""
        self._lines = array("L")

    def finish(self) -> None:
        """Report it if no conversation had an answer."""
        if self.none_answered:
            text = _("No example has an answer. That's only right for reinforcement fine-tuning.")
            self._report.add_file_finding(Severity.WARNING, "answers.none", text)


_RULE = "answer.missing"


def _missing_answer_text() -> str:
    return _("There is no assistant message. Add the answer to learn from.")

"""Conversations without an answer: a fault among others that have one, right for reinforcement.

Which of both it is shows only in the end, or in the first conversation with an answer.
"""

from array import array

from services.checks.finding import Finding
from services.checks.line_report import LineReport
from services.problems.severity import Severity
from services.system.language import _

_MOST_KEPT = 100_000
"""Lines that are remembered; if so many have no answer, none is told by its number any more."""


class UnansweredExamples:
    """Holds back what would be told of each line until an answer is met."""

    def __init__(self, report: LineReport) -> None:
        self._report = report
        self._lines = array("L")
        self._answered = False

    @property
    def alone(self) -> bool:
        """Whether there were some, and no conversation with an answer."""
        return bool(self._lines) and not self._answered

    def add(self) -> None:
        """The line that is being looked at has no answer."""
        if self._answered:
            self._report.error(_RULE, _why(), "messages")
        elif len(self._lines) < _MOST_KEPT:
            self._lines.append(self._report.line_number)

    def answered(self) -> None:
        """The line that is being looked at has an answer."""
        if not self._answered:
            self._answered = True
            for number in self._lines:
                self._report.add(Finding(Severity.ERROR, _why(), number, rule=_RULE))
            self._lines = array("L")

    def drop(self) -> None:
        """They were right."""
        self._lines = array("L")

    def end(self) -> None:
        """Tell when no conversation had an answer."""
        if self.alone:
            told = _("No example has an answer. That's only right for reinforcement fine-tuning.")
            self._report.about_the_file(Severity.WARNING, "answers.none", told)


_RULE = "answer.missing"


def _why() -> str:
    return _("There is no assistant message. Add the answer to learn from.")

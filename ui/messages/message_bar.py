"""The bar at the bottom of the window that shows problems and notices."""

from collections.abc import Iterable
from dataclasses import dataclass

from PySide6.QtCore import QTimer, Signal, Slot
from PySide6.QtGui import (
    QAccessible,
    QAccessibleAnnouncementEvent,
    QAction,
    QResizeEvent,
)
from PySide6.QtWidgets import (
    QVBoxLayout,
    QWidget,
)

from services.problems.errors import Problem, ProblemKind
from ui.messages.message_lines import NoticeLine, ProblemLine
from ui.messages.problem_words import server_message_in_words
from ui.messages.reported_problem import ReportedProblem
from ui.wording import one_line

_NOTICE_TIME = 6000
"""How long a notice is shown, in milliseconds."""
_OFFER_TIME = 20_000
"""How long a notice with an action is shown, in milliseconds."""


@dataclass(frozen=True, slots=True)
class _Notice:
    text: str
    action: QAction | None
    second: QAction | None


class MessageBar(QWidget):
    """Shows problems one at a time until dismissed, and notices that disappear on their own."""

    changed = Signal()
    """Emitted when the content changes, and perhaps the height it needs."""

    def __init__(self, parent: QWidget | None = None, notice_timer: QTimer | None = None) -> None:
        """`notice_timer` hides notices; tests pass one that they control."""
        super().__init__(parent)
        self._problems: list[ReportedProblem] = []
        self._notice = NoticeLine(self)
        self._notice.closed.connect(self._close_notice)
        self._lasting: _Notice | None = None
        """The notice that comes back until it is closed."""
        self._shows_lasting = False
        self._problem = ProblemLine(self)
        self._problem.dismissed.connect(self._dismiss)
        self._problem.expanded.connect(self.changed)
        self._timer = notice_timer if notice_timer is not None else QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(_NOTICE_TIME)
        self._timer.timeout.connect(self._end_notice)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self._problem)
        column.addWidget(self._notice)
        self.clear()

    def show_problem(
        self,
        problem: Problem,
        *,
        subject: str = "",
        subject_id: str = "",
        action: QAction | None = None,
    ) -> None:
        """Show a problem; `subject` names the affected file, and `action` helps to solve it.

        A problem with the same kind and title as one already shown only adds to its count. Files
        are counted by `subject_id`, because several can have the same name.
        """
        self._add(problem, subject, subject_id, action)
        self._show_first()

    def show_problems(
        self, problems: Iterable[tuple[Problem, str, str]], *, action: QAction | None = None
    ) -> None:
        """Show many problems, each with the name and the ID of its file; see `show_problem`."""
        for problem, subject, subject_id in problems:
            self._add(problem, subject, subject_id, action)
        self._show_first()

    def withdraw(self, problem: Problem | None) -> bool:
        """Hide a problem that has been solved; return whether it was there, and not dismissed."""
        if problem is None:
            return False
        left = [one for one in self._problems if not one.same_as(problem)]
        found = len(left) < len(self._problems)
        self._problems = left
        self._show_first()
        return found

    def show_notice(
        self, text: str, *, action: QAction | None = None, second: QAction | None = None
    ) -> None:
        """Show a short notice such as “3 files deleted”, with up to two actions."""
        self._shows_lasting = False
        self._show(_Notice(one_line(text), action, second))
        self._timer.start(_NOTICE_TIME if action is None else _OFFER_TIME)
        self._announce(text, assertive=False)

    def show_lasting_notice(
        self, text: str, action: QAction | None, second: QAction | None = None
    ) -> None:
        """Show a notice until it is dismissed or acted on; others only cover it for their time."""
        self._lasting = _Notice(one_line(text), action, second)
        if self._notice.isHidden() or self._shows_lasting:
            self._end_notice()
        self._announce(text, assertive=False)

    def clear(self, keep: ProblemKind | None = None) -> None:
        """Hide everything except problems of the kind to keep, and a lasting notice."""
        self._problems = [one for one in self._problems if one.problem.kind is keep]
        self._end_notice()
        self._show_first()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Put the buttons next to the text if both fit."""
        super().resizeEvent(event)
        self._problem.fit(event.size().width())

    @Slot()
    def _dismiss(self) -> None:
        del self._problems[:1]
        self._show_first()

    @Slot()
    def _close_notice(self) -> None:
        if self._shows_lasting:
            self._lasting = None
        self._end_notice()

    @Slot()
    def _end_notice(self) -> None:
        """Hide the notice, or show the lasting one again."""
        self._timer.stop()
        self._shows_lasting = self._lasting is not None
        if self._lasting is not None:
            self._show(self._lasting)
            return
        self._notice.hide()
        self.setVisible(bool(self._problems))
        self.changed.emit()

    def _show(self, notice: _Notice) -> None:
        self._notice.show_text(notice.text, notice.action, notice.second)
        self._notice.show()
        self.show()
        self.changed.emit()

    def _add(self, problem: Problem, subject: str, subject_id: str, action: QAction | None) -> None:
        for reported in self._problems:
            if reported.same_as(problem):
                reported.add(subject, subject_id, action)
                return
        reported = ReportedProblem(problem)
        reported.add(subject, subject_id, action)
        self._problems.append(reported)
        words = f"{problem.title}. {problem.advice} {server_message_in_words(problem)}".strip()
        self._announce(words, assertive=True)

    def _show_first(self) -> None:
        self._problem.setVisible(bool(self._problems))
        if self._problems:
            self._problem.show_problem(self._problems[0], len(self._problems))
        self.setVisible(bool(self._problems) or not self._notice.isHidden())
        self.changed.emit()

    def _announce(self, text: str, *, assertive: bool) -> None:
        event = QAccessibleAnnouncementEvent(self, text)
        if assertive:
            event.setPoliteness(QAccessible.AnnouncementPoliteness.Assertive)
        QAccessible.updateAccessibility(event)

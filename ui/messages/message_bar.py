"""The only place that tells an error, and news that asks for nothing: lines at the foot."""

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
from ui.messages.message_lines import NewsLine, ProblemLine
from ui.messages.problem_words import said_in_words
from ui.messages.told_problem import ToldProblem
from ui.wording import one_line

_NEWS_STAYS = 6000
"""For how many milliseconds news can be read."""
_OFFER_STAYS = 20_000
"""The same for news that offers something to do."""


class MessageBar(QWidget):
    """Problems wait for the person one after the other; news goes away by itself."""

    changed = Signal()
    """It has something else to show, and may need another height for it."""

    def __init__(self, parent: QWidget | None = None, news_timer: QTimer | None = None) -> None:
        """`news_timer` ends the news; a test gives one that it lets run out itself."""
        super().__init__(parent)
        self._told: list[ToldProblem] = []
        self._news = NewsLine(self)
        self._news.closed.connect(self._end_news)
        self._problem = ProblemLine(self)
        self._problem.dismissed.connect(self._dismiss)
        self._problem.expanded.connect(self.changed)
        self._timer = news_timer if news_timer is not None else QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(_NEWS_STAYS)
        self._timer.timeout.connect(self._end_news)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self._problem)
        column.addWidget(self._news)
        self.clear()

    def show_problem(
        self,
        problem: Problem,
        *,
        subject: str = "",
        subject_id: str = "",
        action: QAction | None = None,
    ) -> None:
        """Tell a problem; `subject` is the file it happened to, `action` what can be done about it.

        One that is told already (same kind, same title) is only counted, by its files: the
        `subject_id` tells those of the same name apart.
        """
        for told in self._told:
            if told.same_as(problem):
                told.add(subject, subject_id, action)
                break
        else:
            told = ToldProblem(problem)
            told.add(subject, subject_id, action)
            self._told.append(told)
            words = f"{problem.title}. {problem.advice} {said_in_words(problem)}".strip()
            self._announce(words, assertive=True)
        self._show_first()

    def withdraw(self, problem: Problem | None) -> None:
        """Tell a problem no longer, that is no more."""
        if problem is not None:
            self._told = [told for told in self._told if not told.same_as(problem)]
            self._show_first()

    def tell(self, text: str, *, action: QAction | None = None) -> None:
        """Tell news that nobody needs to answer: “3 files deleted”; `action` is an offer."""
        self._news.show_text(one_line(text), action)
        self._news.show()
        self.show()
        self.changed.emit()
        self._timer.start(_NEWS_STAYS if action is None else _OFFER_STAYS)
        self._announce(text, assertive=False)

    def clear(self, keep: ProblemKind | None = None) -> None:
        """Tell nothing any more, apart from problems of the kind to keep."""
        self._told = [told for told in self._told if told.problem.kind is keep]
        self._end_news()
        self._show_first()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Have the buttons beside the words where there is room for both."""
        super().resizeEvent(event)
        self._problem.fit(event.size().width())

    @Slot()
    def _dismiss(self) -> None:
        del self._told[:1]
        self._show_first()

    @Slot()
    def _end_news(self) -> None:
        self._timer.stop()
        self._news.hide()
        self.setVisible(bool(self._told))
        self.changed.emit()

    def _show_first(self) -> None:
        self._problem.setVisible(bool(self._told))
        if self._told:
            self._problem.show_told(self._told[0], len(self._told))
        self.setVisible(bool(self._told) or not self._news.isHidden())
        self.changed.emit()

    def _announce(self, text: str, *, assertive: bool) -> None:
        event = QAccessibleAnnouncementEvent(self, text)
        if assertive:
            event.setPoliteness(QAccessible.AnnouncementPoliteness.Assertive)
        QAccessible.updateAccessibility(event)

"""The only place that tells an error, and news that asks for nothing: lines at the foot."""

from dataclasses import dataclass, field

from PySide6.QtCore import Qt, QTimer, Signal, Slot
from PySide6.QtGui import (
    QAccessible,
    QAccessibleAnnouncementEvent,
    QAction,
    QGuiApplication,
    QPainter,
    QPaintEvent,
    QResizeEvent,
)
from PySide6.QtWidgets import (
    QBoxLayout,
    QFrame,
    QHBoxLayout,
    QPushButton,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from services.problems.errors import Problem, ProblemKind
from services.system.language import _, ngettext
from services.system.safe_text import without_middle
from ui.exact_copy import ExactText
from ui.icons import icon, keep_apart
from ui.labels import IconLabel, label
from ui.problem_words import report_line, said_in_words
from ui.theme import Role, colour
from ui.wording import count_in_words, one_line

_NEWS_STAYS = 6000
"""For how many milliseconds news can be read."""
_OFFER_STAYS = 20_000
"""The same for news that offers something to do."""
_MOST_SUBJECTS_LISTED = 200
_LETTERS_BESIDE_BUTTONS = 60
_LONGEST_NAME = 80
"""Letters of the one file that a title names."""


class MessageBar(QWidget):
    """Problems wait for the person one after the other; news goes away by itself."""

    changed = Signal()
    """It has something else to show, and may need another height for it."""

    def __init__(self, parent: QWidget | None = None, news_timer: QTimer | None = None) -> None:
        """`news_timer` ends the news; a test gives one that it lets run out itself."""
        super().__init__(parent)
        self._told: list[_Told] = []
        self._news = _NewsLine(self)
        self._news.closed.connect(self._end_news)
        self._problem = _ProblemLine(self)
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
                told.take(subject, subject_id, action)
                break
        else:
            told = _Told(problem)
            told.take(subject, subject_id, action)
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


@dataclass(slots=True)
class _Told:
    """A problem that was told, how often, and of which files."""

    problem: Problem
    times: int = 0
    subjects: dict[str, str] = field(default_factory=dict)
    """The name of each by what tells it apart, in the order they came."""
    action: QAction | None = None

    def same_as(self, problem: Problem) -> bool:
        return (self.problem.kind, self.problem.title) == (problem.kind, problem.title)

    def take(self, subject: str, subject_id: str, action: QAction | None) -> None:
        self.times += 1
        if subject:
            self.subjects[subject_id or subject] = one_line(subject)
        if action is not None:
            self.action = action

    @property
    def title(self) -> str:
        """“run.jsonl: The connection was lost”, “The connection was lost (500 files)”."""
        title = one_line(self.problem.title)
        files = len(self.subjects)
        if files == 1:
            (name,) = self.subjects.values()
            return _("{file}: {title}").format(
                file=without_middle(name, _LONGEST_NAME), title=title
            )
        if files:
            count = ngettext("{number} file", "{number} files", files)
        elif self.times > 1:
            files, count = self.times, ngettext("{number} time", "{number} times", self.times)
        else:
            return title
        return f"{title} ({count.format(number=count_in_words(files))})"

    @property
    def details(self) -> str:
        """What the server said, and the files, one per line."""
        lines = [one_line(line) for line in self.problem.detail.splitlines()]
        if len(self.subjects) > 1:
            names = list(self.subjects.values())
            lines += names[:_MOST_SUBJECTS_LISTED]
            more = len(names) - _MOST_SUBJECTS_LISTED
            if more > 0:
                lines.append(
                    ngettext("and {number} more", "and {number} more", more).format(
                        number=count_in_words(more)
                    )
                )
        return "\n".join(lines)

    @property
    def report(self) -> str:
        """Everything, as text to copy."""
        return "\n".join([self.problem.report, *self.subjects.values()])


class _Line(QWidget):
    """A strip of its own ground with a rule above."""

    def paintEvent(self, event: QPaintEvent) -> None:
        palette = self.palette()
        painter = QPainter(self)
        painter.fillRect(self.rect(), colour(Role.FIELD, palette))
        painter.fillRect(0, 0, self.width(), 1, colour(Role.BORDER, palette))
        painter.end()


class _ProblemLine(_Line):
    """The problem that is to be read now."""

    dismissed = Signal()
    expanded = Signal()
    """The details are shown, or no longer."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._told: _Told | None = None
        self._title = label("", "strong", wrap=True)
        self._advice = label("", "muted", wrap=True)
        self._said = label("", wrap=True)
        self._said.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._report = label("", "small", wrap=True)
        self._report.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._place = label("", "small")
        self._action = QPushButton()
        self._action.clicked.connect(self._act)
        self._details = QPushButton(_("Details"))
        self._details.setCheckable(True)
        self._details.toggled.connect(self._expand)
        self._copy = QPushButton(icon("copy", Role.MUTED), _("Copy"))
        keep_apart(self._copy)
        self._copy.clicked.connect(self._copy_report)
        for quiet in (self._details, self._copy):
            quiet.setProperty("look", "flat")
        self._text = ExactText()
        self._text.setReadOnly(True)
        self._text.setFrameShape(QFrame.Shape.NoFrame)
        self._text.setAccessibleName(_("Details"))
        self._text.setFixedHeight(7 * self.fontMetrics().lineSpacing())
        self._text.hide()
        dismiss = _dismiss_button()
        dismiss.clicked.connect(self.dismissed)

        words = QVBoxLayout()
        words.setSpacing(2)
        for text in (self._title, self._said, self._advice, self._report):
            words.addWidget(text)
        self._buttons = QHBoxLayout()
        self._buttons.setSpacing(8)
        for part in (self._place, self._action, self._details, self._copy):
            self._buttons.addWidget(part)
        self._buttons.addStretch(1)
        self._beside = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        self._beside.setSpacing(8)
        self._beside.addLayout(words, 1)
        self._beside.addLayout(self._buttons)
        self._beside.setAlignment(self._buttons, Qt.AlignmentFlag.AlignTop)
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(IconLabel(icon("triangle-alert", Role.DANGER)), 0, Qt.AlignmentFlag.AlignTop)
        row.addLayout(self._beside, 1)
        row.addWidget(dismiss, 0, Qt.AlignmentFlag.AlignTop)
        column = QVBoxLayout(self)
        column.setContentsMargins(14, 9, 8, 8)
        column.addLayout(row)
        column.addWidget(self._text)

    def show_told(self, told: _Told, waiting: int) -> None:
        """Show a problem; `waiting` counts it and those behind it."""
        if told is not self._told:
            self._details.setChecked(False)
        self._told = told
        self._title.setText(told.title)
        self._advice.setText(told.problem.advice)
        self._advice.setVisible(bool(told.problem.advice))
        for part, words in (
            (self._said, said_in_words(told.problem)),
            (self._report, report_line(told.problem)),
        ):
            part.setText(words)
            part.setVisible(bool(words))
        self._place.setText(_("1 of {number}").format(number=count_in_words(waiting)))
        self._place.setVisible(waiting > 1)
        self._details.setVisible(bool(told.details))
        self._action.setVisible(told.action is not None)
        if told.action is not None:
            self._action.setText(told.action.text())
        if self._details.isChecked():
            self._text.setPlainText(told.details)

    def fit(self, width: int) -> None:
        """Have the buttons beside the words, or below them where too few letters would fit."""
        letters = _LETTERS_BESIDE_BUTTONS * self.fontMetrics().averageCharWidth()
        beside = self._buttons.sizeHint().width() + letters <= width
        direction = QBoxLayout.Direction
        self._beside.setDirection(direction.LeftToRight if beside else direction.TopToBottom)

    @Slot()
    def _act(self) -> None:
        if self._told is not None and self._told.action is not None:
            action = self._told.action
            self.dismissed.emit()
            action.trigger()

    @Slot(bool)
    def _expand(self, expanded: bool) -> None:
        if expanded and self._told is not None:
            self._text.setPlainText(self._told.details)
        self._text.setVisible(expanded)
        self.expanded.emit()

    @Slot()
    def _copy_report(self) -> None:
        if self._told is not None:
            QGuiApplication.clipboard().setText(self._told.report)


class _NewsLine(_Line):
    """One neutral sentence."""

    closed = Signal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._text = label("", wrap=True)
        self._action: QAction | None = None
        self._button = QPushButton()
        self._button.clicked.connect(self._act)
        dismiss = _dismiss_button()
        dismiss.clicked.connect(self.closed)
        row = QHBoxLayout(self)
        row.setContentsMargins(14, 5, 8, 4)
        row.setSpacing(8)
        row.addWidget(IconLabel(icon("info", Role.ACCENT)))
        row.addWidget(self._text, 1)
        row.addWidget(self._button)
        row.addWidget(dismiss)

    def show_text(self, text: str, action: QAction | None) -> None:
        """Show this in place of what was told before."""
        self._text.setText(text)
        self._action = action
        self._button.setVisible(action is not None)
        if action is not None:
            self._button.setText(action.text())

    @Slot()
    def _act(self) -> None:
        action = self._action
        self.closed.emit()
        if action is not None:
            action.trigger()


def _dismiss_button() -> QToolButton:
    button = QToolButton()
    button.setProperty("look", "flat")
    button.setIcon(icon("x", Role.MUTED))
    button.setToolTip(_("Dismiss"))
    button.setAccessibleName(_("Dismiss"))
    return button

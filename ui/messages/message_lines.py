"""The two lines of the message bar: a problem that waits to be read, and news."""

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import (
    QAction,
    QGuiApplication,
    QPainter,
    QPaintEvent,
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

from services.system.language import _
from ui.icons import icon, keep_apart
from ui.messages.problem_words import report_line, said_in_words
from ui.messages.told_problem import ToldProblem
from ui.theme import Role, color
from ui.widgets.exact_copy import ExactText
from ui.widgets.labels import IconLabel, label
from ui.wording import count_in_words

_LETTERS_BESIDE_BUTTONS = 60


class _Line(QWidget):
    """A strip of its own ground with a rule above."""

    def paintEvent(self, event: QPaintEvent) -> None:
        palette = self.palette()
        painter = QPainter(self)
        painter.fillRect(self.rect(), color(Role.FIELD, palette))
        painter.fillRect(0, 0, self.width(), 1, color(Role.BORDER, palette))
        painter.end()


class ProblemLine(_Line):
    """The problem that is to be read now."""

    dismissed = Signal()
    expanded = Signal()
    """The details are shown, or no longer."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._told: ToldProblem | None = None
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

    def show_told(self, told: ToldProblem, waiting: int) -> None:
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


class NewsLine(_Line):
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

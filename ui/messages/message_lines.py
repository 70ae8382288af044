"""The two lines of the message bar: one for problems, one for notices."""

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
    QVBoxLayout,
    QWidget,
)

from services.system.language import _
from ui.icons import icon, space_icon
from ui.messages.problem_words import response_in_words, server_message_in_words
from ui.messages.reported_problem import ReportedProblem
from ui.theme import Role, color
from ui.widgets.buttons import icon_button
from ui.widgets.exact_copy import ExactText
from ui.widgets.labels import IconLabel, label
from ui.wording import count_in_words

_LETTERS_BESIDE_BUTTONS = 60


class _Line(QWidget):
    """A strip with its own background and a line on top."""

    def paintEvent(self, event: QPaintEvent) -> None:
        palette = self.palette()
        painter = QPainter(self)
        painter.fillRect(self.rect(), color(Role.FIELD, palette))
        painter.fillRect(0, 0, self.width(), 1, color(Role.BORDER, palette))
        painter.end()


class ProblemLine(_Line):
    """Shows one problem."""

    dismissed = Signal()
    expanded = Signal()
    """Emitted when the details are shown or hidden."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._shown: ReportedProblem | None = None
        self._title = label("", "strong", wrap=True)
        self._advice = label("", "muted", wrap=True)
        self._server_message = label("", wrap=True)
        self._server_message.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._response = label("", "small", wrap=True)
        self._response.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._position = label("", "small")
        self._action = QPushButton()
        self._action.clicked.connect(self._act)
        self._details = QPushButton(_("Details"))
        self._details.setCheckable(True)
        self._details.toggled.connect(self._expand)
        self._copy = QPushButton(icon("copy", Role.MUTED), _("Copy"))
        space_icon(self._copy)
        self._copy.clicked.connect(self._copy_report)
        for quiet in (self._details, self._copy):
            quiet.setProperty("look", "flat")
        self._text = ExactText()
        self._text.setReadOnly(True)
        self._text.setFrameShape(QFrame.Shape.NoFrame)
        self._text.setAccessibleName(_("Details"))
        self._text.setFixedHeight(7 * self.fontMetrics().lineSpacing())
        self._text.hide()
        dismiss = icon_button(icon("x", Role.MUTED), _("Dismiss"))
        dismiss.clicked.connect(self.dismissed)

        words = QVBoxLayout()
        words.setSpacing(2)
        for text in (self._title, self._server_message, self._advice, self._response):
            words.addWidget(text)
        self._buttons = QHBoxLayout()
        self._buttons.setSpacing(8)
        for part in (self._position, self._action, self._details, self._copy):
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

    def show_problem(self, problem: ReportedProblem, waiting: int) -> None:
        """Show a problem; `waiting` is the number of problems, including this one."""
        if problem is not self._shown:
            self._details.setChecked(False)
        self._shown = problem
        self._title.setText(problem.title)
        self._advice.setText(problem.problem.advice)
        self._advice.setVisible(bool(problem.problem.advice))
        for part, words in (
            (self._server_message, server_message_in_words(problem.problem)),
            (self._response, response_in_words(problem.problem)),
        ):
            part.setText(words)
            part.setVisible(bool(words))
        self._position.setText(_("1 of {number}").format(number=count_in_words(waiting)))
        self._position.setVisible(waiting > 1)
        self._details.setVisible(bool(problem.details))
        self._action.setVisible(problem.action is not None)
        if problem.action is not None:
            self._action.setText(problem.action.text())
        if self._details.isChecked():
            self._text.setPlainText(problem.details)

    def fit(self, width: int) -> None:
        """Put the buttons next to the text, or below it if too little text would fit."""
        text_width = _LETTERS_BESIDE_BUTTONS * self.fontMetrics().averageCharWidth()
        beside = self._buttons.sizeHint().width() + text_width <= width
        direction = QBoxLayout.Direction
        self._beside.setDirection(direction.LeftToRight if beside else direction.TopToBottom)

    @Slot()
    def _act(self) -> None:
        if self._shown is not None and self._shown.action is not None:
            action = self._shown.action
            self.dismissed.emit()
            action.trigger()

    @Slot(bool)
    def _expand(self, expanded: bool) -> None:
        if expanded and self._shown is not None:
            self._text.setPlainText(self._shown.details)
        self._text.setVisible(expanded)
        self.expanded.emit()

    @Slot()
    def _copy_report(self) -> None:
        if self._shown is not None:
            QGuiApplication.clipboard().setText(self._shown.report)


class NoticeLine(_Line):
    """Shows one notice."""

    closed = Signal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._text = label("", wrap=True)
        self._action: QAction | None = None
        self._second: QAction | None = None
        self._button = QPushButton()
        self._button.clicked.connect(self._act)
        self._second_button = QPushButton()
        self._second_button.clicked.connect(self._act_second)
        dismiss = icon_button(icon("x", Role.MUTED), _("Dismiss"))
        dismiss.clicked.connect(self.closed)
        row = QHBoxLayout(self)
        row.setContentsMargins(14, 5, 8, 4)
        row.setSpacing(8)
        row.addWidget(IconLabel(icon("info", Role.ACCENT)))
        row.addWidget(self._text, 1)
        row.addWidget(self._button)
        row.addWidget(self._second_button)
        row.addWidget(dismiss)

    def show_text(self, text: str, action: QAction | None, second: QAction | None = None) -> None:
        """Replace the notice."""
        self._text.setText(text)
        self._action, self._second = action, second
        for button, wanted in ((self._button, action), (self._second_button, second)):
            button.setVisible(wanted is not None)
            if wanted is not None:
                button.setText(wanted.text())

    @Slot()
    def _act(self) -> None:
        self._close_and_do(self._action)

    @Slot()
    def _act_second(self) -> None:
        self._close_and_do(self._second)

    def _close_and_do(self, action: QAction | None) -> None:
        self.closed.emit()
        if action is not None:
            action.trigger()

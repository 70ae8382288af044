"""What the window shows before any account is open."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import (
    QBoxLayout,
    QFrame,
    QHBoxLayout,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from services.problems.errors import Problem
from services.system.language import _
from ui.icons import icon
from ui.program_icon import program_icon
from ui.theme import Role
from ui.widgets.labels import IconLabel, label, set_look
from ui.widgets.scrolled import scrolled

_CARD_EMS = 24
"""How wide a card may be, in heights of the font."""


class WelcomePage(QWidget):
    """The program's name, the two ways in, and the environment's account where there is one."""

    connect_asked = Signal()
    sandbox_asked = Signal()
    environment_asked = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("look", "page")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._em = self.fontMetrics().height()

        picture = IconLabel(program_icon(), 4)
        name = label("Filewharf", "title")
        line = label(_("The files behind your models, in one window"), "muted")

        self._connect = _button(_("Connect…"), "filled")
        self._connect.clicked.connect(self.connect_asked)
        self._sandbox = _button(_("Open the sandbox"))
        self._sandbox.clicked.connect(self.sandbox_asked)
        self._cards = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        self._cards.setSpacing(18)
        for card in (
            _card(
                "key-round",
                _("Connect with an API key"),
                _(
                    "OpenAI, Azure OpenAI, or any server that speaks the Files API. "
                    "Your key is stored in your system's keyring, nowhere else."
                ),
                self._connect,
            ),
            _card(
                "flask-conical",
                _("Try the sandbox"),
                _(
                    "A Files API inside Filewharf, with sample files of every kind. "
                    "No key, no cost, and nothing leaves this computer."
                ),
                self._sandbox,
            ),
        ):
            card.setMaximumWidth(_CARD_EMS * self._em)
            self._cards.addWidget(card, 1)

        self._environment = QWidget()
        link = _button(_("use it for this session"), "link")
        link.clicked.connect(self.environment_asked)
        words = QHBoxLayout(self._environment)
        words.setContentsMargins(0, 0, 0, 0)
        words.setSpacing(4)
        words.addWidget(label(_("OPENAI_API_KEY is set on this computer:"), "muted"))
        words.addWidget(link)
        self._environment.hide()
        self._news = label(wrap=True)
        self._advice = label("", "muted", wrap=True)
        for text in (self._news, self._advice):
            text.setAlignment(Qt.AlignmentFlag.AlignHCenter)
            text.hide()

        middle = Qt.AlignmentFlag.AlignHCenter
        inside = QWidget()
        column = QVBoxLayout(inside)
        column.setContentsMargins(24, 24, 24, 24)
        column.setSpacing(8)
        column.addStretch(1)
        column.addWidget(picture, 0, middle)
        column.addWidget(name, 0, middle)
        column.addWidget(line, 0, middle)
        column.addSpacing(8)
        column.addWidget(self._news)
        column.addWidget(self._advice)
        column.addSpacing(8)
        across = QHBoxLayout()
        across.addStretch(1)
        across.addLayout(self._cards, 1000)
        across.addStretch(1)
        column.addLayout(across)
        column.addSpacing(16)
        column.addWidget(self._environment, 0, middle)
        column.addStretch(1)

        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(scrolled(inside))

    def show_environment(self, there: bool) -> None:
        """Offer the environment's account, or not."""
        self._environment.setVisible(there)

    def show_busy(self, text: str) -> None:
        """Say what is being started and take no further wish; an empty text ends it."""
        self._say(text, "muted")
        self._advice.hide()
        self._allow(not text)

    def show_problem(self, problem: Problem) -> None:
        """Say why it could not be opened, and offer the ways in again."""
        self._say(problem.title, "error")
        self._advice.setText(problem.advice)
        self._advice.show()
        self._allow(True)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Put the cards below each other where they would be too narrow side by side."""
        wide = event.size().width() >= 36 * self._em
        self._cards.setDirection(
            QBoxLayout.Direction.LeftToRight if wide else QBoxLayout.Direction.TopToBottom
        )
        super().resizeEvent(event)

    def _say(self, text: str, look: str) -> None:
        self._news.setText(text)
        set_look(self._news, look)
        self._news.setVisible(bool(text))

    def _allow(self, allowed: bool) -> None:
        for part in (self._connect, self._sandbox, self._environment):
            part.setEnabled(allowed)


def _button(text: str, look: str = "") -> QPushButton:
    button = QPushButton(text)
    button.setAutoDefault(True)  # Enter presses it, not Space alone
    if look:
        button.setProperty("look", look)
    return button


def _card(icon_name: str, heading: str, text: str, button: QPushButton) -> QFrame:
    card = QFrame()
    card.setProperty("look", "card")
    picture = IconLabel(icon(icon_name, Role.ACCENT), 1.6)
    column = QVBoxLayout(card)
    column.setContentsMargins(24, 20, 24, 20)
    column.setSpacing(8)
    column.addWidget(picture)
    column.addWidget(label(heading, "heading"))
    column.addWidget(label(text, "muted", wrap=True))
    column.addStretch(1)
    column.addSpacing(16)
    column.addWidget(button, 0, Qt.AlignmentFlag.AlignLeft)
    return card

"""The page shown before any account is open."""

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
"""The maximum width of a card, in font heights."""


class WelcomePage(QWidget):
    """Offers to connect, to try the sandbox, and to use the environment's account if any."""

    connect_requested = Signal()
    sandbox_requested = Signal()
    environment_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("look", "page")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._em = self.fontMetrics().height()

        picture = IconLabel(program_icon(), 4)
        name = label("Filewharf", "title")
        line = label(_("The files behind your models, in one window"), "muted")

        self._connect = _button(_("Connect…"), "filled")
        self._connect.clicked.connect(self.connect_requested)
        self._sandbox = _button(_("Open the sandbox"))
        self._sandbox.clicked.connect(self.sandbox_requested)
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
        link.clicked.connect(self.environment_requested)
        words = QHBoxLayout(self._environment)
        words.setContentsMargins(0, 0, 0, 0)
        words.setSpacing(4)
        words.addWidget(label(_("OPENAI_API_KEY is set on this computer:"), "muted"))
        words.addWidget(link)
        self._environment.hide()
        self._status = label(wrap=True)
        self._advice = label("", "muted", wrap=True)
        for text in (self._status, self._advice):
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
        column.addWidget(self._status)
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

    def show_environment(self, available: bool) -> None:
        """Show or hide the offer to use the environment's account."""
        self._environment.setVisible(available)

    def show_busy(self, text: str) -> None:
        """Show what is being started and disable the buttons; an empty text ends this."""
        if not text and self._status.isHidden():
            return  # the layout of a page that is rarely seen costs time at each switch
        self._show_status(text, "muted")
        self._advice.hide()
        self._set_enabled(not text)

    def show_problem(self, problem: Problem) -> None:
        """Show why an account could not be opened, and enable the buttons again."""
        self._show_status(problem.title, "error")
        self._advice.setText(problem.advice)
        self._advice.show()
        self._set_enabled(True)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Stack the cards if they would be too narrow side by side."""
        wide = event.size().width() >= 36 * self._em
        self._cards.setDirection(
            QBoxLayout.Direction.LeftToRight if wide else QBoxLayout.Direction.TopToBottom
        )
        super().resizeEvent(event)

    def _show_status(self, text: str, look: str) -> None:
        self._status.setText(text)
        set_look(self._status, look)
        self._status.setVisible(bool(text))

    def _set_enabled(self, enabled: bool) -> None:
        for part in (self._connect, self._sandbox, self._environment):
            part.setEnabled(enabled)


def _button(text: str, look: str = "") -> QPushButton:
    button = QPushButton(text)
    button.setAutoDefault(True)  # so that Enter presses it too, not only Space
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

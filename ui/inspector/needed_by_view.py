"""The section of the inspector about what needs the selected files."""

from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from services.system.language import _
from ui.icons import icon
from ui.inspector.job_link import JobLink
from ui.inspector.needed_by_words import MOST_LINES, NeededByCard
from ui.theme import Role
from ui.widgets.elided_link import ElidedLink
from ui.widgets.labels import ElidedLabel, IconLabel, label
from ui.wording import tool_tip


class NeededByView(QWidget):
    """Links to what needs a file, how old that is, and a button to check."""

    job_requested = Signal(object)
    """Show a batch, job or store, given its `JobLink`."""
    check_requested = Signal()
    stop_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._links: list[JobLink] = []
        self._rows: list[tuple[IconLabel, ElidedLink, QLabel]] = []
        self._grid = QGridLayout()
        self._grid.setHorizontalSpacing(8)
        self._grid.setVerticalSpacing(0)
        self._grid.setColumnStretch(1, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 8, 0, 0)
        column.setSpacing(8)
        column.addWidget(label(_("NEEDED BY"), "section"))
        column.addLayout(self._grid)
        while len(self._rows) < MOST_LINES:
            self._add_row()  # before the buttons, as Tab reaches them in this order
        self._note = label("", "muted", wrap=True)
        self._check = QPushButton()
        self._check.clicked.connect(self.check_requested)
        self._stop = QPushButton(_("Stop"))
        self._stop.clicked.connect(self.stop_requested)
        for button in (self._check, self._stop):
            button.setAutoDefault(True)
        buttons = QHBoxLayout()
        buttons.setSpacing(6)
        buttons.addWidget(self._check)
        buttons.addWidget(self._stop)
        buttons.addStretch(1)
        column.addWidget(self._note)
        column.addLayout(buttons)
        self.hide()

    def show_card(self, card: NeededByCard | None) -> None:
        """Show what is known, or hide if there is nothing to say."""
        self.setVisible(card is not None)
        if card is None:
            return
        self._links = [line.link for line in card.lines]
        for number, (symbol, link, detail) in enumerate(self._rows):
            is_used = number < len(card.lines)
            for part in (symbol, link, detail):
                part.setVisible(is_used)
            if is_used:
                line = card.lines[number]
                symbol.show_icon(icon(line.icon, Role.MUTED))
                link.show_words(line.title)
                link.setAccessibleDescription(line.detail)
                detail.setText(line.detail)
        self._note.setText(card.note)
        self._note.setVisible(bool(card.note))
        had_focus = self._check.hasFocus() or self._stop.hasFocus()
        self._check.setText(card.check)
        self._check.setToolTip(tool_tip(card.check_hint))
        self._check.setAccessibleDescription(card.check_hint)
        self._stop.setVisible(card.is_running)
        self._check.setVisible(bool(card.check) and not card.is_running)
        if had_focus:
            shown = self._stop if card.is_running else self._check
            shown.setFocus(Qt.FocusReason.OtherFocusReason)

    def _add_row(self) -> None:
        number = len(self._rows)
        symbol = IconLabel(icon("list-checks", Role.MUTED), 1.0)
        link = ElidedLink()
        link.clicked.connect(partial(self._open, number))
        detail = ElidedLabel("muted")
        detail.setContentsMargins(0, 0, 0, 6)
        self._grid.addWidget(symbol, 2 * number, 0, Qt.AlignmentFlag.AlignVCenter)
        # Aligned, so that the second column takes the room that the link leaves.
        self._grid.addWidget(link, 2 * number, 1, Qt.AlignmentFlag.AlignLeft)
        self._grid.addWidget(detail, 2 * number + 1, 1)
        self._rows.append((symbol, link, detail))

    def _open(self, number: int) -> None:
        if number < len(self._links):
            self.job_requested.emit(self._links[number])

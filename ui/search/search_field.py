"""The search field above the table."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication, QEvent, Qt, Signal, Slot
from PySide6.QtGui import (
    QAction,
    QFocusEvent,
    QHideEvent,
    QInputMethodEvent,
    QKeyEvent,
    QMoveEvent,
    QResizeEvent,
    QTextCharFormat,
)
from PySide6.QtWidgets import QLineEdit, QWidget

from services.browse.file_filter import IgnoredPart
from services.browse.seen_values import no_seen_values
from services.system.language import N_, _
from services.system.locale_format import whole
from ui.icons import icon
from ui.theme import Role, color
from ui.widgets.qt_lengths import between, units
from ui.wording import tool_tip

if TYPE_CHECKING:
    from ui.search.completion_panel import CompletionPanel
    from ui.search.completions import Completions, Offer


class SearchField(QLineEdit):
    """Searches names and ids as it is typed into, and offers and explains the small filters.

    While a part is typed, what it can be completed to, or why it can't be understood, is seen in a
    panel below; one that is half typed waits until it is left. What is not understood has a wavy line under it.

    The panel, and what reads filters, are loaded when something is typed.
    """

    text_changed = Signal(str)
    """What is searched for now; empty for everything."""
    down_pressed = Signal()
    """The person wants to go on in the table."""
    remark_changed = Signal(str)
    """Sentences about what is not understood, to be shown; empty for none."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.seen = no_seen_values()
        """What the account's files have, to complete with."""
        self._panel: CompletionPanel | None = None
        self._completions: Completions
        """Of what is offered, while something is."""
        self._ignored: tuple[IgnoredPart, ...] = ()
        self._typing = False
        self._waiting = False
        """Whether the filter at the cursor may still be on its way to one that says something."""
        self._composing = False
        self._marked = False
        self._remark = ""
        self.setPlaceholderText(_("Search by name or ID"))
        self.setAccessibleName(_("Search files"))
        glass = QAction(icon("search", Role.MUTED), _("Search (Ctrl+F)"), self)
        glass.triggered.connect(self._begin)
        self.addAction(glass, QLineEdit.ActionPosition.LeadingPosition)
        filters = QAction(icon("list-filter", Role.MUTED), _("Filter examples (Alt+Down)"), self)
        filters.triggered.connect(self._offer_examples)
        self.addAction(filters, QLineEdit.ActionPosition.TrailingPosition)
        # Instead of Qt's own clear button, whose icon does not follow the colors.
        self._clear = QAction(icon("x", Role.MUTED), _("Clear the search"), self)
        self._clear.triggered.connect(self.clear)
        self.addAction(self._clear, QLineEdit.ActionPosition.TrailingPosition)
        self._clear.setVisible(False)
        self.textEdited.connect(self._note_typing)
        self.textChanged.connect(self._tell)
        self.cursorPositionChanged.connect(self._follow_cursor)
        self._explain()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Escape closes the panel, then clears; Down and Enter choose there or lead to the table."""
        match event.key():
            case Qt.Key.Key_Escape if self._panel_is_seen:
                self._close_panel()
            case Qt.Key.Key_Escape if self.text():
                self.clear()
            case Qt.Key.Key_Down if event.modifiers() & Qt.KeyboardModifier.AltModifier:
                self._offer_examples()
            case Qt.Key.Key_Down | Qt.Key.Key_Up if self._panel is not None and self._offers:
                self._panel.walk(1 if event.key() == Qt.Key.Key_Down else -1)
                self._explain()
            case Qt.Key.Key_Return | Qt.Key.Key_Enter if (offer := self._current) is not None:
                self._take(offer)
            case Qt.Key.Key_Down | Qt.Key.Key_Return | Qt.Key.Key_Enter:
                self._close_panel()
                self.down_pressed.emit()
            case _:
                super().keyPressEvent(event)
                return
        event.accept()

    def focusNextPrevChild(self, forward: bool) -> bool:
        """Tab takes the current or the first completion while there are some."""
        if forward and self._offers:
            self._take(self._current or self._offers[0])
            return True
        return super().focusNextPrevChild(forward)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Nothing is being typed any more."""
        super().focusOutEvent(event)
        self._close_panel()

    def moveEvent(self, event: QMoveEvent) -> None:
        """Take the panel along."""
        super().moveEvent(event)
        if self._panel is not None:
            self._panel.stay_below()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Likewise."""
        super().resizeEvent(event)
        if self._panel is not None:
            self._panel.stay_below()

    def hideEvent(self, event: QHideEvent) -> None:
        """The panel goes with the field."""
        super().hideEvent(event)
        self._close_panel()

    def changeEvent(self, event: QEvent) -> None:
        """Mark anew in the colors of another scheme."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange and self._marked:
            self._mark(self._ignored)

    def inputMethodEvent(self, event: QInputMethodEvent) -> None:
        """Leave the marks alone while a character is put together, and bring them back then."""
        composed = self._composing
        self._composing = bool(event.preeditString())
        super().inputMethodEvent(event)
        if composed and not self._composing:
            self._show_unclear()

    @Slot(str)
    def _note_typing(self, _text: str) -> None:
        self._typing = True

    @Slot(str)
    def _tell(self, text: str) -> None:
        from services.browse.query import parse

        self._clear.setVisible(bool(text))
        self.text_changed.emit(text)
        self._ignored = parse(text).ignored
        if self._typing:
            self._typing = False
            self._offer()
        else:
            self._close_panel()

    @Slot(int, int)
    def _follow_cursor(self, _before: int, _now: int) -> None:
        if self._panel_is_seen:
            self._offer()

    @property
    def _panel_is_seen(self) -> bool:
        return self._panel is not None and self._panel.isVisible()

    @property
    def _offers(self) -> "tuple[Offer, ...]":
        return self._panel.offers if self._panel is not None else ()

    @property
    def _current(self) -> "Offer | None":
        return self._panel.current if self._panel is not None else None

    @Slot()
    def _begin(self) -> None:
        self.setFocus()
        self.selectAll()

    @Slot()
    def _offer_examples(self) -> None:
        self.setFocus()
        self._offer(examples=True)

    def _offer(self, *, examples: bool = False) -> None:
        """Show what helps with the part at the cursor."""
        from ui.search.completion_panel import CompletionPanel
        from ui.search.completions import completions_at

        if self._panel is None:
            self._panel = CompletionPanel(self)
            self._panel.taken.connect(self._take)
        text, cursor = self.text(), self._cursor()
        self._completions = completions_at(text, cursor, self.seen, examples=examples)
        offers = self._completions.offers
        self._waiting = True
        ignored = self._ignored_now()
        here = [part.reason for part in ignored if part.start < cursor <= part.end]
        self._panel.show_below(offers, "" if offers or not here else here[0])
        self._show_unclear()

    @Slot(object)
    def _take(self, offer: "Offer") -> None:
        start, end = self._completions.start, self._completions.end
        before, text = self._completions.before, self.text()
        # A filter waits for its value; after a value the next part can be typed.
        goes_on = offer.text.endswith((":", ".."))
        space = "" if goes_on or text[end : end + 1].isspace() else " "
        if text[end : end + 1] == ",":
            space = ""
        self.setCursorPosition(units(text[:start]))
        self.setSelection(units(text[:start]), units(text[start:end]))
        self._typing = True
        self.insert(before + offer.text + space)

    def _close_panel(self) -> None:
        self._waiting = False
        if self._panel is not None:
            self._panel.hide()
        self.seen.clear()
        self._show_unclear()

    def _cursor(self) -> int:
        """Where the cursor stands, in characters; Qt counts the units of UTF-16."""
        return len(between(self.text(), 0, self.cursorPosition()))

    def _ignored_now(self) -> list[IgnoredPart]:
        """What is not understood, apart from what is half typed."""
        cursor = self._cursor()
        return [
            part
            for part in self._ignored
            if not (
                self._waiting and part.start < cursor <= part.end and _may_become_valid(self, part)
            )
        ]

    def _show_unclear(self) -> None:
        """Mark and explain what is not understood, apart from what is being completed."""
        cursor = self._cursor()
        completing = bool(self._offers)
        ignored = self._ignored_now()
        here = [part for part in ignored if part.start < cursor <= part.end]
        marked = [part for part in ignored if not (completing and part in here)]
        if marked or self._marked:
            self._mark(marked)
        self._explain()
        told = [part for part in ignored if not (self._panel_is_seen and part in here)]
        remark = " ".join(part.reason for part in told)
        if remark != self._remark:
            self._remark = remark
            self.remark_changed.emit(remark)

    def _mark(self, parts: Sequence[IgnoredPart]) -> None:
        """Draw a wavy line under parts of the text.

        A line edit has no other way to give a part of its text a look than what input methods
        use for the characters being put together.
        """
        if self._composing:
            return
        look = QTextCharFormat()
        look.setUnderlineStyle(QTextCharFormat.UnderlineStyle.WaveUnderline)
        look.setUnderlineColor(color(Role.DANGER, self.palette()))
        text, cursor = self.text(), self.cursorPosition()
        attributes = [
            QInputMethodEvent.Attribute(
                QInputMethodEvent.AttributeType.TextFormat,
                units(text[: part.start]) - cursor,
                units(text[part.start : part.end]),
                look,
            )
            for part in parts
        ]
        self._marked = bool(parts)
        QCoreApplication.sendEvent(self, QInputMethodEvent("", attributes))

    def _explain(self) -> None:
        """Update the accessible description and the tooltip."""
        panel, offer, offers = self._panel, self._current, self._offers
        reasons = [part.reason for part in self._ignored_now()]
        if panel is not None and offer is not None:
            words = _("{offer}, {number} of {count}").format(
                offer=offer.text, number=whole(panel.place), count=whole(len(offers))
            )
        elif offers:
            words = _(
                "Suggestions: {number}. Press Down to choose, or Tab for the first one."
            ).format(number=whole(len(offers)))
        else:
            words = " ".join(reasons)
        self.setAccessibleDescription(words or _(_HELP))
        self.setToolTip(tool_tip(*reasons) or tool_tip(_(_HELP)))


_HELP = N_(
    "Enter words, text in quotes, or filters such as purpose:batch, size:>10MB, created:<7d or "
    "ext:jsonl. Put a minus in front of one to exclude it. Alt+Down shows examples."
)


def _may_become_valid(field: QLineEdit, ignored: IgnoredPart) -> bool:
    from services.browse.filter_fields import FIELDS
    from services.browse.half_typed import may_become_valid
    from services.browse.query import parts_of

    piece = field.text()[ignored.start : ignored.end]
    (part,) = parts_of(piece)
    value = part.values[-1] if part.values else ""
    return part.field in FIELDS and may_become_valid(part.field, value)

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
    from ui.search.completions import Completion, Completions


class SearchField(QLineEdit):
    """Searches names and IDs as the user types, with completions and explanations for filters.

    While a part is being typed, a panel below shows its completions, or why it is invalid; a part
    that could still become valid isn't marked until the cursor leaves it. Invalid parts have a wavy
    underline.

    The panel and the filter parser are imported when something is typed.
    """

    text_changed = Signal(str)
    """The search text changed; empty for everything."""
    down_pressed = Signal()
    """The user wants to move to the table."""
    explanation_changed = Signal(str)
    """Sentences about invalid parts; empty if there are none."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.seen = no_seen_values()
        """The values to complete with."""
        self._panel: CompletionPanel | None = None
        self._completions: Completions
        """Set while completions are shown."""
        self._ignored: tuple[IgnoredPart, ...] = ()
        self._typing = False
        self._may_be_incomplete = False
        """Whether the filter at the cursor is still being typed, and could become valid."""
        self._composing = False
        self._marked = False
        self._explanation = ""
        self.setPlaceholderText(_("Search by name or ID"))
        self.setAccessibleName(_("Search files"))
        search_icon = QAction(icon("search", Role.MUTED), _("Search (Ctrl+F)"), self)
        search_icon.triggered.connect(self._focus)
        self.addAction(search_icon, QLineEdit.ActionPosition.LeadingPosition)
        filters = QAction(icon("list-filter", Role.MUTED), _("Filter examples (Alt+Down)"), self)
        filters.triggered.connect(self._show_examples)
        self.addAction(filters, QLineEdit.ActionPosition.TrailingPosition)
        # Instead of Qt's own clear button, whose icon doesn't follow the palette.
        self._clear = QAction(icon("x", Role.MUTED), _("Clear the search"), self)
        self._clear.triggered.connect(self.clear)
        self.addAction(self._clear, QLineEdit.ActionPosition.TrailingPosition)
        self._clear.setVisible(False)
        self.textEdited.connect(self._mark_typing)
        self.textChanged.connect(self._update_search)
        self.cursorPositionChanged.connect(self._follow_cursor)
        self._update_description()

    def event(self, event: QEvent) -> bool:
        """Keep Escape while there is something to close or clear, even where it is a shortcut."""
        is_escape = isinstance(event, QKeyEvent) and event.key() == Qt.Key.Key_Escape
        if is_escape and event.type() == QEvent.Type.ShortcutOverride:
            event.setAccepted(self._panel_visible or bool(self.text()))
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Escape closes the panel, then clears; Down and Enter use the panel or go to the table."""
        match event.key():
            case Qt.Key.Key_Escape if self._panel_visible:
                self._close_panel()
            case Qt.Key.Key_Escape if self.text():
                self.clear()
            case Qt.Key.Key_Down if event.modifiers() & Qt.KeyboardModifier.AltModifier:
                self._show_examples()
            case Qt.Key.Key_Down | Qt.Key.Key_Up if self._panel is not None and self._items:
                self._panel.move_selection(1 if event.key() == Qt.Key.Key_Down else -1)
                self._update_description()
            case Qt.Key.Key_Return | Qt.Key.Key_Enter if (item := self._current) is not None:
                self._insert(item)
            case Qt.Key.Key_Down | Qt.Key.Key_Return | Qt.Key.Key_Enter:
                self._close_panel()
                self.down_pressed.emit()
            case _:
                super().keyPressEvent(event)
                return
        event.accept()

    def focusNextPrevChild(self, forward: bool) -> bool:
        """Tab inserts the current or first completion, if there are any."""
        if forward and self._items:
            self._insert(self._current or self._items[0])
            return True
        return super().focusNextPrevChild(forward)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Close the panel."""
        super().focusOutEvent(event)
        self._close_panel()

    def moveEvent(self, event: QMoveEvent) -> None:
        """Move the panel along."""
        super().moveEvent(event)
        if self._panel is not None:
            self._panel.reposition()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Resize the panel along."""
        super().resizeEvent(event)
        if self._panel is not None:
            self._panel.reposition()

    def hideEvent(self, event: QHideEvent) -> None:
        """Hide the panel along with the field."""
        super().hideEvent(event)
        self._close_panel()

    def changeEvent(self, event: QEvent) -> None:
        """Update the marks after a change of palette."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange and self._marked:
            self._mark(self._ignored)

    def inputMethodEvent(self, event: QInputMethodEvent) -> None:
        """Suspend the marks while an input method composes a character."""
        composed = self._composing
        self._composing = bool(event.preeditString())
        super().inputMethodEvent(event)
        if composed and not self._composing:
            self._show_ignored()

    @Slot(str)
    def _mark_typing(self, _text: str) -> None:
        self._typing = True

    @Slot(str)
    def _update_search(self, text: str) -> None:
        from services.browse.query import parse

        self._clear.setVisible(bool(text))
        self.text_changed.emit(text)
        self._ignored = parse(text).ignored
        if self._typing:
            self._typing = False
            self._show_panel()
        else:
            self._close_panel()

    @Slot(int, int)
    def _follow_cursor(self, _before: int, _now: int) -> None:
        if self._panel_visible:
            self._show_panel()

    @property
    def _panel_visible(self) -> bool:
        return self._panel is not None and self._panel.isVisible()

    @property
    def _items(self) -> "tuple[Completion, ...]":
        return self._panel.items if self._panel is not None else ()

    @property
    def _current(self) -> "Completion | None":
        return self._panel.current if self._panel is not None else None

    @Slot()
    def _focus(self) -> None:
        self.setFocus()
        self.selectAll()

    @Slot()
    def _show_examples(self) -> None:
        self.setFocus()
        self._show_panel(examples=True)

    def _show_panel(self, *, examples: bool = False) -> None:
        """Show completions or an explanation for the part at the cursor."""
        from ui.search.completion_panel import CompletionPanel
        from ui.search.completions import completions_at

        if self._panel is None:
            self._panel = CompletionPanel(self)
            self._panel.chosen.connect(self._insert)
        text, cursor = self.text(), self._cursor()
        self._completions = completions_at(text, cursor, self.seen, examples=examples)
        items = self._completions.items
        self._may_be_incomplete = True
        ignored = self._ignored_now()
        here = [part.reason for part in ignored if part.start < cursor <= part.end]
        self._panel.show_below(items, "" if items or not here else here[0])
        self._show_ignored()

    @Slot(object)
    def _insert(self, item: "Completion") -> None:
        start, end = self._completions.start, self._completions.end
        before, text = self._completions.before, self.text()
        # A filter still needs its value; after a value, a space starts the next part.
        needs_value = item.text.endswith((":", ".."))
        space = "" if needs_value or text[end : end + 1].isspace() else " "
        if text[end : end + 1] == ",":
            space = ""
        self.setCursorPosition(units(text[:start]))
        self.setSelection(units(text[:start]), units(text[start:end]))
        self._typing = True
        self.insert(before + item.text + space)

    def _close_panel(self) -> None:
        self._may_be_incomplete = False
        if self._panel is not None:
            self._panel.hide()
        self.seen.clear()
        self._show_ignored()

    def _cursor(self) -> int:
        """The cursor position in characters; Qt counts UTF-16 code units."""
        return len(between(self.text(), 0, self.cursorPosition()))

    def _ignored_now(self) -> list[IgnoredPart]:
        """The invalid parts, except for one that is still being typed."""
        cursor = self._cursor()
        return [
            part
            for part in self._ignored
            if not (
                self._may_be_incomplete
                and part.start < cursor <= part.end
                and _may_become_valid(self, part)
            )
        ]

    def _show_ignored(self) -> None:
        """Mark and explain the invalid parts, except for one that is being completed."""
        cursor = self._cursor()
        completing = bool(self._items)
        ignored = self._ignored_now()
        here = [part for part in ignored if part.start < cursor <= part.end]
        marked = [part for part in ignored if not (completing and part in here)]
        if marked or self._marked:
            self._mark(marked)
        self._update_description()
        explained = [part for part in ignored if not (self._panel_visible and part in here)]
        explanation = " ".join(part.reason for part in explained)
        if explanation != self._explanation:
            self._explanation = explanation
            self.explanation_changed.emit(explanation)

    def _mark(self, parts: Sequence[IgnoredPart]) -> None:
        """Draw a wavy underline below parts of the text.

        The only way to format part of a line edit's text is the one that input methods use for
        characters being composed.
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

    def _update_description(self) -> None:
        """Update the accessible description and the tooltip."""
        panel, item, items = self._panel, self._current, self._items
        reasons = [part.reason for part in self._ignored_now()]
        if panel is not None and item is not None:
            words = _("{offer}, {number} of {count}").format(
                offer=item.text, number=whole(panel.current_number), count=whole(len(items))
            )
        elif items:
            words = _(
                "Suggestions: {number}. Press Down to choose, or Tab for the first one."
            ).format(number=whole(len(items)))
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

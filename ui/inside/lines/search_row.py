"""The row above the lines: a field to search them, a box that filters them, and how many there are."""

from collections.abc import Sequence

from PySide6.QtCore import QSize, QTimer, Signal, Slot
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QLineEdit, QToolButton, QVBoxLayout, QWidget

from services.previews.lines.line_search import TextQuery
from services.previews.lines.regex_search import RegexQuery
from services.problems.errors import Problem
from services.system.language import _, ngettext
from ui.icons import icon
from ui.theme import Role
from ui.widgets.labels import label
from ui.widgets.list_box import ListBox
from ui.wording import count_in_words, one_line

_REST_MS = 250
"""How long typing has to rest before the file is searched."""
_AROUND_FIELD = 46
"""Pixels of the icon and the padding beside the words in the field."""
_SHORTEST_FILTER = 9
"""In characters."""


class SearchRow(QWidget):
    """Shows how many lines there are if there is room for it, and below, why a search failed."""

    text_changed = Signal()
    """Look for another text, see `text_query`."""
    filter_chosen = Signal(object)
    """Another entry of the filter box was chosen: its data."""

    def __init__(self) -> None:
        super().__init__()
        self.field = QLineEdit()
        """For the text to look for."""
        self.field.setPlaceholderText(_("Search in this file"))
        self.field.setAccessibleName(_("Search in this file"))
        magnifier = QLineEdit.ActionPosition.LeadingPosition
        self.field.addAction(icon("search", Role.MUTED), magnifier)
        words = self.field.fontMetrics().horizontalAdvance(self.field.placeholderText())
        self.field.setMinimumWidth(words + _AROUND_FIELD)
        self.field.textEdited.connect(self._await_rest)
        self.field.returnPressed.connect(self._search)
        self._match_case = _switch(_("Aa"), _("Match case"))
        self._is_pattern = _switch(_(".*"), _("Regular expression"))
        for switch in (self._match_case, self._is_pattern):
            switch.toggled.connect(self._search)
        self._failure = label("", "warning", wrap=True)
        self._failure.setContentsMargins(14, 0, 10, 6)
        self._failure.hide()
        self._filter = ListBox()
        self._filter.setAccessibleName(_("Lines shown"))
        self._filter.setMinimumContentsLength(_SHORTEST_FILTER)
        self._filter.activated.connect(self._choose)
        self._count = QLabel()
        self._count.setProperty("look", "muted")
        self._rest = QTimer(self)
        self._rest.setSingleShot(True)
        self._rest.setInterval(_REST_MS)
        self._rest.timeout.connect(self._search)
        self._row = row = QHBoxLayout()
        row.setContentsMargins(14, 8, 10, 8)
        row.setSpacing(8)
        row.addWidget(self.field, 1)
        row.addWidget(self._match_case)
        row.addWidget(self._is_pattern)
        row.addWidget(self._filter)
        row.addWidget(self._count)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(row)
        column.addWidget(self._failure)

    @property
    def text_query(self) -> TextQuery | RegexQuery | None:
        """The text to look for; None if there is none."""
        text, match_case = self.field.text(), self._match_case.isChecked()
        kind = RegexQuery if self._is_pattern.isChecked() else TextQuery
        return kind(text, match_case) if text else None

    def clear(self) -> None:
        """Look for nothing, and choose the first filter, without a signal."""
        self._rest.stop()
        self.field.clear()
        self.hide_failure()
        self._filter.setCurrentIndex(0)

    def show_filters(self, filters: Sequence[tuple[str, object]]) -> None:
        """Offer other filters in the box; the chosen one stays chosen if it's among them."""
        chosen = self._filter.currentData()
        self._filter.clear()
        for text, data in filters:
            self._filter.addItem(text, data)
        self.choose_filter(chosen)

    def choose_filter(self, data: object) -> None:
        """Choose a filter by its data, or else the first, without a signal."""
        self._filter.setCurrentIndex(max(0, self._filter.findData(data)))

    def change_filter(self, place: int, text: str, data: object) -> None:
        """Change an entry of the filter box; it stays chosen if it is."""
        self._filter.setItemText(place, text)
        self._filter.setItemData(place, data)

    def toggle_filter(self, place: int) -> None:
        """Choose an entry of the filter box, or the first if this one is chosen."""
        chosen = 0 if self._filter.currentIndex() == place else place
        self._filter.setCurrentIndex(chosen)
        self._choose(chosen)

    def show_count(self, shown: int, lines: int, *, is_searching: bool) -> None:
        """Say how many lines are shown, and of how many."""
        words = ngettext("{shown} of {number} line", "{shown} of {number} lines", lines)
        text = words.format(shown=count_in_words(shown), number=count_in_words(lines))
        self._count.setText(f"{text}…" if is_searching else text)

    def show_failure(self, problem: Problem) -> None:
        """Say why lines couldn't be looked for."""
        self._failure.setText(f"{one_line(problem.title)}. {one_line(problem.advice)}")
        self._failure.show()

    def hide_failure(self) -> None:
        """Don't say that any longer."""
        self._failure.hide()

    def minimumSizeHint(self) -> QSize:
        """As narrow as without the count."""
        return QSize(self._needed(), super().minimumSizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Show the count if there is room."""
        super().resizeEvent(event)
        needed = self._needed() + self._row.spacing() + self._count.sizeHint().width()
        self._count.setVisible(self.width() >= needed)

    def _needed(self) -> int:
        """The width of the row without the count, in pixels."""
        row, sides = self._row, self._row.contentsMargins()
        items = filter(None, map(row.itemAt, range(row.count())))
        parts = [item.widget() for item in items]
        shown = [part for part in parts if part is not None and part is not self._count]
        widths = (max(one.minimumSizeHint().width(), one.minimumWidth()) for one in shown)
        return sides.left() + sides.right() + sum(widths) + row.spacing() * (len(shown) - 1)

    @Slot()
    def _await_rest(self) -> None:
        self._rest.start()

    @Slot()
    def _search(self) -> None:
        self._rest.stop()
        self.text_changed.emit()

    @Slot(int)
    def _choose(self, place: int) -> None:
        self.filter_chosen.emit(self._filter.itemData(place))


def _switch(text: str, name: str) -> QToolButton:
    switch = QToolButton()
    switch.setProperty("look", "flat")
    switch.setText(text)
    switch.setCheckable(True)
    switch.setAccessibleName(name)
    switch.setToolTip(name)
    return switch

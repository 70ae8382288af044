"""The filters of columns, as buttons that remove them."""

from collections.abc import Mapping
from functools import partial

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QToolButton, QWidget

from services.system.language import _
from ui.icons import icon
from ui.theme import Role
from ui.widgets.tab_order import insert_in_tab_order
from ui.wording import tool_tip

_WIDEST = 30
"""Of a chip, in average characters."""


class FilterChips(QWidget):
    """Hidden if there are no filters. Clicking a chip, or Delete on it, removes its filter."""

    removed = Signal(object)
    """The filter of this section was removed."""

    def __init__(self, followed_by: QWidget, parent: QWidget | None = None) -> None:
        """Tab goes from the last chip to `followed_by`."""
        super().__init__(parent)
        self._followed_by = followed_by
        self._chips: dict[int, _Chip] = {}
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.setSpacing(6)
        self._row.addStretch(1)
        self.setAccessibleName(_("Filters of columns"))
        self.hide()

    def show_filters(self, filters: Mapping[int, str]) -> None:
        """Show other filters: what each says, by section."""
        for section in self._chips.keys() - filters.keys():
            chip = self._chips.pop(section)
            self._row.removeWidget(chip)
            chip.hide()
            chip.deleteLater()
        for section, text in filters.items():
            chip = self._chips.get(section) or self._add(section)
            chip.show_text(text)
        self.setVisible(bool(filters))

    def _add(self, section: int) -> "_Chip":
        chip = self._chips[section] = _Chip()
        chip.clicked.connect(partial(self.removed.emit, section))
        self._row.insertWidget(self._row.count() - 1, chip)
        insert_in_tab_order(chip, self._followed_by)
        return chip


class _Chip(QToolButton):
    """A filter in words, with a cross."""

    def __init__(self) -> None:
        super().__init__()
        self._text = ""
        self.setIcon(icon("x", Role.MUTED))
        self.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.setLayoutDirection(Qt.LayoutDirection.RightToLeft)  # the cross comes last
        self.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)

    def show_text(self, text: str) -> None:
        """Show another filter."""
        self._text = text
        metrics = self.fontMetrics()
        widest = _WIDEST * metrics.averageCharWidth()
        shown = metrics.elidedText(text, Qt.TextElideMode.ElideRight, widest)
        self.setText(shown.replace("&", "&&"))
        words = _("Remove the filter “{filter}”").format(filter=text)
        self.setAccessibleName(words)
        self.setToolTip(tool_tip(words))

    def minimumSizeHint(self) -> QSize:
        """Chips get narrower if there are many."""
        return QSize(4 * self.fontMetrics().height(), super().minimumSizeHint().height())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Delete and Backspace remove the filter; Enter does as Space does."""
        keys = (Qt.Key.Key_Delete, Qt.Key.Key_Backspace, Qt.Key.Key_Return, Qt.Key.Key_Enter)
        if event.key() in keys:
            self.click()
        else:
            super().keyPressEvent(event)

"""What a column of lines holds, below its head: choosing a value or a range filters the lines."""

from PySide6.QtCore import (
    QPoint,
    QRect,
    Qt,
    Signal,
    Slot,
)
from PySide6.QtGui import QCloseEvent
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QListWidgetItem,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from services.previews.rows.column_values import ColumnsProgress, ColumnValues
from services.previews.rows.line_filter import Condition, IsMissing, LengthIn, NumberIn, ValueIs
from services.system.language import _, ngettext
from ui.inside.lines.condition_words import Range, range_of
from ui.inside.lines.histogram_bars import HistogramBars
from ui.inside.lines.value_list import ValueList, share_in_words
from ui.widgets.buttons import link_button
from ui.widgets.labels import ElidedLabel, label
from ui.wording import count_in_words

_WIDTH = 24
"""In line heights."""
_HISTOGRAM_HEIGHT = 6
"""In line heights."""


class ColumnPopup(QFrame):
    """Shows one column: the share of missing values, and the commonest values or a histogram."""

    chosen = Signal(object)
    """Show only the lines that fulfill this `Condition`; None shows all."""

    closed = Signal()
    """It was closed, with or without a choice."""

    def __init__(
        self,
        name: str,
        column: int,
        *,
        is_number: bool,
        are_whole: bool,
        active: Condition | None,
        parent: QWidget,
    ) -> None:
        """`column` counts those of the reader from 0; `active` is what filters it so far.

        `are_whole` is True for a column of whole numbers.
        """
        super().__init__(parent, Qt.WindowType.Popup)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setProperty("look", "pop-up")
        self.setAccessibleName(_("Values of {column}").format(column=name))
        self._column = column
        self._is_number = is_number
        self._are_whole = are_whole
        self._active = active
        head = ElidedLabel("strong")
        head.setText(name)
        self._missing = _link("")
        self._missing.clicked.connect(self._choose_missing)
        self._none_missing = label(_("None missing"), "muted")
        self._note = label("", "muted", wrap=True)
        self._values = ValueList()
        self._values.itemActivated.connect(self._choose_item)
        self._values.itemClicked.connect(self._choose_item)
        self._bars = HistogramBars()
        self._bars.setFixedHeight(_HISTOGRAM_HEIGHT * self.fontMetrics().height())
        self._bars.range_chosen.connect(self._choose_range)
        self._bar_words = ElidedLabel("muted")
        self._bars.pointed.connect(self._show_bar)
        self._all = _link(_("Show all lines"))
        self._all.clicked.connect(self._choose_all)
        self._all.setVisible(active is not None)
        top = QHBoxLayout()
        top.setSpacing(12)
        top.addWidget(head, 1)
        top.addWidget(self._none_missing)
        top.addWidget(self._missing)
        column_layout = QVBoxLayout(self)
        column_layout.setContentsMargins(12, 10, 12, 10)
        column_layout.setSpacing(6)
        column_layout.addLayout(top)
        for part in (self._note, self._values, self._bars, self._bar_words, self._all):
            column_layout.addWidget(part)
        self.setFixedWidth(_WIDTH * self.fontMetrics().height())
        self._about = ""
        self.show_counting(0)

    def show_counting(self, lines: int) -> None:
        """Show that values are being counted, in `lines` lines so far."""
        text = _("Counting…")
        if lines:
            words = ngettext("{number} line so far", "{number} lines so far", lines)
            text = f"{text} {words.format(number=count_in_words(lines))}"
        self._note.setText(text)
        for part in (
            self._missing,
            self._none_missing,
            self._values,
            self._bars,
            self._bar_words,
        ):
            part.hide()
        self.adjustSize()

    def show_values(self, values: ColumnValues, progress: ColumnsProgress, *, is_all: bool) -> None:
        """Show what the column holds. `is_all` is False if only the first lines were counted."""
        share = share_in_words(values.missing, progress.lines)
        self._missing.setText(_("{share} missing").format(share=share))
        self._missing.setVisible(values.missing > 0)
        self._none_missing.setVisible(values.missing == 0 and progress.lines > 0)
        self._note.setText(self._about_values(values, progress, is_all=is_all))
        self._values.show_values(values.top, progress.lines, self._active)
        self._values.setVisible(bool(values.top))
        histogram = values.histogram
        self._bars.show_histogram(
            histogram,
            are_whole=self._are_whole or not self._is_number,
            chosen=range_of(self._active),
        )
        self._bars.setVisible(histogram is not None)
        self._bar_words.setVisible(histogram is not None)
        self.adjustSize()
        self.focus_content()

    def focus_content(self) -> None:
        """Focus what can be chosen from."""
        for part in (self._values, self._bars, self._missing):
            if not part.isHidden():
                part.setFocus(Qt.FocusReason.PopupFocusReason)
                return

    def open_below(self, head: QWidget, rect: QRect) -> None:
        """Open below the rectangle of a head, within the screen."""
        self.adjustSize()
        corner = head.mapToGlobal(rect.bottomLeft() + QPoint(0, 1))
        room = head.screen().availableGeometry()
        corner.setX(max(room.left(), min(corner.x(), room.right() - self.width())))
        self.move(corner)
        self.show()
        self.focus_content()

    def closeEvent(self, event: QCloseEvent) -> None:
        """Emit `closed`."""
        super().closeEvent(event)
        self.closed.emit()

    def _about_values(
        self, values: ColumnValues, progress: ColumnsProgress, *, is_all: bool
    ) -> str:
        parts = []
        if not progress.lines:
            return _("There are no values.")
        if values.distinct is not None:
            text = ngettext("{number} value", "{number} different values", values.distinct)
            parts.append(text.format(number=count_in_words(values.distinct)))
        else:
            parts.append(_("Over 1,000 different values"))
        if values.histogram is not None and not self._is_number:
            parts.append(_("lengths in characters"))
        if not is_all:
            text = ngettext(
                "in the first {number} line", "in the first {number} lines", progress.lines
            )
            parts.append(text.format(number=count_in_words(progress.lines)))
        return " · ".join(parts)

    @Slot(str)
    def _show_bar(self, words: str) -> None:
        self._bar_words.setText(words)

    @Slot()
    def _choose_missing(self) -> None:
        self._choose(IsMissing(self._column))

    @Slot()
    def _choose_all(self) -> None:
        self._choose(None)

    @Slot(QListWidgetItem)
    def _choose_item(self, item: QListWidgetItem) -> None:
        self._choose(ValueIs(self._column, item.data(Qt.ItemDataRole.UserRole)))

    @Slot(object)
    def _choose_range(self, chosen: Range | None) -> None:
        if chosen is None:
            self._choose(None)
        elif self._is_number:
            self._choose(NumberIn(self._column, *chosen))
        else:
            self._choose(LengthIn(self._column, *chosen))

    def _choose(self, condition: Condition | None) -> None:
        """Filter; what filters already is no longer filtered by."""
        if not self.isVisible():
            return  # it was chosen already: a double click activates, too
        self.close()
        self.chosen.emit(None if condition == self._active else condition)


def _link(text: str) -> QPushButton:
    button = link_button(text)
    button.setSizePolicy(button.sizePolicy().Policy.Maximum, button.sizePolicy().Policy.Fixed)
    return button

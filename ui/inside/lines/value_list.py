"""The commonest values of a column as a list, with a bar and a number each."""

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import (
    QFrame,
    QListWidget,
    QListWidgetItem,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from services.previews.rows.line_filter import Condition, ValueIs
from services.system.language import _, ngettext
from services.system.locale_format import whole
from ui.selection_look import EDGE
from ui.theme import Role, color
from ui.wording import count_in_words, one_line, tool_tip

_MOST_ROWS = 10
"""Values that are in sight at once."""
_COUNT = Qt.ItemDataRole.UserRole + 1


class ValueList(QListWidget):
    """The commonest values, with a bar and a number each."""

    def __init__(self) -> None:
        super().__init__()
        self.setProperty("look", "completions")
        self.setAccessibleName(_("Commonest values"))
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setMouseTracking(True)
        self.setUniformItemSizes(True)
        self.setItemDelegate(_ValueDelegate(self))

    def show_values(
        self, values: tuple[tuple[str, int], ...], lines: int, active: Condition | None
    ) -> None:
        """Show values with how often they occur in `lines` lines; `active` filters by one."""
        self.clear()
        chosen = 0
        most = max((count for _text, count in values), default=1)
        for place, (text, count) in enumerate(values):
            shown = one_line(text) or _("(empty)")
            item = QListWidgetItem(shown)
            item.setData(Qt.ItemDataRole.UserRole, text)
            item.setData(_COUNT, (count, count / most))
            item.setToolTip(tool_tip(f"{shown} · {share_in_words(count, lines)}"))
            number = ngettext("{number} line", "{number} lines", count)
            spoken = f"{shown}, {number.format(number=count_in_words(count))}"
            item.setData(Qt.ItemDataRole.AccessibleTextRole, spoken)
            self.addItem(item)
            if isinstance(active, ValueIs) and active.text == text:
                chosen = place
        self.setCurrentRow(chosen)
        rows = min(self.count(), _MOST_ROWS)
        self.setFixedHeight(max(1, rows * _row_height(self)))


class _ValueDelegate(QStyledItemDelegate):
    """Draws a value at the left, its number at the right, and its bar below."""

    def sizeHint(
        self, option: QStyleOptionViewItem, _index: QModelIndex | QPersistentModelIndex
    ) -> QSize:
        """One line of text, and a bar."""
        return QSize(100, _row_height(option.widget))

    def paint(
        self,
        painter: QPainter,
        option: QStyleOptionViewItem,
        index: QModelIndex | QPersistentModelIndex,
    ) -> None:
        """Draw the row."""
        rect: QRect = option.rect
        palette = option.palette
        metrics = option.fontMetrics
        if option.state & QStyle.StateFlag.State_Selected:
            painter.fillRect(rect, color(Role.SELECTION, palette))
            painter.fillRect(
                rect.left(), rect.top(), EDGE, rect.height(), color(Role.ACCENT, palette)
            )
        elif option.state & QStyle.StateFlag.State_MouseOver:
            painter.fillRect(rect, color(Role.HOVER, palette))
        count, share = index.data(_COUNT)
        room = rect.adjusted(8, 3, -8, -4)
        number = whole(count)
        text_room = QRect(room.left(), room.top(), room.width(), metrics.height())
        painter.setPen(color(Role.MUTED, palette))
        painter.drawText(text_room, Qt.AlignmentFlag.AlignRight, number)
        width = text_room.width() - metrics.horizontalAdvance(number) - 10
        text = metrics.elidedText(index.data(), Qt.TextElideMode.ElideRight, width)
        painter.setPen(color(Role.TEXT, palette))
        painter.drawText(text_room, Qt.TextFlag.TextSingleLine, text)
        bar = QRectF(room.left(), room.bottom() - 2, room.width(), 3)
        painter.fillRect(bar, color(Role.TRACK, palette))
        bar.setWidth(max(2.0, share * room.width()))
        painter.fillRect(bar, color(Role.ACCENT, palette))


def share_in_words(part: int, of: int) -> str:
    """A share in whole percents; only none is 0%, and only all is 100%."""
    if not of or not part:
        return _("{number}%").format(number=whole(0))
    percent = 100 * part / of
    if percent < 1:
        return _("under {number}%").format(number=whole(1))
    return _("{number}%").format(number=whole(100 if part == of else min(99, round(percent))))


def _row_height(widget: QWidget) -> int:
    return widget.fontMetrics().height() + 11

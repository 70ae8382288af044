"""How large the review sheet is and where it stands: as high as its content, within its window."""

from collections import deque

from PySide6.QtCore import QPoint, QSize
from PySide6.QtWidgets import QDialog

from ui.uploads.review_table import ReviewTable
from ui.window_size import fitting

_MARGIN = 32
"""Pixels of the window that stay in sight on each side of the largest sheet."""
_HIGHEST = 760
_REMEMBERED = 20


class SheetPlace:
    """Lets a sheet grow and shrink with its content until the person resizes it.

    Its top stays where it is.
    """

    def __init__(self, sheet: QDialog, table: ReviewTable, width: int) -> None:
        """`table` is what scrolls when not everything fits; `width` is how wide to be at most."""
        self._sheet = sheet
        self._table = table
        room = fitting(sheet, width, _HIGHEST)
        parent = sheet.parentWidget()
        if parent is not None:
            room = room.boundedTo(parent.window().size() - QSize(2 * _MARGIN, 2 * _MARGIN))
        self._largest = room
        self._asked: deque[QSize] = deque(maxlen=_REMEMBERED)
        """The sizes that the program has set last: the system answers late, and to several at once."""
        self._resized = False
        """Whether the person has chosen another size."""
        self.may_shrink = True
        """False while shrinking would be in the way, as while something is typed."""
        self.fit()

    def fit(self) -> None:
        """Make the sheet as high as what is in it."""
        layout = self._sheet.layout()
        assert layout is not None
        width = self._sheet.width() if self._resized else self._largest.width()
        needed = layout.totalHeightForWidth(width)
        if needed < 0:
            needed = layout.totalSizeHint().height()
        around = needed - self._table.sizeHint().height()
        most = self._sheet.height() if self._resized else self._largest.height()
        self._table.be_no_higher(most - around)
        if self._resized:
            return
        height = around + self._table.sizeHint().height()
        if not self.may_shrink:
            height = max(height, self._sheet.height())
        size = QSize(width, min(height, most)).expandedTo(self._sheet.minimumSizeHint())
        self._note_asked(size)
        self._sheet.resize(size)

    def note_size(self, *, by_system: bool) -> None:
        """The sheet has got a size, by the program or by the system, which may do as a person says.

        Qt makes it larger by itself where its parts need more room than before.
        """
        size = self._sheet.size()
        if not by_system:
            self._note_asked(size)
            return
        if not any(_is_near(size, asked) for asked in self._asked):
            self._resized = True
        self.fit()

    def move(self) -> None:
        """Stand where the largest sheet would be in the middle of the window."""
        parent = self._sheet.parentWidget()
        if parent is None:
            return
        window = parent.window().geometry()
        screen = self._sheet.screen().availableGeometry()
        free = window.size() - self._largest
        place = window.topLeft() + QPoint(free.width() // 2, free.height() // 2)
        lowest = screen.bottom() - self._largest.height() - _MARGIN
        self._sheet.move(place.x(), max(screen.top(), min(place.y(), lowest)))

    def _note_asked(self, size: QSize) -> None:
        if size not in self._asked:
            self._asked.append(size)


def _is_near(one: QSize, other: QSize) -> bool:
    """Whether they are the same but for rounding, where everything is shown larger."""
    difference = one - other
    return max(abs(difference.width()), abs(difference.height())) <= 1

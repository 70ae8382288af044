"""Size and position of the review sheet: as high as its content, within its window."""

from collections import deque

from PySide6.QtCore import QPoint, QSize
from PySide6.QtWidgets import QDialog

from ui.uploads.review_table import ReviewTable
from ui.window_size import fit_to_screen

_MARGIN = 32
"""Pixels of the window left uncovered on each side of the largest sheet."""
_MAX_HEIGHT = 760
_MAX_REQUESTS = 20


class SheetGeometry:
    """Makes a sheet grow and shrink with its content until the user resizes it.

    Its top edge stays in place.
    """

    def __init__(self, sheet: QDialog, table: ReviewTable, width: int) -> None:
        """`table` scrolls when not everything fits; `width` is the maximum width."""
        self._sheet = sheet
        self._table = table
        room = fit_to_screen(sheet, width, _MAX_HEIGHT)
        parent = sheet.parentWidget()
        if parent is not None:
            room = room.boundedTo(parent.window().size() - QSize(2 * _MARGIN, 2 * _MARGIN))
        self._largest = room
        self._requested: deque[QSize] = deque(maxlen=_MAX_REQUESTS)
        """The last sizes the program set. The system confirms them late, sometimes several at once."""
        self._resized = False
        """Whether the user has chosen another size."""
        self.may_shrink = True
        """False while shrinking would be distracting, such as while the user types."""
        self.fit()

    def fit(self) -> None:
        """Fit the sheet to its content."""
        layout = self._sheet.layout()
        assert layout is not None
        width = self._sheet.width() if self._resized else self._largest.width()
        needed = layout.totalHeightForWidth(width)
        if needed < 0:
            needed = layout.totalSizeHint().height()
        around = needed - self._table.sizeHint().height()
        most = self._sheet.height() if self._resized else self._largest.height()
        self._table.set_height_limit(most - around)
        if self._resized:
            return
        height = around + self._table.sizeHint().height()
        if not self.may_shrink:
            height = max(height, self._sheet.height())
        size = QSize(width, min(height, most)).expandedTo(self._sheet.minimumSizeHint())
        self._remember(size)
        self._sheet.resize(size)

    def handle_resize(self, *, by_system: bool) -> None:
        """Handle a new size, set by the program or, on the user's behalf, by the system.

        Qt itself enlarges the sheet when its parts need more room.
        """
        size = self._sheet.size()
        if not by_system:
            self._remember(size)
            return
        if not any(_is_near(size, requested) for requested in self._requested):
            self._resized = True
        self.fit()

    def move(self) -> None:
        """Position the sheet as if it had its maximum size, centered in the window."""
        parent = self._sheet.parentWidget()
        if parent is None:
            return
        window = parent.window().geometry()
        screen = self._sheet.screen().availableGeometry()
        free = window.size() - self._largest
        place = window.topLeft() + QPoint(free.width() // 2, free.height() // 2)
        lowest = screen.bottom() - self._largest.height() - _MARGIN
        self._sheet.move(place.x(), max(screen.top(), min(place.y(), lowest)))

    def _remember(self, size: QSize) -> None:
        if size not in self._requested:
            self._requested.append(size)


def _is_near(one: QSize, other: QSize) -> bool:
    """Whether two sizes are equal up to rounding, which happens with display scaling."""
    difference = one - other
    return max(abs(difference.width()), abs(difference.height())) <= 1

"""The colors that distinguish accounts; none of them looks like a status."""

from collections.abc import Sequence
from zlib import crc32

from PySide6.QtCore import QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QColor, QIcon, QPainter
from PySide6.QtWidgets import QApplication

from services.providers.account import Account, AccountKind
from ui.icons import DrawnIcon, paint_icon
from ui.theme import ACCOUNT_COLORS, Role, account_color, color


def color_numbers(accounts: Sequence[Account]) -> dict[str, int | None]:
    """The color number of each account by ID; None for the sandbox, which has no color.

    An ID always gets the same color unless an earlier account has it; then it gets the next free
    one, as long as there are enough.
    """
    numbers: dict[str, int | None] = {}
    taken: set[int] = set()
    for account in accounts:
        if account.kind is AccountKind.SANDBOX:
            numbers[account.id] = None
            continue
        first = crc32(account.id.encode()) % len(ACCOUNT_COLORS)
        candidates = [(first + step) % len(ACCOUNT_COLORS) for step in range(len(ACCOUNT_COLORS))]
        number = next((one for one in candidates if one not in taken), first)
        taken.add(number)
        numbers[account.id] = number
    return numbers


def paint_dot(painter: QPainter, middle: QPointF, radius: float, ink: QColor) -> None:
    """Draw an account's dot. Changes the painter's pen and brush."""
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(ink)
    painter.drawEllipse(middle, radius, radius)


def dot_icon(number: int | None) -> QIcon:
    """An account's dot as a menu icon in the current color scheme, with a check mark if on."""
    return _Dot(number).icon()


class _Dot(DrawnIcon):
    def __init__(self, number: int | None) -> None:
        super().__init__()
        self._number = number

    def clone(self) -> DrawnIcon:
        return _Dot(self._number)

    def paint(self, painter: QPainter, rect: QRect, mode: QIcon.Mode, state: QIcon.State) -> None:
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        palette = QApplication.palette()
        side, middle = min(rect.width(), rect.height()), QRectF(rect).center()
        chosen = state == QIcon.State.On
        ink = account_color(self._number, palette)
        paint_dot(painter, middle, side * (_CHOSEN if chosen else _RADIUS), ink)
        if chosen:
            mark = QRect(0, 0, round(side * _MARK), round(side * _MARK))
            mark.moveCenter(middle.toPoint())
            paint_icon(painter, mark, "check", color(Role.CARD, palette))
        painter.restore()


# Fractions of the icon's size.
_RADIUS = 0.3
_CHOSEN = 0.5
_MARK = 0.75

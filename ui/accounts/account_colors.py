"""The colors that distinguish accounts; none of them looks like a status."""

from collections.abc import Sequence
from zlib import crc32

from PySide6.QtCore import QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QColor, QIcon, QPainter
from PySide6.QtWidgets import QApplication

from services.providers.account import Account, AccountKind
from services.system.language import _
from ui.icons import DrawnIcon, paint_icon
from ui.theme import ACCOUNT_COLORS, Role, account_color, color


def account_colors(accounts: Sequence[Account]) -> dict[str, str]:
    """The name of each account's color by ID; empty for the sandbox, which has no color.

    An account without a chosen color gets one that depends only on its ID and on which colors are
    taken: the chosen ones, and those of accounts whose IDs come first. So it keeps its color when
    accounts are moved.
    """
    colors = {
        one.id: one.color if one.color in ACCOUNT_COLORS and not _is_gray(one) else ""
        for one in accounts
    }
    taken = set(colors.values())
    names = list(ACCOUNT_COLORS)
    for account in sorted(accounts, key=lambda one: one.id):
        if colors[account.id] or _is_gray(account):
            continue
        first = crc32(account.id.encode()) % len(names)
        candidates = names[first:] + names[:first]
        name = next((one for one in candidates if one not in taken), candidates[0])
        taken.add(name)
        colors[account.id] = name
    return colors


def free_color(accounts: Sequence[Account]) -> str:
    """The name of a color for a new account: one that none of these has, if there is one."""
    taken = list(account_colors(accounts).values())
    return min(ACCOUNT_COLORS, key=taken.count)


def color_title(name: str) -> str:
    """A color of `ACCOUNT_COLORS` in words."""
    return {
        "indigo": _("Indigo"),
        "plum": _("Plum"),
        "teal": _("Teal"),
        "magenta": _("Magenta"),
        "blue": _("Blue"),
        "violet": _("Violet"),
    }[name]


def paint_dot(painter: QPainter, middle: QPointF, radius: float, ink: QColor) -> None:
    """Draw an account's dot. Changes the painter's pen and brush."""
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(ink)
    painter.drawEllipse(middle, radius, radius)


def dot_icon(name: str) -> QIcon:
    """An account's dot as a menu icon in the current color scheme, with a check mark if on."""
    return _Dot(name).icon()


def key_icon(name: str) -> QIcon:
    """A key in an account's color, in the current color scheme."""
    return _Key(name).icon()


class _Key(DrawnIcon):
    def __init__(self, name: str) -> None:
        super().__init__()
        self._name = name

    def clone(self) -> DrawnIcon:
        return _Key(self._name)

    def paint(self, painter: QPainter, rect: QRect, mode: QIcon.Mode, state: QIcon.State) -> None:
        ink = account_color(self._name, QApplication.palette())
        paint_icon(painter, rect, "key-round", ink)


class _Dot(DrawnIcon):
    def __init__(self, name: str) -> None:
        super().__init__()
        self._name = name

    def clone(self) -> DrawnIcon:
        return _Dot(self._name)

    def paint(self, painter: QPainter, rect: QRect, mode: QIcon.Mode, state: QIcon.State) -> None:
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        palette = QApplication.palette()
        side, middle = min(rect.width(), rect.height()), QRectF(rect).center()
        chosen = state == QIcon.State.On
        ink = account_color(self._name, palette)
        paint_dot(painter, middle, side * (_CHOSEN if chosen else _RADIUS), ink)
        if chosen:
            mark = QRect(0, 0, round(side * _MARK), round(side * _MARK))
            mark.moveCenter(middle.toPoint())
            paint_icon(painter, mark, "check", color(Role.CARD, palette))
        painter.restore()


def _is_gray(account: Account) -> bool:
    return account.kind is AccountKind.SANDBOX


# Fractions of the icon's size.
_RADIUS = 0.3
_CHOSEN = 0.5
_MARK = 0.75

"""Spin boxes for counts, days and sizes."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QValidator, QWheelEvent
from PySide6.QtWidgets import QWidget

from services.system.language import ngettext
from services.system.locale_format import whole
from services.system.sizes import MB, format_size, parse_size
from ui.widgets.spin_box import SpinBox

_MOST_DAYS = 10_000
_MOST_MEGABYTES = 10_000_000


class NumberBox(SpinBox):
    """A number that changes when it is typed in full, and by the wheel only with the focus.

    Otherwise, scrolling past it would change it.
    """

    def __init__(self, most: int, parent: QWidget | None = None) -> None:
        """`most` is the largest number; the smallest one is 1."""
        super().__init__(parent)
        self.setRange(1, most)
        self.setKeyboardTracking(False)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Leave the wheel to the page, unless the field has the focus."""
        if self.hasFocus():
            super().wheelEvent(event)
        else:
            event.ignore()


class DaysBox(NumberBox):
    """A number of days: “14 days”."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(_MOST_DAYS, parent)

    def textFromValue(self, value: int) -> str:
        """The number with its unit."""
        return ngettext("{number} day", "{number} days", value).format(number=whole(value))

    def valueFromText(self, text: str) -> int:
        """The number alone."""
        return min(int(_digits(text) or 1), _MOST_DAYS)

    def validate(self, text: str, place: int) -> tuple[QValidator.State, str, int]:
        """Accept anything with digits."""
        return _judged(bool(_digits(text)), text, place)


class SizeBox(NumberBox):
    """A size in megabytes: “25 MB”, “1.5 GB”."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(_MOST_MEGABYTES, parent)

    @property
    def size_in_bytes(self) -> int:
        """In bytes."""
        return self.value() * MB

    def set_size(self, size: int) -> None:
        """Show a size in bytes, rounded to megabytes."""
        self.setValue(max(1, round(size / MB)))

    def textFromValue(self, value: int) -> str:
        """The size as it is shown everywhere."""
        return format_size(value * MB)

    def valueFromText(self, text: str) -> int:
        """A size; a number without a unit means megabytes."""
        return min(max(1, _megabytes(text) or 1), _MOST_MEGABYTES)

    def validate(self, text: str, place: int) -> tuple[QValidator.State, str, int]:
        """Accept what can be read as a size."""
        return _judged(_megabytes(text) is not None, text, place)


def _digits(text: str) -> str:
    return "".join(one for one in text if one.isdecimal())[:6]


def _megabytes(text: str) -> int | None:
    parsed = parse_size(text)
    if parsed is None:
        return None
    has_unit = any(one.isalpha() for one in text)
    return round(parsed.size / MB) if has_unit else parsed.size


def _judged(good: bool, text: str, place: int) -> tuple[QValidator.State, str, int]:
    state = QValidator.State.Acceptable if good else QValidator.State.Intermediate
    return state, text, place

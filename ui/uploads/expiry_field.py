"""The choice of when uploaded files expire."""

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QSpinBox, QWidget

from services.language import _
from ui.wording import DAY, HOUR, MINUTE

SHORTEST = 3_600
LONGEST = 2_592_000
_CUSTOM = -1


class ExpiryField(QWidget):
    """Offers the usual spans and any other the API takes, so no wrong one can be entered.

    The API takes 3,600 to 2,592,000 seconds; without a choice it keeps files of the purpose
    batch for 30 days and the others until they are deleted.
    """

    def __init__(self, seconds: int | None, parent: QWidget | None = None) -> None:
        """`seconds` is what is chosen first; None is the server's default."""
        super().__init__(parent)
        self._choice = QComboBox()
        self._choice.setAccessibleName(_("Expires"))
        for text, span in (
            (_("Default (batch: 30 days)"), None),
            (_("1 hour"), HOUR),
            (_("1 day"), DAY),
            (_("7 days"), 7 * DAY),
            (_("30 days"), 30 * DAY),
            (_("Custom…"), _CUSTOM),
        ):
            self._choice.addItem(text, span)
        self._number = QSpinBox()
        self._number.setAccessibleName(_("Expires after"))
        self._number.setGroupSeparatorShown(True)
        self._unit = QComboBox()
        self._unit.setAccessibleName(_("Unit"))
        for text, span in (
            (_("days"), DAY),
            (_("hours"), HOUR),
            (_("minutes"), MINUTE),
            (_("seconds"), 1),
        ):
            self._unit.addItem(text, span)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        for widget in (self._choice, self._number, self._unit):
            row.addWidget(widget)
        self._span = int(self._unit.currentData())
        self._limit()
        self._unit.currentIndexChanged.connect(self._unit_changed)
        self._choice.currentIndexChanged.connect(self._choice_changed)
        self._show(seconds)
        self._choice_changed()

    @property
    def seconds(self) -> int | None:
        """What is chosen; None is the server's default."""
        chosen: int | None = self._choice.currentData()
        if chosen != _CUSTOM:
            return chosen
        return self._number.value() * self._span

    @Slot()
    def _choice_changed(self) -> None:
        custom = self._choice.currentData() == _CUSTOM
        self._number.setVisible(custom)
        self._unit.setVisible(custom)

    @Slot()
    def _unit_changed(self) -> None:
        """Say about the same span in the new unit."""
        seconds = self._number.value() * self._span
        self._span = int(self._unit.currentData())
        self._limit()
        self._number.setValue(round(seconds / self._span))

    def _limit(self) -> None:
        self._number.setRange(-(-SHORTEST // self._span), LONGEST // self._span)

    def _show(self, seconds: int | None) -> None:
        preset = self._choice.findData(seconds) if seconds is not None else 0
        if preset >= 0:
            self._choice.setCurrentIndex(preset)
            return
        within = min(max(seconds or SHORTEST, SHORTEST), LONGEST)
        unit = next(span for span in (DAY, HOUR, MINUTE, 1) if within % span == 0)
        self._choice.setCurrentIndex(self._choice.findData(_CUSTOM))
        self._unit.setCurrentIndex(self._unit.findData(unit))
        self._number.setValue(within // unit)

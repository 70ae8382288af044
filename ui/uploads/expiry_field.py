"""A field to choose when uploaded files expire."""

import time
from collections.abc import Callable

from PySide6.QtCore import QDateTime, QLocale, Qt, Signal, Slot
from PySide6.QtGui import QTextCharFormat
from PySide6.QtWidgets import (
    QCalendarWidget,
    QDateTimeEdit,
    QHBoxLayout,
    QSpinBox,
    QToolButton,
    QWidget,
)

from services.system.language import _
from ui.icons import icon
from ui.widgets.labels import ElidedLabel
from ui.widgets.list_box import ListBox
from ui.wording import DAY, HOUR, MINUTE, span_in_words, tool_tip

MIN_SECONDS = 3_600
MAX_SECONDS = 2_592_000
SHORT_LIFETIME = 7 * DAY
"""Seconds. A file with a shorter lifetime may be deleted before it is used."""
_CUSTOM = -1
_DATE = -2


class ExpiryField(QWidget):
    """Offers common durations, a custom duration, and a date.

    A custom duration can't exceed the API's limits; for a date that does, `problem` says why.

    Durations under a week show a warning: an expired file can't be restored, and a training file
    may be needed for longer. For the same reason, the choice isn't remembered.

    The API accepts 3,600 to 2,592,000 seconds. By default, it keeps batch files for 30 days and
    other files until they are deleted.
    """

    changed = Signal()
    """Emitted when the choice changes."""

    def __init__(
        self, parent: QWidget | None = None, clock: Callable[[], float] = time.time
    ) -> None:
        """Start with the server's default. `clock` returns seconds since 1970."""
        super().__init__(parent)
        self._clock = clock
        self._choice = ListBox()
        self._choice.setAccessibleName(_("Expires"))
        for text, span in (
            (_("Default (batch: 30 days)"), None),
            (_("1 hour"), HOUR),
            (_("1 day"), DAY),
            (_("7 days"), 7 * DAY),
            (_("30 days"), 30 * DAY),
            (_("Custom…"), _CUSTOM),
            (_("On a date…"), _DATE),
        ):
            self._choice.addItem(text, span)
        self._number = QSpinBox()
        self._number.setAccessibleName(_("Expires after"))
        self._number.setGroupSeparatorShown(True)
        self._unit = ListBox()
        self._unit.setAccessibleName(_("Unit"))
        for text, span in (
            (_("days"), DAY),
            (_("hours"), HOUR),
            (_("minutes"), MINUTE),
            (_("seconds"), 1),
        ):
            self._unit.addItem(text, span)
        self._date = QDateTimeEdit(QDateTime.fromSecsSinceEpoch(int(clock()) + 7 * DAY))
        self._date.setAccessibleName(_("Expires on"))
        self._date.setCalendarPopup(True)
        self._date.setDisplayFormat(QLocale().dateTimeFormat(QLocale.FormatType.ShortFormat))
        self._warning = ElidedLabel("warning")
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        for widget in (self._choice, self._number, self._unit, self._date, self._warning):
            row.addWidget(widget)
        self._span = int(self._unit.currentData())
        self._limit()
        self._unit.currentIndexChanged.connect(self._unit_changed)
        self._choice.currentIndexChanged.connect(self._choice_changed)
        self.changed.connect(self._show_warning)
        self._choice_changed()
        self._number.valueChanged.connect(self.changed)
        self._date.dateTimeChanged.connect(self.changed)

    @property
    def seconds(self) -> int | None:
        """The chosen lifetime; None for the server's default."""
        chosen: int | None = self._choice.currentData()
        if chosen == _DATE:
            return self._date.dateTime().toSecsSinceEpoch() - int(self._clock())
        if chosen != _CUSTOM:
            return chosen
        return self._number.value() * self._span

    def choose(self, seconds: int | None) -> None:
        """Choose a lifetime within the API's limits; None for the server's default."""
        index = self._choice.findData(seconds)
        if index >= 0:
            self._choice.setCurrentIndex(index)
        elif seconds is not None:
            span = next(one for one in (DAY, HOUR, MINUTE, 1) if seconds % one == 0)
            self._unit.setCurrentIndex(self._unit.findData(span))
            self._number.setValue(seconds // span)
            self._choice.setCurrentIndex(self._choice.findData(_CUSTOM))

    def allow(self, why_not: str) -> None:
        """Enable the field, or disable it and say why."""
        self.setEnabled(not why_not)
        self._choice.setItemText(0, _("Default") if why_not else _("Default (batch: 30 days)"))
        self.setToolTip(tool_tip(why_not))
        self._choice.setAccessibleDescription(why_not)

    @property
    def problem(self) -> str:
        """Why the API would reject the choice, as a sentence; empty if it is valid."""
        seconds = self.seconds
        if seconds is None or MIN_SECONDS <= seconds <= MAX_SECONDS:
            return ""
        if seconds < MIN_SECONDS:
            return _("Files are kept for at least an hour. Choose a later time.")
        return _("Files expire after 30 days at most. Choose an earlier time.")

    @Slot()
    def _choice_changed(self) -> None:
        custom = self._choice.currentData() == _CUSTOM
        if self._choice.currentData() == _DATE:
            # Not earlier: creating the calendar is slow.
            _restyle(self._date.calendarWidget())
        self._number.setVisible(custom)
        self._unit.setVisible(custom)
        self._date.setVisible(self._choice.currentData() == _DATE)
        self.changed.emit()

    @Slot()
    def _unit_changed(self) -> None:
        """Convert the duration to the new unit, rounded."""
        seconds = self._number.value() * self._span
        self._span = int(self._unit.currentData())
        self._limit()
        self._number.setValue(round(seconds / self._span))

    def _limit(self) -> None:
        self._number.setRange(-(-MIN_SECONDS // self._span), MAX_SECONDS // self._span)

    @Slot()
    def _show_warning(self) -> None:
        seconds = self.seconds
        short = seconds is not None and MIN_SECONDS <= seconds < SHORT_LIFETIME
        if short:
            words = _("Deleted {span} after upload")
            self._warning.setText(words.format(span=span_in_words(seconds or 0)))
        self._warning.setVisible(short)


def _restyle(calendar: QCalendarWidget) -> None:
    """Remove Qt's red weekends (red means danger here) and black arrows (invisible in dark mode)."""
    for day in (Qt.DayOfWeek.Saturday, Qt.DayOfWeek.Sunday):
        calendar.setWeekdayTextFormat(day, QTextCharFormat())
    arrows = {"qt_calendar_prevmonth": "chevron-left", "qt_calendar_nextmonth": "chevron-right"}
    for button in calendar.findChildren(QToolButton):
        if arrow := arrows.get(button.objectName()):
            button.setIcon(icon(arrow))

"""What several selected files add up to: by purpose, and over time."""

from collections.abc import Sequence
from heapq import nlargest

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from services.browse.selection_sums import PurposeSum, SelectionSums
from services.browse.timeline import Period, has_timeline, local_day
from services.system.language import _, ngettext
from services.system.sizes import format_size
from ui.inspector.size_chart import SizeChart
from ui.purpose_pill import PurposePill
from ui.widgets.labels import label
from ui.wording import (
    count_in_words,
    days_in_words,
    files_in_words,
    one_line,
    sizes_in_words,
    tool_tip,
    unknown_in_words,
)

MAX_PURPOSES = 8
"""A server may have a different purpose for every file."""


class SumsView(QWidget):
    """Shows when the files were created, a row for each purpose, and a chart."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._span = label("", "muted", wrap=True)
        self._rows: list[_PurposeRow] = []
        self._grid = QGridLayout()
        self._grid.setHorizontalSpacing(12)
        self._grid.setVerticalSpacing(4)
        self._grid.setColumnStretch(0, 1)
        self._more = label("", "muted")
        self._unit = label("", "muted")
        self.chart = SizeChart()
        head = QHBoxLayout()
        head.addWidget(label(_("SIZE OVER TIME"), "section"))
        head.addStretch(1)
        head.addWidget(self._unit)
        self._over_time = QWidget()
        over_time = QVBoxLayout(self._over_time)
        over_time.setContentsMargins(0, 8, 0, 0)
        over_time.setSpacing(4)
        over_time.addLayout(head)
        over_time.addWidget(self.chart)
        title = label(_("PURPOSES"), "section")
        title.setContentsMargins(0, 8, 0, 0)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addWidget(self._span)
        column.addWidget(title)
        column.addLayout(self._grid)
        column.addWidget(self._more)
        column.addWidget(self._over_time)

    def show_sums(self, sums: SelectionSums, periods: Sequence[Period] | None) -> None:
        """Show the sums, and a chart if there are periods.

        It stays empty while `periods` are being added up, and None.
        """
        self._span.setText(_span_in_words(sums))
        self._span.setVisible(sums.total.count > 0)
        largest = nlargest(MAX_PURPOSES, sums.purposes.items(), key=_rank)
        while len(self._rows) < len(largest):
            self._rows.append(_PurposeRow(self._grid, len(self._rows)))
        for place, row in enumerate(self._rows):
            row.show_sum(largest[place] if place < len(largest) else None)
        more = len(sums.purposes) - len(largest)
        # Translators: the number of other purposes.
        words = ngettext("and {number} more", "and {number} more", more)
        self._more.setText(words.format(number=count_in_words(more)))
        self._more.setVisible(more > 0)
        self._over_time.setVisible(has_timeline(sums) if periods is None else bool(periods))
        self._unit.setText(_unit_in_words(periods[0]) if periods else "")
        self.chart.show_periods(periods or ())


class _PurposeRow:
    """A purpose with the number and the size of its files."""

    def __init__(self, grid: QGridLayout, row: int) -> None:
        self._pill = PurposePill()
        self._count, self._size = label(), label()
        for column, part in enumerate((self._pill, self._count, self._size)):
            grid.addWidget(part, row, column)
        for part in (self._count, self._size):
            part.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)

    def show_sum(self, named: tuple[str, PurposeSum] | None) -> None:
        """Show another purpose, or nothing."""
        for part in (self._pill, self._count, self._size):
            part.setVisible(named is not None)
        if named is None:
            return
        purpose, sums = named
        self._pill.show_purpose(purpose or _("No purpose"))
        self._pill.setToolTip(tool_tip(one_line(purpose)))
        self._count.setText(files_in_words(sums.count))
        _show_size(self._size, sums)


def _show_size(shown: QLabel, sums: PurposeSum) -> None:
    if not sums.unknown:
        shown.setText(format_size(sums.size))
        shown.setToolTip("")
        shown.setAccessibleName("")
        return
    all_unknown = sums.unknown == sums.count
    shown.setText(format_size(None) if all_unknown else f"≥ {format_size(sums.size)}")
    shown.setToolTip(tool_tip(unknown_in_words(sums.unknown)))
    shown.setAccessibleName(sizes_in_words(sums.size, sums.unknown))


def _rank(named: tuple[str, PurposeSum]) -> tuple[int, int]:
    return named[1].size, named[1].count


def _span_in_words(sums: SelectionSums) -> str:
    if sums.earliest is None or sums.latest is None:
        return _("Creation dates unknown")
    days = days_in_words(local_day(sums.earliest), local_day(sums.latest))
    words = _("Created {days}").format(days=days)
    if not sums.undated:
        return words
    text = ngettext("{number} without a date", "{number} without a date", sums.undated)
    return f"{words} · {text.format(number=count_in_words(sums.undated))}"


def _unit_in_words(period: Period) -> str:
    days = (period.last - period.first).days + 1
    if days <= 7:
        return _("by day") if days == 1 else _("by week")
    years = period.last.year - period.first.year + 1
    months = (years - 1) * 12 + period.last.month - period.first.month + 1
    if months < 12:
        return _("by month") if months == 1 else _("by quarter")
    return ngettext("by year", "by {number} years", years).format(number=count_in_words(years))

"""What became of the requests of a batch: a bar, its legend, tokens and models."""

from functools import partial

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QApplication, QHBoxLayout, QToolButton, QVBoxLayout, QWidget

from services.previews.batches.batch_summary import BatchSummary, SummaryProgress
from services.previews.rows.result_groups import GroupCount, ResultGroup, count_groups
from services.system.language import _, ngettext, pgettext
from services.system.locale_format import decimal
from services.system.sizes import format_size
from ui.inside.results.joined_files import JoinedFiles
from ui.inside.results.joined_note import JoinedNote
from ui.price_words import TellPrice, no_price
from ui.theme import Role, color
from ui.widgets.labels import ElidedLabel
from ui.widgets.parts_bar import PartsBar
from ui.widgets.tab_order import insert_in_tab_order
from ui.wording import count_in_words, one_line

GROUP_ROLES = {
    ResultGroup.SUCCEEDED: Role.SUCCESS,
    ResultGroup.RATE_LIMITED: Role.WARNING,
    ResultGroup.EXPIRED: Role.WARNING,
    ResultGroup.CANCELED: Role.MUTED,
    ResultGroup.FAILED: Role.DANGER,
    ResultGroup.UNREADABLE: Role.DANGER,
}
_CODES_SHOWN = 3
_SQUARE = 8
"""The side of the colored square before an entry, in pixels."""


class ResultsStrip(QWidget):
    """Shows sums; the entries of the legend are switches that filter."""

    group_chosen = Signal(object)
    """Show only the results of this `ResultGroup`; None shows all."""
    find_requested = Signal()
    """Find the requests that the results answer."""
    file_requested = Signal(object)
    """Look inside this `RemoteFile`."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("look", "bar")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.tell_price: TellPrice = no_price
        """Says what the tokens cost."""
        self._chosen: ResultGroup | None = None
        self._summary: BatchSummary | None = None
        self._bar = PartsBar()
        self._entries: dict[ResultGroup, _Entry] = {}
        self._legend = QHBoxLayout()
        self._legend.setSpacing(12)
        self._tokens = ElidedLabel("muted")
        self._note = ElidedLabel("muted")
        self._joined = JoinedNote()
        self._joined.find_requested.connect(self.find_requested)
        self._joined.file_requested.connect(self.file_requested)
        row = QHBoxLayout()
        row.addLayout(self._legend)
        row.addStretch(1)
        row.addWidget(self._tokens)
        column = QVBoxLayout(self)
        column.setContentsMargins(14, 12, 14, 8)
        column.setSpacing(6)
        column.addWidget(self._bar)
        column.addLayout(row)
        last = QHBoxLayout()
        last.setSpacing(12)
        last.addWidget(self._joined)
        last.addWidget(self._note, 1)
        column.addLayout(last)

    @property
    def chosen(self) -> ResultGroup | None:
        """The group that is shown alone."""
        return self._chosen

    def begin(self) -> None:
        """Show nothing so far of another file."""
        self._chosen = None
        self._summary = None
        self._joined.show_joined(None)
        self._bar.show_parts(())
        self._tokens.setText("")
        self._note.setText(_("The results are added up once the whole file has been read."))
        for entry in self._entries.values():
            entry.deleteLater()
        self._entries.clear()

    def show_progress(self, progress: SummaryProgress, size: int | None) -> None:
        """Show the sums so far; `size` is that of the file, in bytes."""
        summary = progress.summary
        groups = count_groups(summary)
        self._bar.show_parts([(GROUP_ROLES[one.group], one.number) for one in groups])
        for count in groups:
            entry = self._entries.get(count.group)
            if entry is None:
                entry = self._entries[count.group] = _Entry(GROUP_ROLES[count.group])
                entry.clicked.connect(partial(self._choose, count.group))
                self._legend.addWidget(entry)
                insert_in_tab_order(entry, self._joined)
            entry.setText(_in_words(count))
        self._summary = summary
        self.show_prices()
        note = ""
        if not progress.is_complete:
            note = _("Added up {done} of {size}").format(
                done=format_size(progress.read), size=format_size(size)
            )
        self._note.setText(note)

    @Slot()
    def show_prices(self) -> None:
        """Tell the tokens, and what they cost by now."""
        summary = self._summary
        if summary is None:
            return
        read = sum(one.input for one in summary.tokens.values())
        written = sum(one.output for one in summary.tokens.values())
        cached = sum(one.cached for one in summary.tokens.values())
        words = []
        if read or written:
            tokens = pgettext("tokens", "{read} tokens in · {written} out")
            words.append(tokens.format(read=count_in_words(read), written=count_in_words(written)))
        if cached:
            words.append(_("{number} cached").format(number=count_in_words(cached)))
        price = self.tell_price(summary.tokens)
        if price:
            words.append(price)
        if summary.timed:
            average = decimal(summary.seconds / summary.timed)
            words.append(_("{number} s on average").format(number=average))
        models = sorted(filter(None, summary.tokens))
        if len(models) == 1:
            words.append(_("Model {name}").format(name=one_line(models[0])))
        elif models:
            text = ngettext("{number} model", "{number} models", len(models))
            words.append(text.format(number=count_in_words(len(models))))
        self._tokens.setText("   ".join(words))
        self._tokens.setToolTip("\n".join(map(one_line, models)))

    def show_joined(self, files: JoinedFiles) -> None:
        """Show the sums over all results that were joined, and the files they are in."""
        self.show_progress(SummaryProgress(0, files.joined.summary, is_complete=True), None)
        self._joined.show_joined(files)

    def choose(self, group: ResultGroup | None) -> None:
        """Mark the group that is shown alone."""
        self._chosen = group
        for one, entry in self._entries.items():
            entry.setChecked(one is group)

    def _choose(self, group: ResultGroup) -> None:
        self.choose(None if self._chosen is group else group)
        self.group_chosen.emit(self._chosen)


class _Entry(QToolButton):
    """An entry of the legend, with a square in its color."""

    def __init__(self, role: Role) -> None:
        super().__init__()
        self._role = role
        self.setProperty("look", "legend")
        self.setCheckable(True)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the button and its square."""
        super().paintEvent(event)
        painter = QPainter(self)
        ink: QColor = color(self._role, QApplication.palette())
        painter.fillRect(6, (self.height() - _SQUARE) // 2, _SQUARE, _SQUARE, ink)
        painter.end()


def group_in_words(group: ResultGroup, number: int) -> str:
    """A group with its number, such as “46 rate-limited”."""
    text = {
        ResultGroup.SUCCEEDED: ngettext("{number} succeeded", "{number} succeeded", number),
        ResultGroup.RATE_LIMITED: ngettext(
            "{number} rate-limited", "{number} rate-limited", number
        ),
        ResultGroup.EXPIRED: ngettext("{number} expired", "{number} expired", number),
        ResultGroup.CANCELED: ngettext("{number} canceled", "{number} canceled", number),
        ResultGroup.FAILED: ngettext("{number} failed", "{number} failed", number),
        ResultGroup.UNREADABLE: ngettext(
            "{number} unreadable line", "{number} unreadable lines", number
        ),
    }[group]
    return text.format(number=count_in_words(number))


def _in_words(count: GroupCount) -> str:
    words = group_in_words(count.group, count.number)
    codes = list(count.status_codes.items())
    if not codes:
        return words
    shown = [f"{count_in_words(number)} × {code}" for code, number in codes[:_CODES_SHOWN]]
    if len(codes) > _CODES_SHOWN:
        shown.append("…")
    return f"{words}: {', '.join(shown)}"

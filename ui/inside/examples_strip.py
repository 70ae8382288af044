"""What the open file holds for its purpose: training examples in numbers, and problems."""

from collections.abc import Iterable

from PySide6.QtCore import QSize, Qt, Signal, Slot
from PySide6.QtWidgets import (
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QListWidget,
    QListWidgetItem,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from services.checks.events import CheckedFile
from services.checks.finding import Finding
from services.previews.rows.example_summary import ExamplesProgress
from services.problems.severity import Severity
from services.system.language import _
from ui.icons import icon, spaced_icon_size
from ui.inside.examples_words import counts_in_words, facts_of
from ui.inside.lines.condition_words import Range
from ui.inside.lines.histogram_bars import HistogramBars
from ui.selection_look import SelectionDelegate
from ui.theme import Role
from ui.uploads.row_check import finding_in_words
from ui.widgets.labels import ElidedLabel, label
from ui.widgets.tab_order import insert_in_tab_order
from ui.wording import count_in_words, one_line, tool_tip

_HEIGHT = 168
_LIST_HEIGHT = 124
"""Without examples, with problems."""
_LINE_HEIGHT = 64
"""Without examples and problems."""
_ROW_HEIGHT = 26
"""Of a problem, in pixels."""
_FACTS_WIDTH = 15
"""In line heights."""
_AROUND_NOTE = 2
"""Pixels that a text needs beyond the width of its characters."""
_LOOKS = {
    Severity.ERROR: ("circle-x", Role.DANGER),
    Severity.WARNING: ("triangle-alert", Role.WARNING),
}


class ExamplesStrip(QWidget):
    """Shows counts, a histogram of tokens that filters, and problems that lead to their lines."""

    tokens_chosen = Signal(object)
    """Show only the examples with a number of tokens in this `Range`; None shows all."""
    line_chosen = Signal(object)
    """Show the line with this number."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("look", "bar")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._facts = _Facts()
        self._bars = HistogramBars()
        self._bars.setAccessibleName(_("Tokens per example"))
        self._bars.range_chosen.connect(self.tokens_chosen)
        self._bars.pointed.connect(self._show_bar)
        self._median = ""
        self._has_summary = False
        self._problems = _Problems()
        self._problems.line_chosen.connect(self.line_chosen)
        self._facts_part = _Part(_("EXAMPLES"), self._facts)
        self._facts_part.setFixedWidth(_FACTS_WIDTH * self.fontMetrics().height())
        self._bars_part = _Part(_("TOKENS PER EXAMPLE"), self._bars)
        self._problems_part = _Part(_("PROBLEMS"), self._problems)
        row = QHBoxLayout(self)
        row.setContentsMargins(14, 10, 14, 10)
        row.setSpacing(24)
        row.addWidget(self._facts_part)
        row.addWidget(self._bars_part, 3)
        row.addWidget(self._problems_part, 4)

    def begin(self, *, has_examples: bool, is_checked: bool) -> None:
        """Show nothing so far of another content; `is_checked` is whether it will be checked."""
        self._median = ""
        self._has_summary = False
        self._facts.show_facts(())
        self._facts_part.setVisible(has_examples)
        self._bars_part.setVisible(has_examples)
        self._bars.show_histogram(None)
        self._bars_part.show_note("")
        self._problems_part.setVisible(is_checked)
        self._problems_part.show_note("")
        self._problems.show_message("")
        self.setFixedHeight(_HEIGHT if has_examples else _LINE_HEIGHT)

    def show_reading(self, *, is_whole: bool, is_paused: bool) -> None:
        """Show why there are no examples or problems yet."""
        if is_whole:
            text = _("Checking…")
        else:
            text = _("Not fully read yet") if is_paused else _("Reading…")
        self._problems.show_message(text)
        if not self._has_summary:
            self._facts.show_facts([(_("Adding up…") if is_whole else text, "")])

    def show_examples(self, progress: ExamplesProgress) -> None:
        """Show the examples in numbers, so far or all."""
        summary = progress.summary
        if summary is None:
            count = count_in_words(progress.examples)
            self._facts.show_facts([(_("Examples"), count), (_("Adding up…"), "")])
            return
        self._has_summary = True
        self._facts.show_facts(facts_of(summary))
        self._bars.show_histogram(summary.histogram, are_whole=True)
        if summary.examples > 1:
            text = _("half have fewer than {number}")
            self._median = text.format(number=count_in_words(summary.median_tokens))
            self._bars_part.leave_room_for(self._median)
        self._show_bar("")

    def show_checked(self, checked: CheckedFile) -> None:
        """Show the problems that were found."""
        report = checked.report
        if report is None:
            title = checked.problem.title if checked.problem is not None else ""
            self._problems.show_message(one_line(title))
            return
        self._problems_part.show_note(counts_in_words(report))
        if report.findings:
            self._problems.show_findings(report.findings)
            self.setFixedHeight(max(self.height(), _LIST_HEIGHT))
        else:
            self._problems.show_message(" · ".join((_("No problems found"), *report.facts)))

    def insert_in_tab_order(self, followed_by: QWidget) -> None:
        """Let Tab go from here to `followed_by`, which is in the same window."""
        for part in (self._bars, self._problems.list):
            insert_in_tab_order(part, followed_by)

    def choose_tokens(self, chosen: Range | None) -> None:
        """Mark the range of tokens that is shown alone."""
        self._bars.choose(chosen)

    def mark_tokens(self, tokens: int | None) -> None:
        """Mark where an example with this many tokens is."""
        self._bars.mark(tokens)

    @Slot(str)
    def _show_bar(self, words: str) -> None:
        self._bars_part.show_note(words or self._median)


class _Part(QWidget):
    """A titled part, with a note beside the title."""

    def __init__(self, title: str, content: QWidget) -> None:
        super().__init__()
        self._note = ElidedLabel("muted")
        self._note.setAlignment(Qt.AlignmentFlag.AlignRight)
        head = QHBoxLayout()
        head.setSpacing(12)
        head.addWidget(label(title, "section"))
        head.addStretch(1)
        head.addWidget(self._note)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        column.addLayout(head)
        column.addWidget(content, 1)

    def show_note(self, text: str) -> None:
        self._note.setText(text)

    def leave_room_for(self, note: str) -> None:
        width = self._note.fontMetrics().horizontalAdvance(note)
        self._note.setMinimumWidth(width + _AROUND_NOTE)


class _Facts(QWidget):
    """Names and values, one below the other."""

    def __init__(self) -> None:
        super().__init__()
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(14)
        self._grid.setVerticalSpacing(6)
        self._grid.setColumnStretch(1, 1)
        self._rows: list[tuple[ElidedLabel, ElidedLabel]] = []

    def show_facts(self, facts: Iterable[tuple[str, str]]) -> None:
        shown = list(facts)
        while len(self._rows) < len(shown):
            row = len(self._rows)
            name, value = ElidedLabel("muted"), ElidedLabel("")
            self._grid.addWidget(name, row, 0)
            self._grid.addWidget(value, row, 1)
            self._grid.setRowStretch(row, 0)
            self._grid.setRowStretch(row + 1, 1)
            self._rows.append((name, value))
        for row, (name, value) in enumerate(self._rows):
            is_shown = row < len(shown)
            name.setText(shown[row][0] if is_shown else "")
            value.setText(shown[row][1] if is_shown else "")
            name.setVisible(is_shown)
            value.setVisible(is_shown)


class _Problems(QStackedWidget):
    """A list of problems, or a sentence."""

    line_chosen = Signal(object)
    """The problem of this line was chosen."""

    def __init__(self) -> None:
        super().__init__()
        self._message = label("", "muted", wrap=True)
        self._message.setAlignment(Qt.AlignmentFlag.AlignTop)
        self.list = QListWidget()
        """What is shown if there are problems."""
        self.list.setProperty("look", "set-off")
        self.list.setAccessibleName(_("Problems"))
        self.list.setFrameShape(QFrame.Shape.NoFrame)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.setUniformItemSizes(True)
        self.list.setIconSize(spaced_icon_size(16))
        self.list.setItemDelegate(SelectionDelegate(self.list))
        self.list.itemClicked.connect(self._choose)
        self.list.itemActivated.connect(self._choose)
        self.addWidget(self._message)
        self.addWidget(self.list)

    def show_message(self, text: str) -> None:
        self.list.clear()
        self._message.setText(text)
        self.setCurrentWidget(self._message)

    def show_findings(self, findings: Iterable[Finding]) -> None:
        self.list.clear()
        for finding in findings:
            name, role = _LOOKS[finding.severity]
            words = finding_in_words(finding)
            item = QListWidgetItem(icon(name, role), words)
            item.setToolTip(tool_tip(words))
            item.setSizeHint(QSize(100, _ROW_HEIGHT))
            item.setData(Qt.ItemDataRole.UserRole, finding.line)
            kind = _("Error") if finding.severity is Severity.ERROR else _("Warning")
            item.setData(Qt.ItemDataRole.AccessibleTextRole, f"{kind}: {words}")
            self.list.addItem(item)
        self.setCurrentWidget(self.list)

    @Slot(QListWidgetItem)
    def _choose(self, item: QListWidgetItem) -> None:
        line = item.data(Qt.ItemDataRole.UserRole)
        if line is not None:
            self.line_chosen.emit(line)

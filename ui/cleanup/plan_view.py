"""What a plan would delete, and what it skips."""

from PySide6.QtCore import QEvent, Qt, Signal, Slot
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from services.cleanup.plan import Plan, WhyKept
from services.cleanup.plan_words import group_in_words
from services.system.language import _
from ui.cleanup.clean_up_words import (
    MOST_SUMS,
    below_in_words,
    kept_in_words,
    sizes_of_plan,
    skipped_in_words,
    sums_in_words,
    title_in_words,
)
from ui.cleanup.plan_table import PlanTable
from ui.icons import icon
from ui.theme import Role, purpose_colors
from ui.widgets.buttons import link_button
from ui.widgets.labels import ElidedLabel, IconLabel, label
from ui.wording import count_in_words

_ICONS = {
    WhyKept.NEEDED: "layers",
    WhyKept.IN_STORE: "container",
    WhyKept.NOT_CHECKED: "search",
    WhyKept.NOT_DOWNLOADABLE: "cloud-off",
    WhyKept.NEWEST: "info",
}
_SUMS_GAP = 16
_LINES = 4
"""Kinds of kept files that there is room for."""


class PlanView(QWidget):
    """The files of a plan as a table, with sums below it, and the skipped ones."""

    order_chosen = Signal(object)
    """The files are to be in this `Order`."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._plan: Plan | None = None
        self._shows_kept = False
        self._title = label("", "strong", wrap=True)
        self._size = label("", "muted")
        self.table = PlanTable()
        self._sums = _SumsLine()
        self._below = label("", "muted")
        self._skipped = label("", "strong")
        self._skipped_size = label("", "muted")
        self.show_them = link_button(_("Show them"))
        self.show_them.setAutoDefault(False)
        self._lines = [_Line() for _number in range(_LINES)]
        self._build()
        self.show_them.clicked.connect(self._switch)
        self.table.order_chosen.connect(self.order_chosen)
        self.table.scrolled.connect(self._show_below)
        self._update()

    def show_plan(self, plan: Plan) -> None:
        """Show another plan."""
        self._plan = plan
        if not plan.kept:
            self._shows_kept = False
        self._update()

    @Slot()
    def _switch(self) -> None:
        self._shows_kept = not self._shows_kept
        self._update()

    @Slot()
    def _show_below(self) -> None:
        self._below.setText(below_in_words(self.table.below))

    def _update(self) -> None:
        plan = self._plan
        self.show_them.setVisible(plan is not None and bool(plan.kept))
        self.show_them.setText(_("Show the plan") if self._shows_kept else _("Show them"))
        if plan is None:
            self._title.setText(_("Working out the plan…"))
            return
        if self._shows_kept:
            title, size = kept_in_words(plan)
            self.table.plan_model.show_kept(plan)
        else:
            title, size = title_in_words(plan), sizes_of_plan(plan)
            self.table.plan_model.show_going(plan)
        self._title.setText(title)
        self._size.setText(size if plan.files or self._shows_kept else "")
        self.table.scrollToTop()
        self._sums.show_plan(plan)
        self._show_below()
        skipped, skipped_size = skipped_in_words(plan)
        self._skipped.setText(skipped)
        self._skipped_size.setText(skipped_size)
        texts = [(_ICONS[group.why], group_in_words(plan, group)) for group in plan.kept]
        for number, line in enumerate(self._lines):
            line.show_text(*(texts[number] if number < len(texts) else ("", "")))

    def _build(self) -> None:
        head = QHBoxLayout()
        head.setContentsMargins(10, 0, 0, 0)
        head.addWidget(self._title, 1, Qt.AlignmentFlag.AlignTop)
        head.addWidget(self._size, 0, Qt.AlignmentFlag.AlignTop)
        foot = QHBoxLayout()
        foot.setContentsMargins(10, 0, 0, 0)
        foot.addWidget(self._sums, 1)
        foot.addWidget(self._below)
        rule = QFrame()
        rule.setProperty("look", "rule")
        rule.setFixedHeight(1)
        box = QFrame()
        box.setProperty("look", "set-off")
        skipped_head = QHBoxLayout()
        skipped_head.setSpacing(8)
        skipped_head.addWidget(self._skipped)
        skipped_head.addWidget(self._skipped_size)
        skipped_head.addStretch(1)
        skipped_head.addWidget(self.show_them)
        inside = QVBoxLayout(box)
        inside.setContentsMargins(14, 8, 12, 10)
        inside.setSpacing(4)
        inside.addLayout(skipped_head)
        for line in self._lines:
            inside.addWidget(line)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addLayout(head)
        column.addWidget(self.table, 1)
        column.addWidget(rule)
        column.addLayout(foot)
        column.addWidget(box)


class _Line(QWidget):
    """An icon and a sentence; hidden while it is empty."""

    def __init__(self) -> None:
        super().__init__()
        self._icon = IconLabel(icon("info", Role.MUTED), 1.0)
        self._text = ElidedLabel("")
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(10)
        row.addWidget(self._icon)
        row.addWidget(self._text, 1)

    def show_text(self, icon_name: str, text: str) -> None:
        """Show another sentence, or nothing."""
        self.setVisible(bool(text))
        if icon_name:
            self._icon.show_icon(icon(icon_name, Role.MUTED))
        self._text.setText(text)


class _SumsLine(QWidget):
    """The sums of each purpose in its color: “131 batch 17.1 GB”."""

    def __init__(self) -> None:
        super().__init__()
        self._count = 0
        self._sums = [_Sum() for _number in range(MOST_SUMS)]
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(_SUMS_GAP)
        for one in self._sums:
            row.addWidget(one)
        row.addStretch(1)
        self.setMinimumHeight(self.fontMetrics().height() + 4)
        # What doesn't fit is left out; it must not widen the dialog.
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)

    def show_plan(self, plan: Plan) -> None:
        """Show the sums of another plan."""
        lines = sums_in_words(plan)
        self._count = len(lines)
        for one, line in zip(self._sums, lines, strict=False):
            one.show_sum(*line)
        self._fit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Show those that fit."""
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        room = self.width()
        for number, one in enumerate(self._sums):
            room -= one.sizeHint().width()
            one.setVisible(number < self._count and (room >= 0 or not number))
            room -= _SUMS_GAP


class _Sum(QWidget):
    def __init__(self) -> None:
        super().__init__()
        self._purpose = ""
        self._words = ElidedLabel("strong")
        self._size = label("", "muted")
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(5)
        row.addWidget(self._words)
        row.addWidget(self._size)

    def show_sum(self, purpose: str, count: int, size: str) -> None:
        """Show the sum of one purpose."""
        self._purpose = purpose
        self._words.setText(f"{count_in_words(count)} {purpose}")
        self._size.setText(size)
        self._color_words()

    def changeEvent(self, event: QEvent) -> None:
        """Follow the color scheme."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange and self._purpose:
            self._color_words()

    def _color_words(self) -> None:
        color = purpose_colors(self._purpose, self.palette()).text
        colors = self._words.palette()
        if colors.color(self._words.foregroundRole()) != color:
            colors.setColor(self._words.foregroundRole(), color)
            self._words.setPalette(colors)

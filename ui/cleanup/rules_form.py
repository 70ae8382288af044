"""The rules of a clean-up, as fields."""

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import (
    QAbstractButton,
    QCheckBox,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QVBoxLayout,
    QWidget,
)

from services.cleanup.rules import CleanUpRules, NewestOf
from services.system.language import _
from services.system.sizes import MB
from ui.cleanup.number_boxes import DaysBox, NumberBox, SizeBox
from ui.cleanup.purpose_boxes import PurposeBoxes
from ui.widgets.buttons import link_button
from ui.widgets.labels import label
from ui.widgets.list_box import ListBox
from ui.wording import tool_tip

_INDENT = 23
"""Where the text of a check box begins, in pixels."""
_MOST_KEPT = 100_000


class RulesForm(QWidget):
    """Fields for all rules; those of rules that are off are disabled."""

    changed = Signal()
    """The rules were changed by the person or by `show_rules`."""
    check_requested = Signal()
    """The references are to be checked."""

    def __init__(self, purposes: Sequence[str], parent: QWidget | None = None) -> None:
        """`purposes` are those of the account; the empty name is for files without one."""
        super().__init__(parent)
        self.setAccessibleName(_("Rules"))
        self._showing = False
        self._purposes = PurposeBoxes(purposes)
        self._older, self._days = QCheckBox(_("Older than")), DaysBox()
        self._expires, self._expires_days = QCheckBox(_("Expires within")), DaysBox()
        self._larger, self._size = QCheckBox(_("Larger than")), SizeBox()
        self._keep, self._count = QCheckBox(_("Keep the newest")), NumberBox(_MOST_KEPT)
        self._newest_of = ListBox()
        self._newest_of.addItem(_("of each purpose"), NewestOf.PURPOSE)
        self._newest_of.addItem(_("of each name pattern"), NewestOf.PATTERN)
        self._newest_of.setToolTip(
            _("Names that differ only in dates, numbers and IDs have the same pattern.")
        )
        self._search = QLineEdit()
        self._search.setPlaceholderText(_("Search, such as name:tmp -final"))
        self._search.setClearButtonEnabled(True)
        self._unreferenced = QCheckBox(_("Not referenced by any job or store"))
        self._references = label("", "small", wrap=True)
        self._check = link_button(_("Check references"))
        self._check.setAutoDefault(False)
        self._skip = QCheckBox(_("Skip what can't be downloaded again"))
        self._name_fields()
        self._build()
        self._connect()
        self.show_rules(CleanUpRules())
        self.show_references("", "")

    @property
    def rules(self) -> CleanUpRules:
        """The rules as they are set."""
        return CleanUpRules(
            purposes=self._purposes.chosen,
            older_than_days=self._days.value() if self._older.isChecked() else None,
            expires_within_days=(self._expires_days.value() if self._expires.isChecked() else None),
            larger_than=self._size.size_in_bytes if self._larger.isChecked() else None,
            keep_newest=self._count.value() if self._keep.isChecked() else None,
            newest_of=self._newest_of.currentData(),
            not_referenced=self._unreferenced.isChecked(),
            search=self._search.text().strip(),
            skip_not_downloadable=self._skip.isChecked(),
        )

    @property
    def fields(self) -> list[QWidget]:
        """All fields in the order in which Tab reaches them."""
        return [
            *self._purposes.boxes,
            self._older,
            self._days,
            self._expires,
            self._expires_days,
            self._larger,
            self._size,
            self._keep,
            self._count,
            self._newest_of,
            self._search,
            self._unreferenced,
            self._check,
            self._skip,
        ]

    def show_rules(self, rules: CleanUpRules) -> None:
        """Set all fields; those of rules that are off keep a usual value."""
        self._showing = True
        self._purposes.choose(rules.purposes)
        for box, field, value, usual in (
            (self._older, self._days, rules.older_than_days, 30),
            (self._expires, self._expires_days, rules.expires_within_days, 7),
            (self._keep, self._count, rules.keep_newest, 20),
        ):
            box.setChecked(value is not None)
            field.setValue(usual if value is None else value)
        self._larger.setChecked(rules.larger_than is not None)
        self._size.set_size(25 * MB if rules.larger_than is None else rules.larger_than)
        self._newest_of.setCurrentIndex(self._newest_of.findData(rules.newest_of))
        self._search.setText(rules.search)
        self._unreferenced.setChecked(rules.not_referenced)
        self._skip.setChecked(rules.skip_not_downloadable)
        self._showing = False
        self._update()

    def show_references(self, words: str, check: str) -> None:
        """Show what is known about references, and the text of the button that checks them.

        Without a text, there is no button.
        """
        self._references.setText(words)
        self._check.setText(check)
        self._check.setVisible(bool(check))

    def show_search_problem(self, words: str) -> None:
        """Mark the search as wrong, with the reason; empty if it is fine."""
        self._search.setProperty("look", "wrong" if words else "")
        self._search.style().unpolish(self._search)
        self._search.style().polish(self._search)
        self._search.setToolTip(tool_tip(words))

    def _connect(self) -> None:
        boxes: tuple[QAbstractButton, ...] = (
            self._older,
            self._expires,
            self._larger,
            self._keep,
            self._unreferenced,
            self._skip,
        )
        for box in boxes:
            box.toggled.connect(self._update)
        for field in (self._days, self._expires_days, self._size, self._count):
            field.valueChanged.connect(self._update)
        self._newest_of.currentIndexChanged.connect(self._update)
        self._search.textChanged.connect(self._update)
        self._purposes.changed.connect(self._update)
        self._check.clicked.connect(self.check_requested)

    @Slot()
    def _update(self) -> None:
        if self._showing:
            return
        for box, *fields in (
            (self._older, self._days),
            (self._expires, self._expires_days),
            (self._larger, self._size),
            (self._keep, self._count, self._newest_of),
        ):
            for field in fields:
                field.setEnabled(box.isChecked())
        self.changed.emit()

    def _name_fields(self) -> None:
        for field, name in (
            (self._days, _("Older than")),
            (self._expires_days, _("Expires within")),
            (self._size, _("Larger than")),
            (self._count, _("Keep the newest")),
            (self._newest_of, _("Newest of each")),
            (self._search, _("Matches the search")),
        ):
            field.setAccessibleName(name)

    def _build(self) -> None:
        grid = QGridLayout()
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(8)
        grid.setVerticalSpacing(4)
        width = 15 * self.fontMetrics().averageCharWidth() + 24
        for row, (box, field) in enumerate(
            (
                (self._older, self._days),
                (self._expires, self._expires_days),
                (self._larger, self._size),
                (self._keep, self._count),
            )
        ):
            grid.addWidget(box, row, 0)
            grid.addWidget(field, row, 1)
            field.setFixedWidth(width)
        grid.setColumnStretch(0, 1)
        of_each = QHBoxLayout()
        of_each.setContentsMargins(_INDENT, 0, 0, 0)
        of_each.addWidget(self._newest_of, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        column.addWidget(label(_("Purpose"), "strong"))
        column.addWidget(self._purposes)
        column.addSpacing(2)
        column.addLayout(grid)
        column.addLayout(of_each)
        column.addWidget(self._search)
        column.addWidget(self._unreferenced)
        column.addWidget(_indented(self._references))
        check = QHBoxLayout()
        check.setContentsMargins(_INDENT, 0, 0, 0)
        check.addWidget(self._check, 0, Qt.AlignmentFlag.AlignLeft)
        column.addLayout(check)
        column.addWidget(self._skip)
        column.addWidget(_indented(label(_("unless the original is on this computer"), "small")))


def _indented(words: QLabel) -> QLabel:
    words.setContentsMargins(_INDENT, 0, 0, 0)
    return words

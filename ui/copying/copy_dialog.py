"""The dialog before files are copied to another account."""

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QStandardItemModel
from PySide6.QtWidgets import QDialog, QGridLayout, QVBoxLayout, QWidget

from services.providers.account import Account
from services.system.language import _, ngettext
from ui.accounts.account_colors import account_colors, dot_icon
from ui.copying.copy_plan import CopyPlan, FilesToCopy, plan_copy, why_no_copy
from ui.icons import purpose_icon
from ui.widgets.button_row import ButtonRow
from ui.widgets.labels import label
from ui.widgets.list_box import ListBox
from ui.wording import count_in_words, one_line, tool_tip


class CopyDialog(QDialog):
    """Asks for the account, and for the purpose of files whose own one isn't known there.

    Says first which files can't be downloaded. Open it with `open()`; it deletes itself once
    closed.
    """

    copy_requested = Signal(str, object)
    """Carries the ID of the account, and a list of pairs of a `RemoteFile` and its purpose."""

    def __init__(
        self,
        chosen: FilesToCopy,
        accounts: Sequence[Account],
        target_id: str | None,
        parent: QWidget,
    ) -> None:
        """`accounts` are all there are; `target_id` is the one to suggest."""
        super().__init__(parent)
        self._chosen = chosen
        self._others = [one for one in accounts if one.id != chosen.account.id]
        self._plan = CopyPlan((), (), ())
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(_("Copy to account"))
        self.setAccessibleName(_("Copy to account"))
        self._title = label(self._title_in_words(), "heading", wrap=True)
        self.setAccessibleDescription(self._title.text())
        self._account = ListBox(self)
        self._account.setAccessibleName(_("Account"))
        colors = account_colors(accounts)
        for one in self._others:
            self._account.addItem(dot_icon(colors[one.id]), one_line(one.name), one.id)
        self._disable_impossible()
        self._account.setCurrentIndex(self._first_choice(target_id))
        self._asked = label("", wrap=True)
        self._purpose = ListBox(self)
        self._purpose.setAccessibleName(_("Purpose"))
        self._purpose_label = label(_("Purpose"))
        self._refused = label(self._refused_in_words(), "warning", wrap=True)
        self._refused.setVisible(bool(chosen.refused))
        buttons = ButtonRow()
        self._copy = buttons.add_choice(self, _("Copy"), self._copy_clicked)
        grid = QGridLayout()
        grid.setHorizontalSpacing(12)
        grid.setVerticalSpacing(8)
        grid.setColumnStretch(1, 1)
        grid.addWidget(label(_("To")), 0, 0)
        grid.addWidget(self._account, 0, 1)
        grid.addWidget(self._purpose_label, 1, 0)
        grid.addWidget(self._purpose, 1, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 22, 24, 20)
        column.setSpacing(10)
        column.addWidget(self._title)
        column.addWidget(
            label(
                _("Each file is downloaded, uploaded and verified. The originals stay."),
                "muted",
                wrap=True,
            )
        )
        column.addLayout(grid)
        column.addWidget(self._asked)
        column.addWidget(self._refused)
        column.addSpacing(12)
        column.addStretch(1)
        column.addWidget(buttons)
        self.setMinimumWidth(28 * self.fontMetrics().height())
        self._account.currentIndexChanged.connect(self._update)
        self._update()

    def _title_in_words(self) -> str:
        number = len(self._chosen.files)
        words = ngettext("Copy {number} file", "Copy {number} files", number)
        return words.format(number=count_in_words(number))

    def _refused_in_words(self) -> str:
        refused = self._chosen.refused
        words = ngettext(
            "{number} file can't be downloaded, so it isn't copied. {reasons}",
            "{number} files can't be downloaded, so they aren't copied. {reasons}",
            len(refused),
        )
        reasons = " ".join(dict.fromkeys(one_line(reason) for _file, reason in refused))
        return words.format(number=count_in_words(len(refused)), reasons=reasons)

    def _disable_impossible(self) -> None:
        model = self._account.model()
        if not isinstance(model, QStandardItemModel):
            return
        for row, one in enumerate(self._others):
            why = why_no_copy(one)
            if why:
                model.item(row).setEnabled(False)
                model.item(row).setToolTip(tool_tip(why))

    def _first_choice(self, target_id: str | None) -> int:
        possible = [row for row, one in enumerate(self._others) if not why_no_copy(one)]
        wanted = [row for row in possible if self._others[row].id == target_id]
        return next(iter(wanted + possible), -1)

    @Slot()
    def _update(self) -> None:
        row = self._account.currentIndex()
        target = self._others[row] if row >= 0 else None
        self._plan = (
            CopyPlan((), (), ()) if target is None else plan_copy(self._chosen.files, target)
        )
        number = len(self._plan.asked)
        before = self._purpose.currentData()
        self._purpose.clear()
        for name in self._plan.purposes:
            self._purpose.addItem(purpose_icon(name), name, name)
        self._purpose.setCurrentIndex(max(0, self._purpose.findData(before or "user_data")))
        for part in (self._purpose, self._purpose_label, self._asked):
            part.setVisible(number > 0)
        words = ngettext(
            "{number} file has a purpose that isn't available there. It gets this one instead.",
            "{number} files have purposes that aren't available there. They get this one instead.",
            number,
        )
        self._asked.setText(words.format(number=count_in_words(number)))
        self._copy.setEnabled(target is not None and bool(self._chosen.files))

    @Slot()
    def _copy_clicked(self) -> None:
        pairs = self._plan.with_purpose(self._purpose.currentData() or "user_data")
        self.copy_requested.emit(self._account.currentData(), pairs)
        self.accept()

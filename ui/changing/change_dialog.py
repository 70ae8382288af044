"""The dialog that changes name, purpose or expiry of a file."""

from collections.abc import Callable, Sequence

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QKeySequence, QShortcut, QShowEvent
from PySide6.QtWidgets import (
    QCheckBox,
    QDialog,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from services.api.remote_file import RemoteFile
from services.catalog.upload_record import UploadOrigin
from services.checks.events import CheckedFile
from services.checks.upload_name import trimmed_name
from services.disk.local_file import LocalFile
from services.providers.features import Feature
from services.providers.provider import Provider
from services.providers.purposes import purpose_named, suffix_of, why_rejected
from services.system.language import _
from services.transfers.change_job import WantedFile
from ui.changing.change_words import (
    Source,
    expiry_now_in_words,
    references_in_words,
    source_in_words,
    source_of,
    title_in_words,
    travel_in_words,
)
from ui.changing.findings_line import FindingsLine
from ui.icons import icon, purpose_icon
from ui.theme import Role
from ui.uploads.expiry_field import ExpiryField
from ui.uploads.name_field import NameField
from ui.widgets.button_row import ButtonRow
from ui.widgets.labels import ElidedLabel, IconLabel, label, set_look
from ui.widgets.list_box import ListBox
from ui.wording import NOTHING, one_line, tool_tip

CheckKey = tuple[str, str]
"""A purpose and the extension of a name, on which the result of a check depends."""


class ChangeDialog(QDialog):
    """Shows the values as they are and as they are to be, and what the change means.

    Open it with `open()`; it deletes itself once closed. *Change* is possible once something
    differs and it is known where the content comes from.
    """

    change_requested = Signal(object)
    """Carries the `WantedFile`."""
    check_requested = Signal(object, str)
    """Check a `LocalFile` for a purpose; `show_checked` is to be called with the result."""

    def __init__(
        self,
        file: RemoteFile,
        provider: Provider,
        refusal: str | None,
        references: Sequence[str],
        clock: Callable[[], float],
        parent: QWidget | None = None,
    ) -> None:
        """`provider` is the account's.

        `refusal` is why the server won't give out the content, `references` says what refers
        to the file, as far as is known, and `clock` returns seconds since 1970.
        """
        super().__init__(parent)
        self._file = file
        self._limits = provider.limits
        self._refusal = refusal
        self._source = Source.UNKNOWN
        self._original: UploadOrigin | None = None
        """The unchanged original on this computer, which can be checked before it is sent."""
        self._checked: CheckKey | None = None
        """What was asked to be checked last."""
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(_("Change file"))
        self.setAccessibleName(_("Change file"))
        title = label(title_in_words(file), "heading", wrap=True)
        self.setAccessibleDescription(title.text())
        self._name = NameField(self)
        self._name.set_initial_name(file.name)
        self._purpose = ListBox(self)
        self._purpose.setAccessibleName(_("Purpose"))
        for purpose in provider.purposes:
            self._purpose.addItem(purpose_icon(purpose.name), purpose.name, purpose.name)
            index = self._purpose.count() - 1
            self._purpose.setItemData(index, purpose.description, Qt.ItemDataRole.ToolTipRole)
        # The service's own purposes can't be chosen for an upload.
        known = file.purpose if self._purpose.findData(file.purpose) >= 0 else "user_data"
        self._purpose.setCurrentIndex(max(0, self._purpose.findData(known)))
        why_one_purpose = provider.why_not(Feature.PURPOSE)
        self._purpose.setEnabled(not why_one_purpose)
        self._purpose.setToolTip(tool_tip(why_one_purpose))
        self._expiry = ExpiryField(self, clock)
        self._expiry.allow(provider.why_not(Feature.EXPIRY))
        if self._expiry.isEnabled():
            self._expiry.choose(_lifetime(file))
        self._expiry_before = self._expiry.seconds
        self._problem = label("", "error", wrap=True)
        self._source_line = label("", wrap=True)
        self._travel = label("", "muted", wrap=True)
        self._findings = FindingsLine()
        self._despite = QCheckBox(_("Upload it even if the checks find errors"))
        buttons = ButtonRow()
        self._change = buttons.add_choice(self, _("Change"), self._change_clicked)
        self._column = column = QVBoxLayout(self)
        column.setContentsMargins(24, 22, 24, 20)
        column.setSpacing(10)
        column.addWidget(title)
        column.addWidget(
            label(
                _(
                    "A file on the server can't be edited, so a new one is uploaded and verified. "
                    "The old one stays until you delete it."
                ),
                "muted",
                wrap=True,
            )
        )
        column.addLayout(self._make_grid(expiry_now_in_words(file, clock())))
        column.addWidget(self._problem)
        self._source_icon = IconLabel(icon("hard-drive", Role.MUTED), 1.0)
        where = QVBoxLayout()
        where.setSpacing(2)
        where.addWidget(self._source_line)
        where.addWidget(self._travel)
        column.addLayout(_line(self._source_icon, where))
        told = QVBoxLayout()
        told.addWidget(label(references_in_words(file, references), wrap=True))
        column.addLayout(_line(IconLabel(icon("unlink", Role.MUTED), 1.0), told))
        column.addLayout(self._findings)
        column.addWidget(self._despite)
        column.addSpacing(12)
        column.addStretch(1)
        column.addWidget(buttons)
        self._name.textEdited.connect(self._update)
        self._name.editingFinished.connect(self._check)
        self._despite.toggled.connect(self._update)
        # The field keeps keys to itself.
        self._name.returnPressed.connect(self._change.click)
        QShortcut(QKeySequence(QKeySequence.StandardKey.Cancel), self, self.reject)
        self._purpose.currentIndexChanged.connect(self._check)
        self._purpose.currentIndexChanged.connect(self._update)
        self._expiry.changed.connect(self._update)
        self.setMinimumWidth(84 * self.fontMetrics().averageCharWidth())
        self._show_source(None)
        self._name.setFocus()

    def show_origin(self, origin: UploadOrigin | None) -> None:
        """Show where the content comes from; `origin` is None if the upload isn't known."""
        self._source = source_of(origin, self._refusal)
        self._original = origin if self._source is Source.ORIGINAL else None
        self._check()
        self._show_source(origin)

    def show_checked(self, checked: CheckedFile) -> None:
        """Show what the check found, unless something else has been chosen since."""
        if self._checked == (checked.purpose, suffix_of(checked.file.name)):
            self._findings.show_report(checked.report, checked.purpose)
            self._update()

    @Slot()
    def _check(self) -> None:
        """Have the original checked as what it is to be: the check depends on its extension."""
        original, wanted = self._original, self._wanted
        key = (wanted.purpose, suffix_of(wanted.name))
        if original is None or key == self._checked:
            return
        self._checked = key
        self._findings.show_checking(wanted.purpose)
        file = LocalFile(
            original.path, wanted.name, original.size, original.modified_ns, wanted.purpose
        )
        self.check_requested.emit(file, wanted.purpose)

    def _show_source(self, origin: UploadOrigin | None) -> None:
        impossible = self._source is Source.NOWHERE
        self._source_line.setText(source_in_words(self._source, origin, self._refusal))
        set_look(self._source_line, "error" if impossible else "")
        self._source_icon.show_icon(
            icon("triangle-alert", Role.DANGER)
            if impossible
            else icon("download" if self._source is Source.DOWNLOAD else "hard-drive", Role.MUTED)
        )
        travel = travel_in_words(self._source, self._file.size)
        self._travel.setText(travel)
        self._travel.setVisible(bool(travel))
        self._update()

    @property
    def _wanted(self) -> WantedFile:
        return WantedFile(
            trimmed_name(self._name.text()),
            self._purpose.currentData(),
            self._expiry.seconds,
            self._despite.isChecked(),
        )

    @property
    def _differs(self) -> bool:
        wanted = self._wanted
        return (
            wanted.name != self._file.name
            or (self._purpose.isEnabled() and wanted.purpose != self._file.purpose)
            or wanted.expires_after != self._expiry_before
        )

    @Slot()
    def _update(self) -> None:
        problem = self._name.problem or self._expiry.problem or self._misfit
        self._problem.setText(problem)
        self._problem.setVisible(bool(problem))
        wrong = bool(self._name.problem or self._expiry.problem)
        possible = self._source not in {Source.UNKNOWN, Source.NOWHERE}
        held_back = self._findings.has_errors and not self._despite.isChecked()
        self._change.setEnabled(possible and not wrong and not held_back and self._differs)
        self._fit_height()

    def showEvent(self, event: QShowEvent) -> None:
        """Make room for all lines, now that they have their fonts."""
        super().showEvent(event)
        self._fit_height()

    def _fit_height(self) -> None:
        """Grow if lines have become more or longer; never shrink under the pointer."""
        needed = self._column.totalHeightForWidth(self.width())
        if self.isVisible() and needed > self.height():
            self.resize(self.width(), needed)

    @property
    def _misfit(self) -> str:
        """Why the purpose won't take the file, by its name and size; only the checks are sure."""
        if self._findings.report is not None:
            return ""
        purpose = purpose_named(self._purpose.currentData())
        why = why_rejected(purpose, self._name.text(), self._file.size, self._limits)
        if why is None:
            return ""
        return _("{purpose} may refuse it: the file {why}.").format(purpose=purpose.name, why=why)

    @Slot()
    def _change_clicked(self) -> None:
        self.change_requested.emit(self._wanted)
        self.accept()

    def _make_grid(self, expiry_now: str) -> QGridLayout:
        grid = QGridLayout()
        grid.setHorizontalSpacing(14)
        grid.setVerticalSpacing(8)
        grid.addWidget(label(_("Now"), "section"), 0, 1)
        grid.addWidget(label(_("New"), "section"), 0, 2)
        rows: tuple[tuple[str, str, QWidget], ...] = (
            (_("Name"), one_line(self._file.name), self._name),
            (_("Purpose"), one_line(self._file.purpose or NOTHING), self._purpose),
            (_("Expires"), expiry_now, self._expiry),
        )
        for number, (title, now, field) in enumerate(rows, start=1):
            name = QLabel(title)
            name.setBuddy(field)
            grid.addWidget(name, number, 0)
            current = ElidedLabel("muted", elide=Qt.TextElideMode.ElideMiddle)
            current.setText(now)
            # A long name is cut rather than that it widens the dialog.
            current.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
            grid.addWidget(current, number, 1)
            grid.addWidget(field, number, 2)
        grid.setColumnStretch(1, 2)
        grid.setColumnStretch(2, 3)
        return grid


def _lifetime(file: RemoteFile) -> int | None:
    """For how long the file was to be kept, in seconds from its creation; None if unknown."""
    if file.expires_at is None or file.created_at is None:
        return None
    return file.expires_at - file.created_at


def _line(mark: IconLabel, texts: QVBoxLayout) -> QHBoxLayout:
    line = QHBoxLayout()
    line.setSpacing(10)
    line.addWidget(mark, 0, Qt.AlignmentFlag.AlignTop)
    line.addLayout(texts, 1)
    return line

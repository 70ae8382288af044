"""The settings: each change applies at once, so there is only a button to close."""

from pathlib import Path

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QGridLayout,
    QPushButton,
    QScrollArea,
    QSizePolicy,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from services.accounts.settings import SettingsStore
from services.disk.when_taken import WhenTaken
from services.providers.account import Account
from services.system.language import N_, _
from ui.settings.folder_field import FolderField
from ui.settings.ledger_field import LedgerField
from ui.settings.limit_fields import LimitFields
from ui.settings.watch_fields import WatchFields
from ui.widgets.button_row import ButtonRow
from ui.widgets.labels import ElidedLabel, label
from ui.widgets.scrolled import scrolled
from ui.window_size import fitting
from ui.wording import one_line

_SCHEMES = (("system", N_("System default")), ("light", N_("Light")), ("dark", N_("Dark")))
_WHEN_TAKEN = (
    (WhenTaken.KEEP_BOTH, N_("Keep both")),
    (WhenTaken.REPLACE, N_("Replace the existing file")),
    (WhenTaken.SKIP, N_("Skip the download")),
)
LEAST_UNDO_SECONDS = 3
"""A deleted file can't be recovered, and nobody can react in less; to be faster, there is
*Delete now* in the bar that counts down."""
MOST_UNDO_SECONDS = 60
_BAR = 12
"""Pixels for a scroll bar and a gap before it."""


class SettingsDialog(QDialog):
    """Appearance, downloads, deletes and uploads, and how the account in use is watched."""

    scheme_chosen = Signal(str)
    """`system`, `light` or `dark`; already saved, to be applied at once."""

    limits_changed = Signal()
    """How many transfers run at once, or how fast; already saved."""

    watch_changed = Signal()
    """How often to check for new files; already saved."""

    forget_asked = Signal()
    """The cached lists are to be deleted."""
    forget_uploads_asked = Signal()
    """The upload history is to be cleared; the person has confirmed."""

    def __init__(
        self,
        store: SettingsStore,
        system_downloads: Path,
        parent: QWidget | None = None,
        *,
        account: Account | None = None,
    ) -> None:
        """`system_downloads` is where downloads go as long as no folder is set.

        `account` is the one in use, which has settings of its own.
        """
        super().__init__(parent)
        self.setWindowTitle(_("Settings"))
        self.setAccessibleName(_("Settings"))
        self._store = store
        current = store.current

        self._scheme = QComboBox()
        for value, text in _SCHEMES:
            self._scheme.addItem(_(text), value)
        self._scheme.setCurrentIndex(max(0, self._scheme.findData(current.colour_scheme)))
        self._scheme.activated.connect(self._change_scheme)

        self._folder = FolderField(
            current.download_folder, _("Download folder"), str(system_downloads)
        )
        self._folder.changed.connect(self._keep_folder)

        self._taken = QComboBox()
        for when, text in _WHEN_TAKEN:
            self._taken.addItem(_(text), when.value)
        self._taken.setCurrentIndex(max(0, self._taken.findData(current.when_taken)))
        self._taken.activated.connect(self._change_taken)

        self._undo = QSpinBox()
        self._undo.setRange(LEAST_UNDO_SECONDS, MOST_UNDO_SECONDS)
        self._undo.setSuffix(_(" s"))
        # Qt leaves out the left padding of the style sheet where there are arrows at the right.
        self._undo.lineEdit().setTextMargins(8, 0, 0, 0)
        self._undo.setValue(current.undo_seconds)
        self._undo.valueChanged.connect(self._change_undo)

        self._limits = LimitFields(store)
        self._limits.changed.connect(self.limits_changed)

        self._skip = QCheckBox(_("Skip the review when all files fit the chosen purpose"))
        self._skip.setChecked(current.skip_review)
        self._skip.toggled.connect(self._change_skip)

        self._notify = QCheckBox(_("Notify me about new outputs in the background"))
        self._notify.setChecked(current.notify_of_outputs)
        self._notify.toggled.connect(self._change_notify)
        self._forget = QPushButton(_("Clear cached file lists"))
        self._forget.setAutoDefault(False)
        self._forget.clicked.connect(self._forget_listings)
        self._ledger = LedgerField(store)
        self._ledger.forget_asked.connect(self.forget_uploads_asked)

        self._watch: WatchFields | None = None
        if account is not None:
            self._watch = WatchFields(store, account.id)
            self._watch.changed.connect(self.watch_changed)

        self._buttons = ButtonRow()
        close = self._buttons.addButton(_("Close"), QDialogButtonBox.ButtonRole.RejectRole)
        # Enter in a field takes the field over; it must not close the dialog.
        close.setAutoDefault(False)
        self._buttons.rejected.connect(self.reject)
        self._put_in_place(account)

    def done(self, result: int) -> None:
        """Take over a folder that is still being typed, then close."""
        self._folder.take_over()
        if self._watch is not None:
            self._watch.folder.take_over()
        super().done(result)

    @Slot()
    def _change_scheme(self) -> None:
        scheme = self._scheme.currentData()
        self._store.change(colour_scheme=scheme)
        self.scheme_chosen.emit(scheme)

    @Slot(str)
    def _keep_folder(self, folder: str) -> None:
        self._store.change(download_folder=folder)

    @Slot()
    def _change_taken(self) -> None:
        self._store.change(when_taken=self._taken.currentData())

    @Slot(int)
    def _change_undo(self, seconds: int) -> None:
        self._store.change(undo_seconds=seconds)

    @Slot(bool)
    def _change_skip(self, skip: bool) -> None:
        self._store.change(skip_review=skip)

    @Slot(bool)
    def _change_notify(self, notify: bool) -> None:
        self._store.change(notify_of_outputs=notify)

    @Slot()
    def _forget_listings(self) -> None:
        self._forget.setText(_("Cleared"))
        self._forget.setEnabled(False)
        self.forget_asked.emit()

    def _put_in_place(self, account: Account | None) -> None:
        page = QWidget()
        grid = QGridLayout(page)
        # Room for the bar that scrolls, which stands at the right where it is needed.
        grid.setContentsMargins(0, 0, _BAR, 0)
        grid.setHorizontalSpacing(16)
        grid.setVerticalSpacing(10)
        grid.setColumnStretch(1, 1)
        left = Qt.AlignmentFlag.AlignLeft
        _add_title(grid, 0, _("Appearance"), self._scheme)
        grid.addWidget(self._scheme, 0, 1, left)
        _add_title(grid, 1, _("Download folder"), self._folder.field)
        grid.addWidget(self._folder, 1, 1)
        _add_title(grid, 2, _("If a file already exists"), self._taken)
        grid.addWidget(self._taken, 2, 1, left)
        _add_title(grid, 3, _("Undo time for deletes"), self._undo)
        grid.addWidget(self._undo, 3, 1, left)
        grid.addWidget(
            label(_("How long you can undo a delete before it's sent."), "small", wrap=True), 4, 1
        )
        self._skip.setAccessibleName(self._skip.text())
        grid.addWidget(label(_("Uploads")), 5, 0)
        grid.addWidget(self._skip, 5, 1)
        grid.addWidget(self._ledger, 6, 1)
        grid.addWidget(label(_("Simultaneous transfers")), 7, 0)
        grid.addWidget(self._limits.at_once, 7, 1, left)
        grid.addWidget(label(_("Speed limits")), 8, 0)
        grid.addWidget(self._limits.speeds, 8, 1, left)
        self._notify.setAccessibleName(self._notify.text())
        grid.addWidget(label(_("Notifications")), 9, 0)
        grid.addWidget(self._notify, 9, 1)
        grid.addWidget(label(_("File lists")), 10, 0)
        grid.addWidget(self._forget, 10, 1, left)
        remark = _("Each account's last list is cached on this computer, so that it shows at once.")
        grid.addWidget(label(remark, "small", wrap=True), 11, 1)
        if self._watch is not None and account is not None:
            heading = ElidedLabel("strong")
            heading.setText(one_line(account.name))
            # Whatever it is, the page is no wider for it.
            heading.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
            heading.setContentsMargins(0, 8, 0, 0)
            grid.addWidget(heading, 12, 0, 1, 2)
            _add_title(grid, 13, _("Check for new files"), self._watch.often)
            grid.addWidget(self._watch.often, 13, 1, left)
            _add_title(grid, 14, _("Save new outputs to"), self._watch.folder.field)
            grid.addWidget(self._watch.folder, 14, 1)
        # In line with the fields above it, which leave room for the bar.
        self._buttons.setContentsMargins(0, 0, _BAR, 0)
        area = scrolled(page)
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 20, 24 - _BAR, 18)
        column.setSpacing(14)
        column.addWidget(label(_("Settings"), "heading"))
        column.addWidget(area, 1)
        column.addWidget(self._buttons)
        self._size_to(page, area)

    def _size_to(self, page: QWidget, area: QScrollArea) -> None:
        """As large as the page needs: the area in which it can be scrolled asks for less."""
        around = self.sizeHint() - area.sizeHint()
        width = page.sizeHint().width()
        area.setMinimumWidth(width)
        height = page.heightForWidth(width) + around.height()
        self.resize(fitting(self, width + around.width(), height))


def _add_title(grid: QGridLayout, row: int, text: str, widget: QWidget) -> None:
    title = label(text)
    title.setBuddy(widget)
    widget.setAccessibleName(text)
    grid.addWidget(title, row, 0)

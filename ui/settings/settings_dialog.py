"""The settings dialog. Each change applies at once, so it only has a Close button."""

from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import (
    QCheckBox,
    QDialog,
    QDialogButtonBox,
    QGridLayout,
    QLabel,
    QPushButton,
    QScrollArea,
    QSizePolicy,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from services.accounts.network_check import check_network
from services.accounts.settings import SettingsStore
from services.disk.when_taken import WhenTaken
from services.providers.account import Account
from services.system.language import N_, _
from ui.accounts.network_form import NetworkForm
from ui.settings.folder_field import FolderField
from ui.settings.history_field import HistoryField
from ui.settings.limit_fields import LimitFields
from ui.settings.price_fields import PriceFields
from ui.settings.watch_fields import WatchFields
from ui.widgets.button_row import ButtonRow
from ui.widgets.labels import ElidedLabel, label
from ui.widgets.list_box import ListBox
from ui.widgets.scrolled import scrolled
from ui.window_size import fit_to_screen
from ui.wording import one_line

_SCHEMES = (("system", N_("System default")), ("light", N_("Light")), ("dark", N_("Dark")))
_WHEN_TAKEN = (
    (WhenTaken.KEEP_BOTH, N_("Keep both")),
    (WhenTaken.REPLACE, N_("Replace the existing file")),
    (WhenTaken.SKIP, N_("Skip the download")),
)
MIN_UNDO_SECONDS = 3
"""Nobody can react faster, and a deleted file can't be recovered. To skip the wait, users can click
*Delete now* in the undo bar."""
MAX_UNDO_SECONDS = 60
_BAR = 12
"""Pixels for the scroll bar and the gap before it."""


class SettingsDialog(QDialog):
    """Settings for appearance, downloads, deletes, uploads, prices, and watching the account."""

    scheme_chosen = Signal(str)
    """Carries `system`, `light` or `dark`, which is already saved but not yet applied."""

    limits_changed = Signal()
    """Emitted when the transfer or speed limits have been saved."""

    watch_changed = Signal()
    """Emitted when the interval to check for new files has been saved."""

    prices_changed = Signal()
    """Emitted when the prices of tokens have been saved."""

    network_changed = Signal(object, object)
    """Carries the `Network` to save for all accounts without their own, and its proxy's new
    password or None."""

    clear_listings_requested = Signal()
    """Requests to delete the cached file lists."""
    clear_history_requested = Signal()
    """Requests to clear the upload history; the user has confirmed."""

    def __init__(
        self,
        store: SettingsStore,
        system_downloads: Path,
        parent: QWidget | None = None,
        *,
        account: Account | None = None,
    ) -> None:
        """`system_downloads` is where downloads go if no folder is set.

        `account` is the current account, which has its own settings.
        """
        super().__init__(parent)
        self.setWindowTitle(_("Settings"))
        self.setAccessibleName(_("Settings"))
        self._store = store
        current = store.current

        self._scheme = ListBox()
        for value, text in _SCHEMES:
            self._scheme.addItem(_(text), value)
        self._scheme.setCurrentIndex(max(0, self._scheme.findData(current.colour_scheme)))
        self._scheme.activated.connect(self._save_scheme)

        self._folder = FolderField(
            current.download_folder, _("Download folder"), str(system_downloads)
        )
        self._folder.changed.connect(self._save_folder)

        self._if_exists = ListBox()
        for when, text in _WHEN_TAKEN:
            self._if_exists.addItem(_(text), when.value)
        self._if_exists.setCurrentIndex(max(0, self._if_exists.findData(current.when_taken)))
        self._if_exists.activated.connect(self._save_if_exists)

        self._undo = QSpinBox()
        self._undo.setRange(MIN_UNDO_SECONDS, MAX_UNDO_SECONDS)
        self._undo.setSuffix(_(" s"))
        # Qt ignores the style sheet's left padding in spin boxes.
        self._undo.lineEdit().setTextMargins(8, 0, 0, 0)
        self._undo.setValue(current.undo_seconds)
        self._undo.valueChanged.connect(self._save_undo)

        self._limits = LimitFields(store)
        self._limits.changed.connect(self.limits_changed)

        self._skip = QCheckBox(_("Skip the review when all files fit the chosen purpose"))
        self._skip.setChecked(current.skip_review)
        self._skip.toggled.connect(self._save_skip)

        self._notify = QCheckBox(_("Notify me about new outputs in the background"))
        self._notify.setChecked(current.notify_of_outputs)
        self._notify.toggled.connect(self._save_notify)
        self._save_batches = QCheckBox(_("Download the outputs of finished batches automatically"))
        self._save_batches.setChecked(current.save_batch_outputs)
        self._save_batches.toggled.connect(self._save_save_batches)
        self._clear_listings = QPushButton(_("Clear cached lists and previews"))
        self._clear_listings.setAutoDefault(False)
        self._clear_listings.clicked.connect(self._request_clear_listings)
        self._history = HistoryField(store)
        self._history.clear_requested.connect(self.clear_history_requested)

        self._prices = PriceFields(store)
        self._prices.changed.connect(self.prices_changed)

        self._saved_network = current.network
        self._network = NetworkForm()
        self._network.show_network(current.network)
        self._network.committed.connect(self._save_network)

        self._watch: WatchFields | None = None
        if account is not None:
            self._watch = WatchFields(store, account.id)
            self._watch.changed.connect(self.watch_changed)

        self._buttons = ButtonRow()
        close = self._buttons.addButton(_("Close"), QDialogButtonBox.ButtonRole.RejectRole)
        # Enter in a field must not close the dialog.
        close.setAutoDefault(False)
        self._buttons.rejected.connect(self.reject)
        self._build_layout(account)

    def done(self, result: int) -> None:
        """Save folders, prices and a network that are still being typed, then close."""
        self._folder.commit()
        self._prices.commit()
        self._save_network()
        if self._watch is not None:
            self._watch.folder.commit()
        super().done(result)

    @Slot()
    def _save_scheme(self) -> None:
        scheme = self._scheme.currentData()
        self._store.change(colour_scheme=scheme)
        self.scheme_chosen.emit(scheme)

    @Slot(str)
    def _save_folder(self, folder: str) -> None:
        self._store.change(download_folder=folder)

    @Slot()
    def _save_if_exists(self) -> None:
        self._store.change(when_taken=self._if_exists.currentData())

    @Slot(int)
    def _save_undo(self, seconds: int) -> None:
        self._store.change(undo_seconds=seconds)

    @Slot(bool)
    def _save_skip(self, skip: bool) -> None:
        self._store.change(skip_review=skip)

    @Slot(bool)
    def _save_notify(self, notify: bool) -> None:
        self._store.change(notify_of_outputs=notify)

    @Slot(bool)
    def _save_save_batches(self, save: bool) -> None:
        self._store.change(save_batch_outputs=save)

    @Slot()
    def _save_network(self) -> None:
        checked = check_network(self._network.draft())
        self._network.show_messages(checked.messages, focus=False)
        network, password = checked.draft.network, checked.draft.proxy_password
        if not checked.usable or (network == self._saved_network and password is None):
            return
        self.network_changed.emit(network, password)
        if password is not None:
            network = replace(network, proxy_password_saved=bool(password))
            self._network.forget_password()
        self._saved_network = network
        self._network.show_tidied(network)

    @Slot()
    def _request_clear_listings(self) -> None:
        self._clear_listings.setText(_("Cleared"))
        self._clear_listings.setEnabled(False)
        self.clear_listings_requested.emit()

    def _build_layout(self, account: Account | None) -> None:
        page = QWidget()
        grid = QGridLayout(page)
        # Leave room for the scroll bar.
        grid.setContentsMargins(0, 0, _BAR, 0)
        grid.setHorizontalSpacing(16)
        grid.setVerticalSpacing(10)
        grid.setColumnStretch(1, 1)
        left = Qt.AlignmentFlag.AlignLeft
        _add_title(grid, 0, _("Appearance"), self._scheme)
        grid.addWidget(self._scheme, 0, 1, left)
        _add_title(grid, 1, _("Download folder"), self._folder.field)
        grid.addWidget(self._folder, 1, 1)
        _add_title(grid, 2, _("If a file already exists"), self._if_exists)
        grid.addWidget(self._if_exists, 2, 1, left)
        _add_title(grid, 3, _("Undo time for deletes"), self._undo)
        grid.addWidget(self._undo, 3, 1, left)
        grid.addWidget(
            label(_("How long you can undo a delete before it's sent."), "small", wrap=True), 4, 1
        )
        self._skip.setAccessibleName(self._skip.text())
        grid.addWidget(label(_("Uploads")), 5, 0)
        grid.addWidget(self._skip, 5, 1)
        grid.addWidget(self._history, 6, 1)
        grid.addWidget(label(_("Simultaneous transfers")), 7, 0)
        grid.addWidget(self._limits.at_once, 7, 1, left)
        grid.addWidget(label(_("Speed limits")), 8, 0)
        grid.addWidget(self._limits.speeds, 8, 1, left)
        self._notify.setAccessibleName(self._notify.text())
        grid.addWidget(label(_("Notifications")), 9, 0)
        grid.addWidget(self._notify, 9, 1)
        self._save_batches.setAccessibleName(self._save_batches.text())
        grid.addWidget(label(_("Batches")), 10, 0)
        grid.addWidget(self._save_batches, 10, 1)
        grid.addWidget(label(_("Cache")), 11, 0)
        grid.addWidget(self._clear_listings, 11, 1, left)
        remark = _(
            "Each account's last list, and the beginnings of files that you looked at, are cached on "
            "this computer."
        )
        grid.addWidget(label(remark, "small", wrap=True), 12, 1)
        grid.addWidget(label(_("Prices")), 13, 0, Qt.AlignmentFlag.AlignTop)
        grid.addWidget(self._prices, 13, 1)
        grid.addWidget(_heading(_("Network")), 14, 0, 1, 2)
        remark = _("For all accounts that have no network settings of their own.")
        grid.addWidget(label(remark, "small", wrap=True), 15, 0, 1, 2)
        grid.addWidget(self._network, 16, 0, 1, 2)
        if self._watch is not None and account is not None:
            heading = ElidedLabel("strong")
            heading.setText(one_line(account.name))
            # A long name must not widen the page.
            heading.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
            heading.setContentsMargins(0, 8, 0, 0)
            grid.addWidget(heading, 17, 0, 1, 2)
            _add_title(grid, 18, _("Check for new files"), self._watch.interval)
            grid.addWidget(self._watch.interval, 18, 1, left)
            _add_title(grid, 19, _("Save new outputs to"), self._watch.folder.field)
            grid.addWidget(self._watch.folder, 19, 1)
        # Align with the fields above, which leave room for the scroll bar.
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
        """Resize to fit the page; the scroll area alone would ask for less."""
        around = self.sizeHint() - area.sizeHint()
        width = page.sizeHint().width()
        area.setMinimumWidth(width)
        height = page.heightForWidth(width) + around.height()
        self.resize(fit_to_screen(self, width + around.width(), height))


def _heading(text: str) -> QLabel:
    heading = label(text, "strong")
    heading.setContentsMargins(0, 8, 0, 0)
    return heading


def _add_title(grid: QGridLayout, row: int, text: str, widget: QWidget) -> None:
    title = label(text)
    title.setBuddy(widget)
    widget.setAccessibleName(text)
    grid.addWidget(title, row, 0)

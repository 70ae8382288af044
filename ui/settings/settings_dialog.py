"""The settings dialog. Each change applies at once, so it only has a Close button."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import (
    QCheckBox,
    QDialog,
    QDialogButtonBox,
    QHBoxLayout,
    QLineEdit,
    QPushButton,
    QScrollArea,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from services.accounts.network_check import check_network
from services.accounts.settings import Settings, SettingsStore
from services.disk.when_taken import WhenTaken
from services.providers.account import Account
from services.providers.network import DEFAULT_NETWORK
from services.system.language import N_, _
from ui.accounts.network_form import NetworkForm
from ui.settings.folder_field import FolderField
from ui.settings.history_field import HistoryField
from ui.settings.limit_fields import LimitFields
from ui.settings.price_fields import PriceFields
from ui.settings.setting_rows import Reset, SettingRows
from ui.settings.watch_fields import WatchFields
from ui.widgets.button_row import ButtonRow
from ui.widgets.labels import label
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
_DEFAULTS = Settings()
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
        _choose(self._scheme, current.colour_scheme)
        self._scheme.activated.connect(self._save_scheme)

        self._folder = FolderField(
            current.download_folder, _("Download folder"), str(system_downloads)
        )
        self._folder.changed.connect(self._save_folder)

        self._if_exists = ListBox()
        for when, text in _WHEN_TAKEN:
            self._if_exists.addItem(_(text), when.value)
        _choose(self._if_exists, current.when_taken)
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
        saved = network
        if password is not None:
            saved = replace(network, proxy_password_saved=bool(password))
            self._network.forget_password()
        self._saved_network = saved
        self._network.show_tidied(saved)
        self.network_changed.emit(network, password)

    @Slot()
    def _request_clear_listings(self) -> None:
        self._clear_listings.setText(_("Cleared"))
        self._clear_listings.setEnabled(False)
        self.clear_listings_requested.emit()

    def _build_layout(self, account: Account | None) -> None:
        rows = SettingRows()
        # Leave room for the scroll bar.
        rows.setContentsMargins(0, 0, _BAR, 0)
        self._add_rows(rows)
        if self._watch is not None and account is not None:
            self._add_watch(rows, self._watch, one_line(account.name))
        # Align with the fields above, which leave room for the scroll bar.
        self._buttons.setContentsMargins(0, 0, _BAR, 0)
        search = QLineEdit()
        search.setAccessibleName(_("Search settings"))
        search.setPlaceholderText(_("Search settings"))
        search.setClearButtonEnabled(True)
        search.textChanged.connect(rows.search)
        search.setMaximumWidth(26 * self.fontMetrics().averageCharWidth())
        head = QHBoxLayout()
        head.setContentsMargins(0, 0, _BAR, 0)
        head.addWidget(label(_("Settings"), "heading"), 1)
        head.addWidget(search)
        area = scrolled(rows)
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 20, 24 - _BAR, 18)
        column.setSpacing(14)
        column.addLayout(head)
        column.addWidget(area, 1)
        column.addWidget(self._buttons)
        self._size_to(rows, area)
        self._scheme.setFocus()

    def _add_rows(self, rows: SettingRows) -> None:
        rows.add(
            _("Appearance"),
            self._scheme,
            buddy=self._scheme,
            reset=self._reset(self._show_scheme, "colour_scheme"),
            changed=[self._scheme.activated],
        )
        rows.add(
            _("Download folder"),
            self._folder,
            buddy=self._folder.field,
            fills=True,
            reset=self._reset(
                lambda now: self._folder.show_folder(now.download_folder), "download_folder"
            ),
            changed=[self._folder.changed],
        )
        rows.add(
            _("If a file already exists"),
            self._if_exists,
            buddy=self._if_exists,
            reset=self._reset(lambda now: _choose(self._if_exists, now.when_taken), "when_taken"),
            changed=[self._if_exists.activated],
        )
        rows.add(
            _("Undo time for deletes"),
            self._undo,
            buddy=self._undo,
            remark=_("How long you can undo a delete before it's sent."),
            reset=self._reset(lambda now: self._undo.setValue(now.undo_seconds), "undo_seconds"),
            changed=[self._undo.valueChanged],
        )
        for title, box, name in (
            (_("Uploads"), self._skip, "skip_review"),
            (_("Notifications"), self._notify, "notify_of_outputs"),
            (_("Batches"), self._save_batches, "save_batch_outputs"),
        ):
            box.setAccessibleName(box.text())
            rows.add(title, box, reset=self._reset_box(box, name), changed=[box.toggled])
        rows.add(
            _("Upload history"),
            self._history,
            fills=True,
            beside=self._history.keep,
            reset=self._reset(
                lambda now: self._history.keep.setChecked(now.keep_upload_ledger),
                "keep_upload_ledger",
            ),
            changed=[self._history.keep.toggled],
        )
        rows.add(
            _("Simultaneous transfers"),
            self._limits.at_once,
            reset=self._reset(
                self._limits.show_settings,
                "uploads_at_once",
                "downloads_at_once",
                "deletes_at_once",
            ),
            changed=[self._limits.changed],
        )
        rows.add(
            _("Speed limits"),
            self._limits.speeds,
            reset=self._reset(self._limits.show_settings, "upload_limit", "download_limit"),
            changed=[self._limits.changed],
        )
        remark = _(
            "Each account's last list, and the beginnings of files that you looked at, are cached on "
            "this computer."
        )
        rows.add(_("Cache"), self._clear_listings, remark=remark)
        rows.add(
            _("Prices"),
            self._prices,
            fills=True,
            beside=self._folder.field,
            reset=self._reset(self._prices.show_settings, "prices", "price_currency"),
            changed=[self._prices.changed],
        )
        rows.add_section(
            _("Network"),
            self._network,
            remark=_("For all accounts that have no network settings of their own."),
            reset=Reset(lambda: self._saved_network != DEFAULT_NETWORK, self._reset_network),
            changed=[self.network_changed],
        )

    def _add_watch(self, rows: SettingRows, watch: WatchFields, account: str) -> None:
        rows.add_heading(account)
        rows.add(
            _("Check for new files"),
            watch.interval,
            buddy=watch.interval,
            reset=Reset(lambda: watch.interval.currentIndex() != 0, watch.stop),
            changed=[watch.changed],
        )
        rows.add(
            _("Save new outputs to"),
            watch.folder,
            buddy=watch.folder.field,
            fills=True,
            reset=Reset(
                lambda: bool(watch.folder.field.text()), lambda: watch.folder.show_folder("")
            ),
            changed=[watch.folder.changed],
        )

    def _reset_network(self) -> None:
        self._saved_network = DEFAULT_NETWORK
        self._network.show_network(DEFAULT_NETWORK)
        self.network_changed.emit(DEFAULT_NETWORK, None)

    def _reset(self, show: Callable[[Settings], None], *names: str) -> Reset:
        """Resets these settings; `show` shows the settings that are in use then."""

        def act() -> None:
            self._store.change(**{name: getattr(_DEFAULTS, name) for name in names})
            show(self._store.current)

        def is_needed() -> bool:
            now = self._store.current
            return any(getattr(now, name) != getattr(_DEFAULTS, name) for name in names)

        return Reset(is_needed, act)

    def _reset_box(self, box: QCheckBox, name: str) -> Reset:
        return self._reset(lambda now: box.setChecked(getattr(now, name)), name)

    def _show_scheme(self, now: Settings) -> None:
        _choose(self._scheme, now.colour_scheme)
        self.scheme_chosen.emit(now.colour_scheme)

    def _size_to(self, page: QWidget, area: QScrollArea) -> None:
        """Resize to fit the page; the scroll area alone would ask for less."""
        around = self.sizeHint() - area.sizeHint()
        width = page.sizeHint().width()
        area.setMinimumWidth(width)
        height = page.heightForWidth(width) + around.height()
        self.resize(fit_to_screen(self, width + around.width(), height))


def _choose(box: ListBox, value: str) -> None:
    box.setCurrentIndex(max(0, box.findData(value)))

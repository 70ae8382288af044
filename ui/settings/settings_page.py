"""All settings in rows: what each is called, and how it is shown, saved and reset."""

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QPushButton, QWidget

from services.accounts.settings import Settings, SettingsStore
from services.disk.when_taken import WhenTaken
from services.providers.account import Account
from services.releases.events import UpdateChecked
from services.system.language import _
from ui.settings.folder_field import FolderField
from ui.settings.history_field import HistoryField
from ui.settings.limit_fields import LimitFields
from ui.settings.price_fields import PriceFields
from ui.settings.setting_fields import SettingField, check_field, list_field, number_field
from ui.settings.setting_rows import Reset, SettingRows
from ui.settings.shared_network import SharedNetwork
from ui.settings.update_fields import UpdateFields
from ui.settings.watch_fields import WatchFields
from ui.wording import one_line

MIN_UNDO_SECONDS = 3
"""Nobody can react faster, and a deleted file can't be recovered. To skip the wait, users can click
*Delete now* in the undo bar."""
MAX_UNDO_SECONDS = 60
_DEFAULTS = Settings()


class SettingsPage(SettingRows):
    """The settings of the program, then those of the account in front. Each change applies at once."""

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

    update_check_requested = Signal()
    """Requests to check for updates now."""

    clear_listings_requested = Signal()
    """Requests to delete the cached file lists."""
    clear_history_requested = Signal()
    """Requests to clear the upload history; the user has confirmed."""

    def __init__(
        self,
        store: SettingsStore,
        system_downloads: Path,
        account: Account | None,
        parent: QWidget | None = None,
    ) -> None:
        """`system_downloads` is where downloads go if no folder is set.

        `account` is the one in front, which has its own settings.
        """
        super().__init__(parent)
        self._store = store
        self._commits: list[Callable[[], None]] = []
        """What saves fields that are still being typed in."""
        self._add_appearance()
        self._add_downloads(system_downloads)
        self._add_habits()
        self._add_history()
        self._add_limits()
        self._add_cache()
        self._add_prices()
        self._add_updates()
        self._add_network()
        if account is not None:
            self._add_account(account)

    def show_update_check(self, event: UpdateChecked) -> None:
        """Show what the requested check for updates found."""
        self._updates.show_check(event)

    def commit(self) -> None:
        """Save what is still being typed."""
        for commit in self._commits:
            commit()

    def _add_appearance(self) -> None:
        schemes = (("system", _("System default")), ("light", _("Light")), ("dark", _("Dark")))
        field = list_field(self._store, "colour_scheme", schemes)

        def tell() -> None:
            self.scheme_chosen.emit(self._store.current.colour_scheme)

        def show(settings: Settings) -> None:
            field.show(settings)
            tell()

        field.changed.connect(tell)
        self.setFocusProxy(field.widget)
        self.add(
            _("Appearance"),
            field.widget,
            buddy=field.widget,
            reset=self._reset_of(show, field.name),
            changed=[field.changed],
        )

    def _add_downloads(self, system_downloads: Path) -> None:
        folder = FolderField(
            self._store.current.download_folder, _("Download folder"), str(system_downloads)
        )
        folder.changed.connect(lambda path: self._store.change(download_folder=path))
        self._commits.append(folder.commit)
        self.add(
            _("Download folder"),
            folder,
            buddy=folder.field,
            fills=True,
            reset=self._reset_of(
                lambda now: folder.show_folder(now.download_folder), "download_folder"
            ),
            changed=[folder.changed],
        )
        choices = (
            (WhenTaken.KEEP_BOTH.value, _("Keep both")),
            (WhenTaken.REPLACE.value, _("Replace the existing file")),
            (WhenTaken.SKIP.value, _("Skip the download")),
        )
        if_exists = list_field(self._store, "when_taken", choices)
        self._add_field(_("If a file already exists"), if_exists, named=True)

    def _add_habits(self) -> None:
        undo = number_field(
            self._store, "undo_seconds", MIN_UNDO_SECONDS, MAX_UNDO_SECONDS, _(" s")
        )
        remark = _("How long you can undo a delete before it's sent.")
        self._add_field(_("Undo time for deletes"), undo, named=True, remark=remark)
        for title, name, text in (
            (
                _("Uploads"),
                "skip_review",
                _("Skip the review when all files fit the chosen purpose"),
            ),
            (
                _("Notifications"),
                "notify_of_outputs",
                _("Notify me about new outputs in the background"),
            ),
            (
                _("Batches"),
                "save_batch_outputs",
                _("Download the outputs of finished batches automatically"),
            ),
        ):
            self._add_field(title, check_field(self._store, name, text))

    def _add_history(self) -> None:
        history = HistoryField(self._store)
        history.clear_requested.connect(self.clear_history_requested)
        self.add(
            _("Upload history"),
            history,
            fills=True,
            beside=history.keep,
            reset=self._reset_of(
                lambda now: history.keep.setChecked(now.keep_upload_ledger), "keep_upload_ledger"
            ),
            changed=[history.keep.toggled],
        )

    def _add_limits(self) -> None:
        limits = LimitFields(self._store, self)
        limits.changed.connect(self.limits_changed)
        counts = ("uploads_at_once", "downloads_at_once", "deletes_at_once")
        speeds = ("upload_limit", "download_limit")
        for title, widget, names in (
            (_("Simultaneous transfers"), limits.at_once, counts),
            (_("Speed limits"), limits.speeds, speeds),
        ):
            reset = self._reset_of(limits.show_settings, *names)
            self.add(title, widget, reset=reset, changed=[limits.changed])

    def _add_cache(self) -> None:
        self._clear_listings = QPushButton(_("Clear cached lists and previews"))
        # Enter in one of the fields must not press it.
        self._clear_listings.setAutoDefault(False)
        self._clear_listings.clicked.connect(self._request_clear_listings)
        remark = _(
            "Each account's last list, and the beginnings of files that you looked at, are cached on "
            "this computer."
        )
        self.add(_("Cache"), self._clear_listings, remark=remark)

    def _add_prices(self) -> None:
        prices = PriceFields(self._store)
        prices.changed.connect(self.prices_changed)
        self._commits.append(prices.commit)
        self.add(
            _("Prices"),
            prices,
            fills=True,
            beside=prices.currency,
            reset=self._reset_of(prices.show_settings, "prices", "price_currency"),
            changed=[prices.changed],
        )

    def _add_updates(self) -> None:
        self._updates = updates = UpdateFields(self._store)
        updates.check_requested.connect(self.update_check_requested)
        self._commits.append(updates.commit)
        self.add(
            _("Updates"),
            updates,
            fills=True,
            beside=updates.check,
            reset=self._reset_of(updates.show_settings, "check_for_updates", "update_feed"),
            changed=[updates.changed],
        )

    def _add_network(self) -> None:
        network = SharedNetwork(self._store.current.network, self)
        network.changed.connect(self.network_changed)
        self._commits.append(network.commit)
        self.add_section(
            _("Network"),
            network.form,
            remark=_("For all accounts that have no network settings of their own."),
            reset=Reset(lambda: not network.is_default, network.reset),
            changed=[network.changed],
        )

    def _add_account(self, account: Account) -> None:
        watch = WatchFields(self._store, account.id, self)
        watch.changed.connect(self.watch_changed)
        self._commits.append(watch.folder.commit)
        self.add_heading(one_line(account.name))
        self.add(
            _("Check for new files"),
            watch.interval,
            buddy=watch.interval,
            reset=Reset(lambda: watch.interval.currentIndex() != 0, watch.stop),
            changed=[watch.changed],
        )
        self.add(
            _("Save new outputs to"),
            watch.folder,
            buddy=watch.folder.field,
            fills=True,
            reset=Reset(
                lambda: bool(watch.folder.field.text()), lambda: watch.folder.show_folder("")
            ),
            changed=[watch.folder.changed],
        )

    def _add_field(
        self, title: str, field: SettingField, *, named: bool = False, remark: str = ""
    ) -> None:
        """Add a row of one field; `named` says that it has no name but the row's title."""
        self.add(
            title,
            field.widget,
            buddy=field.widget if named else None,
            remark=remark,
            reset=self._reset_of(field.show, field.name),
            changed=[field.changed],
        )

    def _reset_of(self, show: Callable[[Settings], None], *names: str) -> Reset:
        """How these settings are reset; `show` shows the settings that are in use then."""

        def act() -> None:
            self._store.change(**{name: getattr(_DEFAULTS, name) for name in names})
            show(self._store.current)

        def is_needed() -> bool:
            now = self._store.current
            return any(getattr(now, name) != getattr(_DEFAULTS, name) for name in names)

        return Reset(is_needed, act)

    @Slot()
    def _request_clear_listings(self) -> None:
        self._clear_listings.setText(_("Cleared"))
        self._clear_listings.setEnabled(False)
        self.clear_listings_requested.emit()

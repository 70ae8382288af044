"""The settings for watching an account: the interval, and where new outputs go."""

from typing import TypeVar

from PySide6.QtCore import QObject, Signal, Slot

from services.accounts.settings import SettingsStore
from services.system.language import _, ngettext
from services.system.locale_format import whole
from ui.settings.folder_field import FolderField
from ui.widgets.list_box import ListBox

_T = TypeVar("_T")
_CHOICES = (0, 1, 5, 15)
"""Minutes; 0 for never."""


class WatchFields(QObject):
    """Fields for an account's settings; each change is saved at once."""

    changed = Signal()
    """Emitted when the interval has been saved."""

    def __init__(self, store: SettingsStore, account_id: str, parent: QObject) -> None:
        super().__init__(parent)
        self._store = store
        self._account_id = account_id
        current = store.current
        minutes = current.watch_minutes.get(account_id, 0)
        self.interval = ListBox()
        for choice in sorted({*_CHOICES, minutes}):
            self.interval.addItem(interval_in_words(choice), choice)
        self.interval.setCurrentIndex(self.interval.findData(minutes))
        self.interval.activated.connect(self._save_minutes)
        self.folder = FolderField(
            current.save_outputs_to.get(account_id, ""),
            _("Save new outputs to"),
            _("Not saved automatically"),
        )
        self.folder.changed.connect(self._save_folder)

    def stop(self) -> None:
        """Choose not to check, and save it."""
        self.interval.setCurrentIndex(0)
        self._save_minutes()

    @Slot()
    def _save_minutes(self) -> None:
        minutes = self.interval.currentData()
        self._store.update(watch_minutes=lambda saved: _with(saved, self._account_id, minutes))
        self.changed.emit()

    @Slot(str)
    def _save_folder(self, folder: str) -> None:
        self._store.update(save_outputs_to=lambda saved: _with(saved, self._account_id, folder))


def interval_in_words(minutes: int) -> str:
    """“Off”, “Every minute”, “Every 5 minutes”."""
    if not minutes:
        return _("Off")
    words = ngettext("Every minute", "Every {number} minutes", minutes)
    return words.format(number=whole(minutes))


def _with(values: dict[str, _T], account_id: str, value: _T) -> dict[str, _T]:
    """A copy with the account's value; an empty value is removed."""
    others = {known: other for known, other in values.items() if known != account_id}
    return others | {account_id: value} if value else others

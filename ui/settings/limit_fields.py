"""The settings for simultaneous transfers and speed limits."""

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QWidget

from services.accounts.settings import Settings, SettingsStore
from services.system.language import _
from services.system.sizes import KB
from ui.widgets.labels import label
from ui.widgets.spin_box import SpinBox

_MAX_AT_ONCE = 32
_MAX_SPEED = 1_000_000
"""KB per second."""


class LimitFields(QObject):
    """Two rows of fields; each change is saved at once."""

    changed = Signal()

    def __init__(self, store: SettingsStore, parent: QObject) -> None:
        super().__init__(parent)
        self._store = store
        self.at_once = QWidget()
        self.speeds = QWidget()
        at_once, speeds = _row(self.at_once), _row(self.speeds)
        self._numbers = [
            self._field(at_once, "uploads_at_once", _("Uploads")),
            self._field(at_once, "downloads_at_once", _("Downloads")),
            self._field(at_once, "deletes_at_once", _("Deletes")),
        ]
        self._speeds = [
            self._field(speeds, "upload_limit", _("Up")),
            self._field(speeds, "download_limit", _("Down")),
        ]
        for field in self._numbers:
            field.setRange(1, _MAX_AT_ONCE)
        for field in self._speeds:
            field.setRange(0, _MAX_SPEED)
            field.setSingleStep(100)
            field.setSuffix(_(" KB/s"))
            field.setSpecialValueText(_("No limit"))
        self.show_settings(store.current)
        for field in self._numbers:
            field.valueChanged.connect(self._save_number)
        for field in self._speeds:
            field.valueChanged.connect(self._save_speed)
        at_once.addStretch(1)
        speeds.addStretch(1)

    def show_settings(self, settings: Settings) -> None:
        """Show other limits; those that differ are saved."""
        for field in self._numbers:
            field.setValue(getattr(settings, field.objectName()))
        for field in self._speeds:
            field.setValue(getattr(settings, field.objectName()) // KB)

    def _field(self, row: QHBoxLayout, name: str, text: str) -> SpinBox:
        field = SpinBox()
        field.setObjectName(name)
        field.setAccessibleName(text)
        title = label(text, "muted")
        title.setBuddy(field)
        row.addWidget(title)
        row.addWidget(field)
        row.addSpacing(8)
        return field

    @Slot(int)
    def _save_number(self, value: int) -> None:
        self._save(value)

    @Slot(int)
    def _save_speed(self, value: int) -> None:
        self._save(value * KB)

    def _save(self, value: int) -> None:
        field = self.sender()
        self._store.change(**{field.objectName(): value})
        self.changed.emit()


def _row(widget: QWidget) -> QHBoxLayout:
    row = QHBoxLayout(widget)
    row.setContentsMargins(0, 0, 0, 0)
    row.setSpacing(6)
    return row

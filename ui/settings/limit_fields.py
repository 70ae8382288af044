"""The settings for simultaneous transfers and speed limits."""

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QSpinBox, QWidget

from services.accounts.settings import SettingsStore
from services.system.language import _
from services.system.sizes import KB
from ui.widgets.labels import label

_MAX_AT_ONCE = 32
_MAX_SPEED = 1_000_000
"""KB per second."""


class LimitFields(QObject):
    """Two rows of fields; each change is saved at once."""

    changed = Signal()

    def __init__(self, store: SettingsStore) -> None:
        super().__init__()
        self._store = store
        self.at_once = QWidget()
        self.speeds = QWidget()
        at_once, speeds = _row(self.at_once), _row(self.speeds)
        current = store.current
        for name, text, value in (
            ("uploads_at_once", _("Uploads"), current.uploads_at_once),
            ("downloads_at_once", _("Downloads"), current.downloads_at_once),
            ("deletes_at_once", _("Deletes"), current.deletes_at_once),
        ):
            field = self._field(at_once, name, text)
            field.setRange(1, _MAX_AT_ONCE)
            field.setValue(value)
            field.valueChanged.connect(self._save_number)
        for name, text, value in (
            ("upload_limit", _("Up"), current.upload_limit),
            ("download_limit", _("Down"), current.download_limit),
        ):
            field = self._field(speeds, name, text)
            field.setRange(0, _MAX_SPEED)
            field.setSingleStep(100)
            field.setSuffix(_(" KB/s"))
            field.setSpecialValueText(_("No limit"))
            field.setValue(value // KB)
            field.valueChanged.connect(self._save_speed)
        at_once.addStretch(1)
        speeds.addStretch(1)

    def _field(self, row: QHBoxLayout, name: str, text: str) -> QSpinBox:
        field = QSpinBox()
        field.setObjectName(name)
        field.setAccessibleName(text)
        # Qt ignores the style sheet's left padding in spin boxes.
        field.lineEdit().setTextMargins(8, 0, 0, 0)
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

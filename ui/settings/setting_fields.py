"""Widgets for single settings, each of which saves a choice at once."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from PySide6.QtCore import SignalInstance
from PySide6.QtWidgets import QCheckBox, QSpinBox, QWidget

from services.accounts.settings import Settings, SettingsStore
from ui.widgets.list_box import ListBox


@dataclass(frozen=True, slots=True)
class SettingField:
    """The widget for one setting."""

    name: str
    """The setting's name in `Settings`."""
    widget: QWidget
    changed: SignalInstance
    """Emitted when another value was chosen, once it is saved."""
    show: Callable[[Settings], None]
    """Show the value in these settings."""


def list_field(store: SettingsStore, name: str, choices: Iterable[tuple[str, str]]) -> SettingField:
    """A list to choose from: the values, each with its text."""
    box = ListBox()
    for value, text in choices:
        box.addItem(text, value)

    def show(settings: Settings) -> None:
        box.setCurrentIndex(max(0, box.findData(getattr(settings, name))))

    show(store.current)
    box.activated.connect(lambda: store.change(**{name: box.currentData()}))
    return SettingField(name, box, box.activated, show)


def check_field(store: SettingsStore, name: str, text: str) -> SettingField:
    """A check box."""
    box = QCheckBox(text)
    box.setAccessibleName(text)

    def show(settings: Settings) -> None:
        box.setChecked(getattr(settings, name))

    show(store.current)
    box.toggled.connect(lambda checked: store.change(**{name: checked}))
    return SettingField(name, box, box.toggled, show)


def number_field(
    store: SettingsStore, name: str, least: int, most: int, suffix: str
) -> SettingField:
    """A number within bounds."""
    box = QSpinBox()
    box.setRange(least, most)
    box.setSuffix(suffix)
    # Qt ignores the style sheet's left padding in spin boxes.
    box.lineEdit().setTextMargins(8, 0, 0, 0)

    def show(settings: Settings) -> None:
        box.setValue(getattr(settings, name))

    show(store.current)
    box.valueChanged.connect(lambda value: store.change(**{name: value}))
    return SettingField(name, box, box.valueChanged, show)

"""The settings for updates: whether to check for them, where, and a check right now."""

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QLineEdit, QPushButton, QVBoxLayout, QWidget

from services.accounts.settings import Settings, SettingsStore
from services.releases.events import UpdateChecked
from services.releases.update_feed import DEFAULT_FEED, why_feed_invalid
from services.system.frozen import is_from_system_package
from services.system.language import _
from services.system.version import __version__
from ui.widgets.labels import label, set_look


class UpdateFields(QWidget):
    """A check box and an address, which are saved at once, and what the last check found."""

    changed = Signal()
    """Emitted when one of them has been saved."""
    check_requested = Signal()
    """Requests to check for updates now."""

    def __init__(self, store: SettingsStore, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._store = store
        self._waits = False
        """Whether a check that was requested here is under way."""
        self.check = QCheckBox(_("Check for updates once a day"))
        self.check.setAccessibleName(self.check.text())
        self.check.toggled.connect(self._save_check)
        remark = label(
            _(
                "Reads the changelog at this address. Nothing about you is sent, and nothing is "
                "downloaded or installed."
            ),
            "small",
            wrap=True,
        )
        self.field = QLineEdit()
        self.field.setAccessibleName(_("Address of the changelog"))
        self.field.setPlaceholderText(DEFAULT_FEED or _("Address of the changelog"))
        self.field.textChanged.connect(self._enable)
        self.field.editingFinished.connect(self.commit)
        self._now = QPushButton(_("Check now"))
        # Enter in one of the dialog's fields must not press it.
        self._now.setAutoDefault(False)
        self._now.clicked.connect(self._request)
        self._result = label("", "small", wrap=True)
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(self.field, 1)
        row.addWidget(self._now)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        column.addWidget(self.check)
        column.addWidget(remark)
        column.addLayout(row)
        column.addWidget(self._result)
        if is_from_system_package():
            words = _("Filewharf was installed as a package: your package manager updates it.")
            column.addWidget(label(words, "small", wrap=True))
        self.show_settings(store.current)

    def show_settings(self, settings: Settings) -> None:
        """Show what is saved."""
        self.field.setText(settings.update_feed)
        self.check.setChecked(settings.check_for_updates)
        self._enable()
        self._say("" if self._has_address() else _missing())

    @Slot()
    def commit(self) -> None:
        """Save the typed address if it can be used, or say why not."""
        address = self.field.text().strip()
        current = self._store.current
        if address == current.update_feed:
            return
        reason = why_feed_invalid(address) if address else ""
        self._say(reason or ("" if self._has_address() else _missing()), failed=bool(reason))
        if reason:
            return
        self._store.change(update_feed=address)
        if not self._has_address():
            self.check.setChecked(False)
        self.changed.emit()

    def show_check(self, event: UpdateChecked) -> None:
        """Show what a check found, if it was requested here."""
        if not self._waits or not event.by_hand:
            return
        self._waits = False
        if event.problem is not None:
            self._say(f"{event.problem.title}. {event.problem.advice}", failed=True)
        elif event.update is not None:
            version = event.update.version
            self._say(_("Filewharf {version} is available.").format(version=version))
        else:
            self._say(_("Filewharf {version} is the latest version.").format(version=__version__))

    def _has_address(self) -> bool:
        return not why_feed_invalid(self.field.text().strip() or DEFAULT_FEED)

    @Slot()
    def _enable(self) -> None:
        # While something is typed, too: what is disabled doesn't take the focus from the field.
        usable = self._has_address()
        self._now.setEnabled(usable)
        self.check.setEnabled(usable or self.check.isChecked())

    @Slot(bool)
    def _save_check(self, checked: bool) -> None:
        self.commit()
        self._store.change(check_for_updates=checked)
        self._enable()
        self.changed.emit()

    @Slot()
    def _request(self) -> None:
        self.commit()
        if not self._waits:
            self._waits = True
            self._say(_("Checking…"))
            self.check_requested.emit()

    def _say(self, words: str, *, failed: bool = False) -> None:
        self._result.setText(words)
        self._result.setVisible(bool(words))
        set_look(self._result, "error" if failed else "small")


def _missing() -> str:
    return _("Filewharf doesn't know an address yet. Enter one to turn this on.")

"""The form to edit an account."""

from collections.abc import Sequence
from dataclasses import replace

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import (
    QCheckBox,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from services.accounts.account_draft import AccountDraft
from services.accounts.draft_check import Field, FieldMessage
from services.accounts.storage_limit import storage_limit_of_provider
from services.accounts.variables_import import ImportedFields
from services.providers.account import Account
from services.providers.providers import PROVIDERS, provider_named
from services.system.language import _
from services.system.sizes import exact_size
from ui.accounts.account_colors import color_title, dot_icon
from ui.accounts.import_button import ImportButton
from ui.accounts.key_field import KeyField
from ui.accounts.url_field import UrlField
from ui.icons import icon
from ui.theme import ACCOUNT_COLORS, Role
from ui.widgets.labels import label, set_look
from ui.widgets.list_box import ListBox
from ui.widgets.word_search_view import OTHER_WORDS_ROLE, WordSearchView

_PROVIDERS_SHOWN = 20
"""Providers in the open list without scrolling."""


class AccountForm(QWidget):
    """Name, provider, key, organization, project, address, storage limit, color and mark."""

    edited = Signal()
    """Emitted when the user changes a field."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._account = Account("", "", PROVIDERS[0].id, PROVIDERS[0].base_url)
        self._has_saved_key = False
        self._filled_url = ""

        self.name = QLineEdit()
        self.provider = ListBox(view=WordSearchView())
        self.provider.setMaxVisibleItems(_PROVIDERS_SHOWN)
        self.provider.view().setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAsNeeded)
        for provider in PROVIDERS:
            self.provider.addItem(provider.name, provider.id)
            index = self.provider.count() - 1
            self.provider.setItemData(index, provider.also_known_as, OTHER_WORDS_ROLE)
        self.key = KeyField()
        self.import_button = ImportButton()
        self._eye = _eye_button()
        self._eye.toggled.connect(self._show_key)
        self.organization = QLineEdit()
        self.project = QLineEdit()
        for optional in (self.organization, self.project):
            optional.setPlaceholderText(_("optional"))
        self.base_url = UrlField()
        self.storage_limit = QLineEdit()
        self.color = ListBox()
        for name in ACCOUNT_COLORS:
            self.color.addItem(dot_icon(name), color_title(name), name)
        self.production = QCheckBox(_("Production: deleting asks for the account's name"))

        self._messages = {field: label("", "error", wrap=True) for field in Field}
        self._build_layout()

        self.provider.activated.connect(self._fill_url)
        self.provider.activated.connect(self.edited)
        self.color.activated.connect(self.edited)
        self.production.clicked.connect(self.edited)
        for line in (self.name, *self._line_edits.values()):
            line.textEdited.connect(self.edited)

    def show_account(
        self, account: Account, color: str, *, has_saved_key: bool, is_copy: bool = False
    ) -> None:
        """Show an account and the name of its color.

        `has_saved_key` says that its key is stored and need not be entered, and `is_copy` that this
        is the key of the account that it's a copy of.
        """
        self._account = account
        provider = provider_named(account.provider_id)
        self.name.setText(account.name)
        self.name.setPlaceholderText(provider.name)
        self.provider.setCurrentIndex(self.provider.findData(provider.id))
        self.key.clear()
        saved = _("saved in the keyring — type to replace")
        if is_copy:
            saved = _("the same key — type to use another one")
        self.key.setPlaceholderText(saved if has_saved_key else provider.key_hint)
        self._has_saved_key = has_saved_key
        self._eye.setChecked(False)
        self.organization.setText(account.organization)
        self.project.setText(account.project)
        self.base_url.setText(account.base_url)
        self._filled_url = provider.base_url
        self._show_limit(account)
        self.color.setCurrentIndex(self.color.findData(color))
        self.production.setChecked(account.production)
        self.show_messages(())

    def fill_in(self, fields: ImportedFields) -> None:
        """Fill in what was imported; other fields stay as they are."""
        for line, text in (
            (self.key, fields.key),
            (self.organization, fields.organization),
            (self.project, fields.project),
        ):
            if text:
                line.setText(text)
        if fields.base_url:
            self.provider.setCurrentIndex(self.provider.findData(fields.provider_id))
            self._fill_url()
            self.base_url.setText(fields.base_url)

    def show_saved_key(self, masked: str) -> None:
        """Show in the empty field which key is saved, without most of it."""
        if self._has_saved_key:
            text = _("{key} — saved in the keyring, type to replace").format(key=masked)
            self.key.setPlaceholderText(text)

    def draft(self) -> AccountDraft:
        """The contents of the fields, as typed."""
        account = replace(
            self._account,
            name=self.name.text(),
            provider_id=self.provider.currentData(),
            organization=self.organization.text(),
            project=self.project.text(),
            base_url=self.base_url.text(),
            color=self.color.currentData() or "",
            production=self.production.isChecked(),
        )
        return AccountDraft(account, self.key.text() or None, self.storage_limit.text())

    def show_tidied(self, account: Account) -> None:
        """Show the cleaned-up values in the fields; the key stays as typed."""
        self.name.setText(account.name)
        self.organization.setText(account.organization)
        self.project.setText(account.project)
        self.base_url.setText(account.base_url)
        self._show_limit(account)

    def show_messages(self, messages: Sequence[FieldMessage]) -> None:
        """Show messages below their fields, and focus the first invalid field."""
        by_field = {message.field: message for message in messages}
        for field, line in self._messages.items():
            message = by_field.get(field)
            line.setText(message.sentence if message else "")
            line.setVisible(message is not None)
            self._line_edits[field].setAccessibleDescription(line.text())
            if message is not None:
                set_look(line, "error" if message.is_error else "warning")
        refused = next((message.field for message in messages if message.is_error), None)
        if refused is not None:
            self._line_edits[refused].setFocus()

    @Slot(bool)
    def _show_key(self, shown: bool) -> None:
        self.key.reveal(shown)
        self._eye.setIcon(icon("eye-off" if shown else "eye", Role.MUTED))

    @Slot()
    def _fill_url(self) -> None:
        """Fill in the chosen provider's address, unless the user entered another one."""
        provider = provider_named(self.provider.currentData())
        self.name.setPlaceholderText(provider.name)
        if not self._has_saved_key:
            self.key.setPlaceholderText(provider.key_hint)
        if self.base_url.text().strip() in ("", self._filled_url):
            self.base_url.setText(provider.base_url)
        self._filled_url = provider.base_url
        self._show_providers_limit()

    def _show_limit(self, account: Account) -> None:
        limit = account.storage_limit
        self.storage_limit.setText("" if limit is None else exact_size(limit))
        self._show_providers_limit()

    def _show_providers_limit(self) -> None:
        """Show the provider's limit as the placeholder."""
        limit = storage_limit_of_provider(self.provider.currentData())
        self.storage_limit.setPlaceholderText(
            _("no known limit") if limit is None else exact_size(limit)
        )

    def _build_layout(self) -> None:
        self._line_edits = {
            Field.KEY: self.key,
            Field.ORGANIZATION: self.organization,
            Field.PROJECT: self.project,
            Field.BASE_URL: self.base_url,
            Field.STORAGE_LIMIT: self.storage_limit,
        }
        key_row = QHBoxLayout()
        key_row.setSpacing(6)
        key_row.addWidget(self.key, 1)
        key_row.addWidget(self._eye)
        key_note = label(_("Stored in your system's keyring, never in a file."), "small", wrap=True)
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(12)
        grid.setVerticalSpacing(10)
        grid.setColumnStretch(0, 1)
        grid.setColumnStretch(1, 1)
        top = Qt.AlignmentFlag.AlignTop
        grid.addLayout(_field(_("Name"), self.name), 0, 0, top)
        grid.addLayout(_field(_("Provider"), self.provider), 0, 1, top)
        key = _field(_("API key"), self.key, key_row, self._messages[Field.KEY])
        note_row = QHBoxLayout()
        note_row.addWidget(key_note, 1)
        note_row.addWidget(self.import_button)
        key.addLayout(note_row)
        grid.addLayout(key, 1, 0, 1, 2)
        grid.addLayout(self._field_of(Field.ORGANIZATION, _("Organization")), 2, 0, top)
        grid.addLayout(self._field_of(Field.PROJECT, _("Project")), 2, 1, top)
        grid.addLayout(self._field_of(Field.BASE_URL, _("Base URL")), 3, 0, 1, 2)
        limit = self._field_of(Field.STORAGE_LIMIT, _("Storage limit"))
        limit.addWidget(label(_("Leave empty to use the provider's limit."), "small", wrap=True))
        grid.addLayout(limit, 4, 0, top)
        grid.addLayout(_field(_("Color"), self.color), 4, 1, top)
        grid.addWidget(self.production, 5, 0, 1, 2)
        self.setTabOrder(self.name, self.provider)
        self.setTabOrder(self.provider, self.key)
        self.setTabOrder(self.key, self._eye)
        self.setTabOrder(self._eye, self.import_button)
        self.setTabOrder(self.import_button, self.organization)
        self.setTabOrder(self.organization, self.project)
        self.setTabOrder(self.project, self.base_url)
        self.setTabOrder(self.base_url, self.storage_limit)
        self.setTabOrder(self.storage_limit, self.color)
        self.setTabOrder(self.color, self.production)

    def _field_of(self, field: Field, title: str) -> QVBoxLayout:
        return _field(title, self._line_edits[field], message=self._messages[field])


def _field(
    title: str,
    widget: QWidget,
    row: QHBoxLayout | None = None,
    message: QLabel | None = None,
) -> QVBoxLayout:
    """A field with its title above, which also names it, and its message below."""
    heading = label(title, "strong")
    heading.setBuddy(widget)
    widget.setAccessibleName(title)
    column = QVBoxLayout()
    column.setSpacing(4)
    column.addWidget(heading)
    if row is None:
        column.addWidget(widget)
    else:
        column.addLayout(row)
    if message is not None:
        message.hide()
        column.addWidget(message)
    return column


def _eye_button() -> QToolButton:
    eye = QToolButton()
    eye.setProperty("look", "flat")
    eye.setCheckable(True)
    eye.setIcon(icon("eye", Role.MUTED))
    eye.setToolTip(_("Show the key"))
    eye.setAccessibleName(_("Show the key"))
    return eye

"""The dialog for accounts: its fields, and what is saved."""

from collections.abc import Callable

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QClipboard, QGuiApplication, QKeySequence
from PySide6.QtWidgets import (
    QAbstractButton,
    QComboBox,
    QLabel,
    QLineEdit,
    QListWidget,
    QMenu,
    QPushButton,
)
from pytestqt.qtbot import QtBot

from services.accounts.events import (
    AccountNotSaved,
    AccountSaved,
    AccountsLoaded,
    FieldsImported,
    KeyRecognized,
)
from services.accounts.variables_import import ImportedFields
from services.events import ServiceClosed
from services.providers.providers import PROVIDERS
from tests.support.factories import account, problem
from tests.ui.accounts.connect_desk import ACME, ALL, TEAM, Desk
from ui.accounts.account_colors import account_colors

LONG = account("Research " * 40, id="long", provider_id="openai")


def test_the_dialog_is_named_for_assistive_technology(desk: Desk) -> None:
    desk.open(None)
    assert desk.dialog.accessibleName() == desk.dialog.windowTitle() == "Connect"
    for name in ("Name", "API key", "Organization", "Project", "Base URL", "Storage limit"):
        assert desk.field(name).isVisible()
    unnamed = [
        button
        for button in desk.dialog.findChildren(QAbstractButton)
        if not (button.text() or button.accessibleName())
    ]
    assert not unnamed


def test_it_loads_the_accounts_and_shows_the_requested_one(desk: Desk) -> None:
    desk.open("team")
    assert ("accounts.load", ()) in desk.engine.calls
    assert desk.field("Name").text() == "Team"
    assert desk.field("Base URL").text() == "http://localhost:4000/v1"
    assert desk.field("API key").text() == ""
    assert "keyring" in desk.field("API key").placeholderText()


def test_choosing_a_provider_fills_in_its_address(desk: Desk) -> None:
    desk.open(None)
    assert desk.field("Base URL").text() == PROVIDERS[0].base_url
    desk.choose_provider("Groq")
    assert desk.field("Base URL").text() == "https://api.groq.com/openai/v1"
    desk.choose_provider("LiteLLM")
    assert desk.field("Base URL").text() == "http://localhost:4000/v1"


def test_choosing_a_provider_keeps_a_custom_address(desk: Desk) -> None:
    desk.open(None)
    desk.write("Base URL", "https://proxy.example.com/v1")
    desk.choose_provider("Groq")
    assert desk.field("Base URL").text() == "https://proxy.example.com/v1"


def test_a_new_account_is_saved_with_a_new_id_then_opened(desk: Desk) -> None:
    desk.open(None)
    desk.write("Name", "Mine")
    desk.write("API key", "Bearer sk-new ")
    desk.write("Project", "proj_1")
    desk.press("Save")
    (draft,) = desk.drafts("accounts.save")
    assert draft.key == "sk-new"
    assert len(draft.account.id) == 16
    assert draft.account == account(
        "Mine",
        id=draft.account.id,
        provider_id="openai",
        base_url="https://api.openai.com/v1",
        project="proj_1",
        color=draft.account.color,
    )
    assert "Save" not in desk.buttons()
    assert desk.saved.count() == 0
    desk.dialog.apply_event(
        AccountSaved(draft.account, "In the keyring.", key_in_memory_only=False)
    )
    assert desk.saved.at(0) == [draft.account.id]
    assert not desk.dialog.isVisible()


def test_enter_in_a_field_saves(desk: Desk) -> None:
    desk.open(None)
    desk.write("API key", "sk-1")
    desk.qtbot.keyClick(desk.field("API key"), Qt.Key.Key_Return)
    assert len(desk.drafts("accounts.save")) == 1


def test_a_key_kept_only_in_memory_is_explained_before_closing(desk: Desk) -> None:
    desk.open(None)
    desk.write("API key", "sk-1")
    desk.press("Save")
    (draft,) = desk.drafts("accounts.save")
    notice = "The key is kept for this session only."
    desk.dialog.apply_event(AccountSaved(draft.account, notice, key_in_memory_only=True))
    assert desk.dialog.isVisible()
    assert notice in desk.texts()
    assert desk.saved.count() == 1
    desk.press("Close")
    assert not desk.dialog.isVisible()
    assert desk.saved.count() == 1


def test_a_problem_while_saving_is_shown_and_the_fields_stay(desk: Desk) -> None:
    desk.open(None)
    desk.write("Name", "Mine")
    desk.write("API key", "sk-1")
    desk.press("Save")
    desk.dialog.apply_event(AccountNotSaved(problem("The keyring is locked", advice="Unlock it.")))
    assert "The keyring is locked" in desk.texts()
    assert "Unlock it." in desk.texts()
    assert desk.field("Name").text() == "Mine"
    assert desk.field("API key").text() == "sk-1"
    assert "Save" in desk.buttons()


@pytest.mark.parametrize(
    ("field", "typed", "sentence"),
    [
        ("API key", "sk a", "spaces"),
        ("Base URL", "https://HOST/v1", "HOST"),
        ("Base URL", "https://a:b@c.example/v1", "@"),
        ("Organization", "my org", "without spaces"),
    ],
)
@pytest.mark.parametrize("button", ["Save", "Test connection"])
def test_invalid_fields_are_explained_and_nothing_is_sent(
    desk: Desk, field: str, typed: str, sentence: str, button: str
) -> None:
    desk.open(None)
    desk.write("API key", "sk-1")
    desk.write(field, typed)
    desk.press(button)
    assert sentence in desk.texts()
    assert sentence in desk.field(field).accessibleDescription()
    assert desk.engine.calls == [("accounts.load", ())]
    desk.write(field, "x")
    assert sentence not in desk.texts()


def test_an_unchanged_account_can_be_opened_and_an_edited_one_saved(desk: Desk) -> None:
    desk.open("acme")
    assert {"Open", "Remove"} <= set(desk.buttons())
    desk.write("Name", "Acme 2")
    assert "Save" in desk.buttons()
    assert "Open" not in desk.buttons()
    desk.press("Save")
    (draft,) = desk.drafts("accounts.save")
    assert (draft.account.id, draft.account.name, draft.key) == ("acme", "Acme 2", None)


def test_open_chooses_the_account(desk: Desk) -> None:
    desk.open("sandbox")
    desk.press("Open")
    assert desk.chosen.at(0) == ["sandbox"]
    assert not desk.dialog.isVisible()


@pytest.mark.parametrize(
    ("account_id", "word"), [("environment", "OPENAI_"), ("sandbox", "No key")]
)
def test_environment_and_sandbox_show_an_explanation_and_are_not_editable(
    desk: Desk, account_id: str, word: str
) -> None:
    desk.open(account_id)
    assert word in desk.texts()
    assert not desk.field("API key").isVisible()
    assert set(desk.buttons()) == {"Add account", "Cancel", "Open"}


def test_a_new_account_gets_a_color_that_no_other_has(desk: Desk) -> None:
    desk.open(None)
    desk.write("API key", "sk-new")
    desk.press("Save")
    (draft,) = desk.drafts("accounts.save")
    assert draft.account.color
    assert draft.account.color not in account_colors(ALL).values()


def test_color_and_production_mark_are_edited(desk: Desk) -> None:
    desk.open("acme")
    color = desk.widget(QComboBox, "Color")
    assert isinstance(color, QComboBox)
    assert color.currentData() == account_colors(ALL)["acme"]
    color.setCurrentIndex(color.findText("Plum"))
    color.activated.emit(color.currentIndex())
    desk.press("Production: deleting asks for the account's name")
    desk.press("Save")
    (draft,) = desk.drafts("accounts.save")
    assert (draft.account.color, draft.account.production) == ("plum", True)
    desk.dialog.edit("team")
    desk.dialog.apply_event(AccountsLoaded((draft.account, TEAM)))
    assert not desk.checked("Production: deleting asks for the account's name")
    desk.dialog.edit("acme")
    assert desk.checked("Production: deleting asks for the account's name")


def test_the_eye_button_shows_and_hides_the_key(desk: Desk) -> None:
    desk.open(None)
    field = desk.field("API key")
    assert field.echoMode() is QLineEdit.EchoMode.Password
    eye = desk.widget(QAbstractButton, "Show the key")
    desk.qtbot.mouseClick(eye, Qt.MouseButton.LeftButton)
    assert field.echoMode() is QLineEdit.EchoMode.Normal
    desk.qtbot.mouseClick(eye, Qt.MouseButton.LeftButton)
    assert field.echoMode() is QLineEdit.EchoMode.Password


def test_events_for_others_are_ignored(desk: Desk) -> None:
    desk.open("acme")
    desk.dialog.apply_event(ServiceClosed())
    desk.dialog.apply_event(AccountSaved(TEAM, "In the keyring.", key_in_memory_only=False))
    desk.dialog.apply_event(AccountNotSaved(problem()))
    assert desk.dialog.isVisible()
    assert desk.saved.count() == 0


def test_escape_closes_without_saving(desk: Desk) -> None:
    desk.open(None)
    desk.write("API key", "sk-1")
    desk.qtbot.keyClick(desk.dialog, Qt.Key.Key_Escape)
    assert not desk.dialog.isVisible()
    assert not desk.drafts("accounts.save")


def test_canceling_while_saving_opens_nothing_later(desk: Desk) -> None:
    desk.open(None)
    desk.write("API key", "sk-1")
    desk.press("Save")
    (draft,) = desk.drafts("accounts.save")
    desk.press("Cancel")
    desk.dialog.apply_event(
        AccountSaved(draft.account, "In the keyring.", key_in_memory_only=False)
    )
    assert desk.saved.count() == 0
    assert desk.field("API key").text() == ""


def test_untrusted_names_are_shown_as_plain_text(desk: Desk) -> None:
    odd = account("<b>x</b>\n\u202etxt", id="odd")
    desk.open("odd", (odd,))
    listed = desk.widget(QListWidget, "Accounts")
    assert isinstance(listed, QListWidget)
    assert listed.item(0).text() == "<b>x</b>��txt"
    formats: Callable[[QLabel], Qt.TextFormat] = QLabel.textFormat
    assert {formats(label) for label in desk.dialog.findChildren(QLabel)} == {
        Qt.TextFormat.PlainText
    }


def test_a_storage_limit_is_saved_with_the_account(desk: Desk) -> None:
    desk.open("team")
    assert desk.field("Storage limit").text() == ""
    assert desk.field("Storage limit").placeholderText() == "no known limit"
    desk.write("Storage limit", "1.5 TB")
    desk.press("Save")
    (draft,) = desk.drafts("accounts.save")
    assert draft.account.storage_limit == 1_500_000_000_000
    desk.dialog.apply_event(AccountsLoaded((ACME, draft.account)))
    desk.dialog.apply_event(
        AccountSaved(draft.account, "In the keyring.", key_in_memory_only=False)
    )
    desk.open("team", (ACME, draft.account))
    assert desk.field("Storage limit").text() == "1.5 TB"
    desk.write("Storage limit", " ")
    desk.press("Save")
    assert desk.drafts("accounts.save")[-1].account.storage_limit is None


def test_an_invalid_storage_limit_is_explained_below_its_field(desk: Desk) -> None:
    desk.open("team")
    desk.write("Storage limit", "lots")
    desk.press("Save")
    assert not desk.drafts("accounts.save")
    assert "such as 100 GB" in desk.texts()
    assert "such as 100 GB" in desk.field("Storage limit").accessibleDescription()


def test_an_empty_storage_limit_shows_the_providers_limit(desk: Desk) -> None:
    desk.open(None)
    assert desk.field("Storage limit").placeholderText() == "2.5 TB"
    desk.choose_provider("Groq")
    assert desk.field("Storage limit").placeholderText() == "no known limit"


def test_a_long_name_keeps_every_field_visible(qtbot: QtBot) -> None:
    desk = Desk(qtbot)
    desk.open("long", (LONG,))
    assert any(label.text() == LONG.name for label in desk.dialog.findChildren(QLabel))
    provider = desk.widget(QComboBox, "Provider")
    assert provider.visibleRegion().boundingRect() == provider.rect()
    key = desk.field("API key")
    assert key.visibleRegion().boundingRect() == key.rect()


@pytest.mark.parametrize("account_id", ["team", None], ids=["known", "new"])
def test_the_key_field_has_focus_at_first(desk: Desk, account_id: str | None) -> None:
    desk.open(account_id)
    desk.dialog.activateWindow()
    desk.qtbot.waitUntil(desk.field("API key").hasFocus)
    desk.qtbot.keyClicks(desk.field("API key"), "sk-new")
    desk.press("Add account")
    assert desk.field("API key").hasFocus()
    assert desk.field("API key").text() == ""


def test_the_word_to_replace_in_an_address_is_selected(desk: Desk) -> None:
    desk.open(None)
    provider = desk.widget(QComboBox, "Provider")
    assert isinstance(provider, QComboBox)
    provider.setCurrentIndex(provider.findData("azure"))
    provider.activated.emit(provider.currentIndex())
    url = desk.field("Base URL")
    assert url.text() == "https://RESOURCE.openai.azure.com/openai/v1"
    with desk.qtbot.waitActive(desk.dialog):
        desk.dialog.activateWindow()
    url.setFocus()
    assert url.selectedText() == "RESOURCE"
    desk.qtbot.keyClicks(url, "acme")
    assert url.text() == "https://acme.openai.azure.com/openai/v1"


def test_an_account_with_other_looks_is_not_opened_anew(desk: Desk) -> None:
    desk.open("acme")
    desk.write("Name", "Renamed")
    desk.press("Production: deleting asks for the account's name")
    desk.press("Save")
    (draft,) = desk.drafts("accounts.save")
    desk.dialog.apply_event(AccountSaved(draft.account, "The key is unchanged.", False))
    assert (desk.saved.count(), desk.chosen.count()) == (0, 1)
    desk.dialog.apply_event(AccountsLoaded((draft.account, *ALL[1:])))
    desk.open("acme", (draft.account, *ALL[1:]))
    desk.write("Project", "proj_2")
    desk.press("Save")
    draft = desk.drafts("accounts.save")[-1]
    desk.dialog.apply_event(AccountSaved(draft.account, "The key is unchanged.", False))
    assert (desk.saved.count(), desk.chosen.count()) == (1, 1)


def test_a_saved_key_is_recognized_by_its_last_characters(desk: Desk) -> None:
    desk.open("acme")
    assert ("acme",) in desk.engine.arguments_of("accounts.recognize_key")
    desk.dialog.apply_event(KeyRecognized("team", "sk-••••other"))
    assert "other" not in desk.field("API key").placeholderText()
    desk.dialog.apply_event(KeyRecognized("acme", "sk-proj-••••3fQ9"))
    assert desk.field("API key").placeholderText().startswith("sk-proj-••••3fQ9")
    assert desk.field("API key").text() == ""
    desk.dialog.edit(None)
    assert "3fQ9" not in desk.field("API key").placeholderText()


@pytest.mark.parametrize("shown", [False, True])
def test_a_key_is_never_copied_out_of_its_field(desk: Desk, shown: bool) -> None:
    desk.open(None)
    field = desk.field("API key")
    desk.write("API key", "sk-canary-0123456789")
    if shown:
        desk.press_named("Show the key")
    QGuiApplication.clipboard().setText("before")
    for keys in ("Ctrl+A", "Ctrl+C", "Ctrl+X", "Ctrl+Ins", "Shift+Del"):
        desk.qtbot.keySequence(field, QKeySequence(keys))
    desk.qtbot.mouseDClick(field, Qt.MouseButton.LeftButton)
    field.copy()
    for mode in (QClipboard.Mode.Clipboard, QClipboard.Mode.Selection):
        assert "canary" not in QGuiApplication.clipboard().text(mode)
    assert field.text() == "sk-canary-0123456789" or not shown


def test_what_was_removed_around_a_key_is_said(desk: Desk) -> None:
    desk.open(None)
    desk.write("API key", 'export OPENAI_API_KEY="sk-new"')
    desk.press("Test connection")
    assert "Removed around the key: “OPENAI_API_KEY”." in desk.texts()
    assert desk.drafts("accounts.test")[-1].key == "sk-new"


_NONSENSE = ("\ud800", "\x00", "\n\t", "a" * 100_000, "‮٣", "{}[]()\\|", "-1", "𝔘" * 50, "'\";--")


@pytest.mark.parametrize("text", _NONSENSE, ids=range(len(_NONSENSE)))
@pytest.mark.parametrize(
    "name", ["Name", "API key", "Organization", "Project", "Base URL", "Storage limit"]
)
def test_nonsense_in_any_field_is_refused_with_a_sentence_or_taken(
    desk: Desk, name: str, text: str
) -> None:
    desk.open(None)
    desk.write("API key", "sk-1")
    desk.field(name).setText(text)
    desk.press("Test connection")
    sent = desk.engine.arguments_of("accounts.test")
    explained = desk.field(name).accessibleDescription()
    assert bool(sent) or explained
    if name in ("API key", "Base URL") and desk.field(name).text().strip() == text.strip():
        assert explained or text.isascii()


def test_fields_are_imported_once_from_a_file_or_the_environment(desk: Desk) -> None:
    desk.open(None)
    desk.write("Project", "proj_typed")
    (menu,) = [
        one.menu() for one in desk.dialog.findChildren(QPushButton) if one.text() == "Import"
    ]
    assert isinstance(menu, QMenu)
    menu.actions()[1].trigger()
    ((account_id, path),) = desk.engine.arguments_of("accounts.import_fields")
    assert path is None
    fields = ImportedFields(
        "sk-canary", "groq", "https://api.groq.com/openai/v1", names=("GROQ_API_KEY",)
    )
    desk.dialog.apply_event(FieldsImported("another", fields, "Late."))
    assert desk.field("API key").text() == ""
    desk.dialog.apply_event(FieldsImported(str(account_id), fields, "Filled in from .env."))
    assert desk.field("API key").text() == "sk-canary"
    assert desk.field("Base URL").text() == "https://api.groq.com/openai/v1"
    assert desk.field("Project").text() == "proj_typed"
    assert "Filled in from .env." in desk.texts()
    desk.press("Save")
    (draft,) = desk.drafts("accounts.save")
    assert (draft.key, draft.account.provider_id) == ("sk-canary", "groq")

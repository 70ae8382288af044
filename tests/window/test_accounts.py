"""Connecting, switching and removing accounts; storing keys; the environment's account."""

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtWidgets import QAbstractButton, QComboBox, QLabel, QLineEdit, QListWidget

from services.accounts.events import AccountOpening
from services.catalog.events import FilesListed
from services.providers.account import ENVIRONMENT_ID
from tests.support.factories import remote_file
from tests.support.files_server import TEST_KEY, ScriptedFilesServer
from tests.support.memory_keyring import MemoryKeyring
from tests.support.narrowing import not_none
from tests.support.served_files import served_file
from tests.support.server_faults import Stall, api_error
from tests.window.conftest import OpenDesk
from tests.window.desk import Desk, account_at
from ui.accounts.network_form import NetworkForm


def fill_in(desk: Desk, server: ScriptedFilesServer) -> None:
    dialog = desk.dialog("Connect")
    fields = {one.accessibleName(): one for one in dialog.findChildren(QLineEdit)}
    (provider,) = [
        one for one in dialog.findChildren(QComboBox) if one.accessibleName() == "Provider"
    ]
    provider.setCurrentIndex(provider.findText("Another server"))
    provider.activated.emit(provider.currentIndex())
    fields["Base URL"].clear()
    for name, text in {
        "Name": "Team",
        "API key": TEST_KEY,
        "Base URL": server.base_url,
    }.items():
        desk.qtbot.keyClicks(fields[name], text)


def test_the_first_account_is_created_from_the_welcome_page(
    files_server: ScriptedFilesServer, open_desk: OpenDesk, memory_keyring: MemoryKeyring
) -> None:
    files_server.add(served_file("mine.jsonl"))
    desk = open_desk()
    desk.wait_to_see("Try the sandbox")
    desk.press("Connect…")
    fill_in(desk, files_server)
    desk.press("Save", desk.dialog("Connect"))
    desk.wait_for_files("mine.jsonl")
    assert not desk.dialogs()
    assert desk.button("Account").text() == "Team"
    assert TEST_KEY in memory_keyring.passwords.values()
    assert TEST_KEY not in (desk.folder / "settings.json").read_text()
    (team,) = desk.settings.current.accounts
    assert desk.settings.current.last_account == team.id


def test_without_a_keyring_the_key_lasts_for_the_session_with_a_notice(
    files_server: ScriptedFilesServer, open_desk: OpenDesk
) -> None:
    files_server.add(served_file("mine.jsonl"))
    desk = open_desk(trusted=lambda _backend: None)
    desk.wait_to_see("Connect…")
    desk.press("Connect…")
    fill_in(desk, files_server)
    dialog = desk.dialog("Connect")
    desk.press("Save", dialog)
    desk.wait(lambda: "until you quit" in desk.texts(dialog))
    desk.press("Close", dialog)
    desk.wait_for_files("mine.jsonl")


def test_testing_the_form_contacts_the_server(
    files_server: ScriptedFilesServer, open_desk: OpenDesk
) -> None:
    desk = open_desk()
    desk.wait_to_see("Connect…")
    desk.press("Connect…")
    fill_in(desk, files_server)
    dialog = desk.dialog("Connect")
    desk.press("Test connection", dialog)
    desk.wait(lambda: "Test again" in desk.texts(dialog))
    assert len(files_server.requests) > 0
    dialog.reject()


def test_a_rejected_key_is_reported_once(
    files_server: ScriptedFilesServer, open_desk: OpenDesk
) -> None:
    desk = open_desk()
    desk.wait_to_see("Connect…")
    desk.press("Connect…")
    fill_in(desk, files_server)
    files_server.next(api_error(401, "Incorrect API key provided", code="invalid_api_key"))
    dialog = desk.dialog("Connect")
    desk.press("Test connection", dialog)
    desk.wait(lambda: "Test again" in desk.texts(dialog))
    assert desk.texts(dialog).count("The key was rejected") == 1
    dialog.reject()


def test_removing_the_open_account_leads_to_the_welcome_page(desk: Desk) -> None:
    desk.select("requests.jsonl")
    desk.window.accounts.show_dialog()
    dialog = desk.dialog("Connect")
    desk.wait(lambda: "Remove" in desk.texts(dialog).splitlines())
    desk.press("Remove", dialog)
    desk.press("Remove account", dialog)
    desk.wait_to_see("Try the sandbox")
    dialog.reject()
    assert desk.settings.current.accounts == ()
    assert desk.settings.current.last_account == ""
    assert len(desk.window.workspace.area.files) == 0
    assert not desk.window.commands.download.isEnabled()
    assert not desk.window.commands.delete.isEnabled()
    desk.press("Open the sandbox")
    desk.wait(lambda: desk.names())


def test_the_welcome_page_works_again_after_a_sandbox_and_a_removed_account(
    files_server: ScriptedFilesServer, open_desk: OpenDesk
) -> None:
    desk = open_desk(accounts=[account_at(files_server)], last="")
    desk.wait_to_see("Open the sandbox")
    desk.press("Open the sandbox")
    desk.wait(lambda: desk.names())
    desk.choose_account("Acme")
    desk.wait_to_see("No files yet")
    desk.remove_account("acme")
    desk.wait_to_see("Try the sandbox")
    assert not desk.sees("Starting")
    assert desk.button("Connect…").isEnabled()


def test_the_environment_account_comes_first_and_is_never_stored(
    files_server: ScriptedFilesServer,
    make_files_server: Callable[..., ScriptedFilesServer],
    open_desk: OpenDesk,
) -> None:
    files_server.add(served_file("stored.jsonl"))
    other = make_files_server([served_file("of-environment.jsonl")], key="sk-environment")
    desk = open_desk(
        accounts=[account_at(files_server)],
        environment={"OPENAI_API_KEY": "sk-environment", "OPENAI_BASE_URL": other.base_url},
    )
    desk.wait_for_files("of-environment.jsonl")
    assert desk.button("Account").text() == "Environment"
    assert ENVIRONMENT_ID not in [one.id for one in desk.settings.current.accounts]
    assert desk.settings.current.last_account != ENVIRONMENT_ID
    written = (desk.folder / "settings.json").read_text()
    assert "sk-environment" not in written
    assert other.base_url not in written


def test_a_rejected_environment_key_shows_how_to_change_it(
    make_files_server: Callable[..., ScriptedFilesServer], open_desk: OpenDesk
) -> None:
    other = make_files_server(key="sk-another")
    desk = open_desk(
        environment={"OPENAI_API_KEY": "sk-environment", "OPENAI_BASE_URL": other.base_url}
    )
    desk.wait_to_see("HTTP 401")
    desk.press("Change the key…")
    dialog = desk.dialog("Connect")
    assert "OPENAI_API_KEY" in desk.texts(dialog)
    assert other.base_url in desk.texts(dialog)
    assert not [one for one in dialog.findChildren(QLineEdit) if one.isVisible()]
    dialog.reject()


def test_late_pages_of_the_previous_account_never_show(
    desk: Desk,
    files_server: ScriptedFilesServer,
    make_files_server: Callable[..., ScriptedFilesServer],
) -> None:
    files_server.script("GET", "/files", [Stall()])
    desk.window.commands.refresh.trigger()
    files_server.wait_until_stalled()
    desk.choose_account("Sandbox")
    desk.wait(lambda: desk.window.windowTitle().startswith("Sandbox") and desk.names())
    before = desk.names()
    files_server.release()
    desk.deliver([FilesListed("acme", 2, (remote_file("late.txt"),), 1)])
    assert "late.txt" not in desk.names()
    desk.wait_to_see("Updated")
    assert len(desk.names()) >= len(before)
    assert "requests.jsonl" not in desk.names() or desk.file("requests.jsonl").size != 300


def test_an_older_listing_is_ignored_after_returning_to_the_account(desk: Desk) -> None:
    desk.choose_account("Sandbox")
    desk.wait(lambda: desk.window.windowTitle().startswith("Sandbox") and desk.names())
    desk.choose_account("Acme")
    desk.wait_for_files("requests.jsonl", "answers.jsonl", "report.pdf")
    desk.deliver([FilesListed("acme", 1, (remote_file("late.txt"),), 1)])
    assert "late.txt" not in desk.names()


def test_an_open_review_closes_when_the_account_changes(
    desk: Desk, files_server: ScriptedFilesServer
) -> None:
    desk.drop(desk.drag(desk.write("run.jsonl")), "batch")
    desk.dialog("Upload files")
    desk.choose_account("Sandbox")
    desk.wait(lambda: desk.window.windowTitle().startswith("Sandbox"))
    desk.wait(lambda: not desk.dialogs())
    assert files_server.requests_to("POST", "/files") == []


def test_choosing_the_open_account_does_not_reopen_it(desk: Desk) -> None:
    desk.drop(desk.drag(desk.write("run.jsonl")), "batch")
    sheet = desk.dialog("Upload files")
    desk.choose_account("Acme")
    assert sheet.isVisible()
    desk.choose_account("Sandbox")
    desk.wait(lambda: desk.window.windowTitle().startswith("Sandbox"))
    assert [event.account.id for event in desk.log.all(AccountOpening)] == ["acme", "sandbox"]


def test_the_dialog_lists_every_account(desk: Desk) -> None:
    desk.window.commands.accounts.trigger()
    dialog = desk.dialog("Connect")
    (rows,) = dialog.findChildren(QListWidget)
    desk.wait(lambda: rows.count() == 2)
    dialog.reject()


@pytest.mark.parametrize("problem_first", [True, False])
def test_a_failing_sandbox_shows_why_and_connecting_still_works(
    open_desk: OpenDesk, tmp_path: Path, problem_first: bool
) -> None:
    (tmp_path / "sandbox").write_text("a file, where a folder is wanted")
    desk = open_desk(last="sandbox" if problem_first else "")
    if not problem_first:
        desk.wait_to_see("Open the sandbox")
        desk.press("Open the sandbox")
    desk.wait_to_see("The sandbox didn't start", "You can still use other accounts")
    assert desk.button("Connect…").isEnabled()
    (tmp_path / "sandbox").unlink()
    desk.press("Open the sandbox")
    desk.wait(lambda: desk.names())


def test_adding_an_account_from_the_menu_opens_an_empty_form(
    files_server: ScriptedFilesServer, open_desk: OpenDesk
) -> None:
    desk = open_desk(accounts=[account_at(files_server)])
    desk.wait_to_see("No files yet")
    desk.choose_account("Add account…")
    dialog = desk.dialog("Connect")
    fields = {one.accessibleName(): one for one in dialog.findChildren(QLineEdit)}
    assert fields["Name"].text() == ""
    desk.wait(fields["API key"].hasFocus)
    dialog.reject()
    desk.choose_account("Accounts…")
    dialog = desk.dialog("Connect")
    fields = {one.accessibleName(): one for one in dialog.findChildren(QLineEdit)}
    assert fields["Name"].text() == "Acme"
    dialog.reject()


def test_the_network_in_the_settings_is_used_for_the_next_request(
    files_server: ScriptedFilesServer, open_desk: OpenDesk
) -> None:
    files_server.add(served_file("mine.jsonl"))
    desk = open_desk(accounts=[account_at(files_server)])
    desk.wait_for_files("mine.jsonl")
    desk.window.commands.settings.trigger()
    dialog = desk.dialog("Settings")
    form = not_none(dialog.findChild(NetworkForm))
    form.headers.button.click()
    for name, text in {"Header name": "X-Cost-Center", "Header value": "0412"}.items():
        (field,) = [one for one in form.findChildren(QLineEdit) if one.accessibleName() == name]
        desk.qtbot.keyClicks(field, text)
    desk.press("Close", dialog)
    desk.wait(lambda: desk.settings.current.network.headers == (("X-Cost-Center", "0412"),))
    desk.window.commands.refresh.trigger()
    desk.wait(lambda: files_server.requests[-1].headers.get("x-cost-center") == "0412")
    desk.wait_for_files("mine.jsonl")


def test_the_name_of_the_account_stays_in_sight_above_the_result_of_a_test(desk: Desk) -> None:
    desk.window.accounts.show_dialog()
    dialog = desk.dialog("Connect")
    dialog.resize(dialog.width(), 480)
    (test,) = [
        one for one in dialog.findChildren(QAbstractButton) if one.text() == "Test connection"
    ]
    test.click()
    (title,) = [one for one in dialog.findChildren(QLabel) if one.text() == "Acme"]
    desk.wait(lambda: "passed" in desk.texts(dialog))
    (passed,) = [one for one in dialog.findChildren(QLabel) if "passed" in one.text()]
    desk.wait(lambda: not passed.visibleRegion().isEmpty())  # it is scrolled to
    assert title.visibleRegion().boundingRect().height() == title.height()
    dialog.reject()

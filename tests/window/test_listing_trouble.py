"""What the window shows and offers when a listing fails, and how it recovers."""

from collections.abc import Callable

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QLineEdit

from services.catalog.events import FilesListed, ListingEnded, ListingStarted
from tests.support.factories import remote_file
from tests.support.files_server import ScriptedFilesServer
from tests.support.narrowing import not_none
from tests.support.served_files import ListingQuirk, many_files
from tests.support.server_faults import Stall, api_error, unavailable
from tests.window.conftest import OpenDesk
from tests.window.desk import Desk, account_at
from ui.wording import count_in_words


def test_an_unreachable_server_shows_a_page_with_a_working_retry(
    files_server: ScriptedFilesServer,
    make_files_server: Callable[..., ScriptedFilesServer],
    open_desk: OpenDesk,
) -> None:
    files_server.close()
    desk = open_desk(accounts=[account_at(files_server)])
    desk.wait_to_see("Try again", "Edit account…")
    make_files_server(many_files(2), port=files_server.port)
    desk.press("Try again")
    desk.wait(lambda: len(desk.names()) == 2)


def test_rows_stay_when_the_network_is_lost_and_a_message_offers_help(
    desk: Desk,
    files_server: ScriptedFilesServer,
    make_files_server: Callable[..., ScriptedFilesServer],
) -> None:
    files_server.close()
    desk.key(Qt.Key.Key_F5)
    desk.wait(lambda: desk.window.messages.isVisible())
    assert len(desk.names()) == 3
    make_files_server(many_files(2), port=files_server.port)
    desk.press("Refresh", desk.window.messages)
    desk.wait(lambda: len(desk.names()) == 2)
    assert not desk.window.messages.isVisible()


def test_a_complete_listing_withdraws_earlier_messages(
    desk: Desk, files_server: ScriptedFilesServer
) -> None:
    files_server.script("GET", "/files", [api_error(400, "No")])
    desk.key(Qt.Key.Key_F5)
    desk.wait(lambda: desk.window.messages.isVisible())
    desk.key(Qt.Key.Key_F5)
    desk.wait(lambda: not desk.window.messages.isVisible())


def test_a_key_rejected_while_rows_show_leads_to_the_account(
    desk: Desk, files_server: ScriptedFilesServer
) -> None:
    files_server.key = "sk-another"
    desk.key(Qt.Key.Key_F5)
    desk.wait(lambda: desk.window.messages.isVisible())
    desk.press("Accounts…", desk.window.messages)
    desk.dialog("Connect").reject()


def test_problems_show_even_if_the_filter_matches_nothing(
    desk: Desk, files_server: ScriptedFilesServer
) -> None:
    desk.qtbot.keyClicks(desk.search, "nothing like this")
    files_server.script("GET", "/files", [api_error(400, "No")])
    desk.key(Qt.Key.Key_F5)
    desk.wait(lambda: desk.window.messages.isVisible())


def test_a_rejected_key_can_be_changed_in_the_dialog(
    files_server: ScriptedFilesServer, open_desk: OpenDesk
) -> None:
    files_server.add(*many_files(2))
    desk = open_desk(accounts=[account_at(files_server)], keys={"acme": "sk-wrong"})
    desk.wait_to_see("HTTP 401")
    desk.press("Change the key…")
    dialog = desk.dialog("Connect")
    (key,) = [one for one in dialog.findChildren(QLineEdit) if one.accessibleName() == "API key"]
    desk.qtbot.keyClicks(key, files_server.key or "")
    desk.press("Save", dialog)
    desk.wait(lambda: len(desk.names()) == 2)
    assert not desk.dialogs()


def test_a_missing_key_shows_a_page(files_server: ScriptedFilesServer, open_desk: OpenDesk) -> None:
    desk = open_desk(accounts=[account_at(files_server)], keys={})
    desk.wait_to_see("No key for Acme", "Change the key…")


def test_an_interrupted_listing_keeps_its_rows_with_a_notice(
    files_server: ScriptedFilesServer, open_desk: OpenDesk
) -> None:
    files_server.add(*many_files(1500))
    files_server.script("GET", "/files", [None, api_error(403, "Enough")])
    desk = open_desk(accounts=[account_at(files_server)])
    desk.wait(lambda: desk.window.messages.isVisible())
    desk.wait(lambda: len(desk.names()) == 1000)
    assert not desk.sees("Updated")


@pytest.fixture
def stopped(files_server: ScriptedFilesServer, open_desk: OpenDesk) -> Desk:
    """A listing of 900 files that was stopped after the first 500."""
    files_server.add(*many_files(900))
    files_server.quirks.add(ListingQuirk.OWN_PAGE_SIZE)
    files_server.script("GET", "/files", [None, Stall()])
    desk = open_desk(accounts=[account_at(files_server)])
    desk.wait_to_see(f"{count_in_words(500)} so far")
    desk.wait(lambda: files_server.waiting)
    desk.press("Stop")
    return desk


def test_a_stopped_listing_keeps_its_rows_with_a_notice(stopped: Desk) -> None:
    stopped.wait_to_see(f"Stopped after {count_in_words(500)} files")
    assert len(stopped.names()) == 500


def test_a_stopped_listing_can_continue(files_server: ScriptedFilesServer, stopped: Desk) -> None:
    stopped.wait_to_see("Try again from here", "Refresh")
    before = len(files_server.requests_to("GET", "/files"))
    stopped.press("Try again from here")
    stopped.wait_to_see("Updated")
    assert len(stopped.names()) == 900
    (rest,) = files_server.requests_to("GET", "/files")[before:]
    assert "after" in rest.query
    assert not stopped.sees("Try again from here")


def test_a_listing_restarts_if_its_cursor_is_gone(
    files_server: ScriptedFilesServer, stopped: Desk
) -> None:
    stopped.wait_to_see("Try again from here")
    gone = min(stopped.window.workspace.area.shown, key=lambda file: not_none(file.created_at))
    files_server.remove(gone.id)
    stopped.press("Try again from here")
    stopped.wait_to_see("Updated")
    assert len(stopped.names()) == 899
    assert gone.name not in stopped.names()
    assert not stopped.window.messages.isVisible()


def test_an_interrupted_listing_can_continue_from_its_message(
    files_server: ScriptedFilesServer, open_desk: OpenDesk
) -> None:
    files_server.add(*many_files(1500))
    files_server.quirks.add(ListingQuirk.OWN_PAGE_SIZE)
    files_server.script("GET", "/files", [None, api_error(403, "Enough")])
    desk = open_desk(accounts=[account_at(files_server)])
    desk.wait(lambda: desk.window.messages.isVisible())
    desk.press("Refresh", desk.window.status)
    desk.wait_to_see("Updated")
    files_server.script("GET", "/files", [None, api_error(400, "Enough")])
    desk.key(Qt.Key.Key_F5)
    desk.wait(lambda: desk.window.messages.isVisible())
    desk.press("Try again from here", desk.window.messages)
    desk.wait(lambda: not desk.window.messages.isVisible())
    desk.wait_to_see("Updated")


def test_the_cached_list_shows_at_once_and_stays_without_a_connection(
    files_server: ScriptedFilesServer, open_desk: OpenDesk
) -> None:
    files_server.add(*many_files(3))
    first = open_desk(accounts=[account_at(files_server)])
    first.wait_to_see("Updated")
    first.end()
    files_server.close()
    desk = open_desk(accounts=[account_at(files_server)])
    desk.wait(lambda: len(desk.names()) == 3)
    desk.wait_to_see("offline", "Refresh")
    desk.wait(lambda: desk.window.messages.isVisible())
    assert len(desk.names()) == 3


def test_oddities_of_a_listing_are_behind_a_link(
    files_server: ScriptedFilesServer, open_desk: OpenDesk
) -> None:
    files_server.add(*many_files(3))
    files_server.quirks.add(ListingQuirk.REPEATED_IDS)
    desk = open_desk(accounts=[account_at(files_server)])
    desk.wait_to_see("1 note")
    assert not desk.window.messages.isVisible()
    desk.press("1 note")
    desk.wait_to_see("3 duplicate IDs were hidden")
    files_server.quirks.clear()
    remarks = QApplication.activePopupWidget()
    assert remarks is not None
    desk.qtbot.keyClick(remarks, Qt.Key.Key_Escape)
    desk.key(Qt.Key.Key_F5)
    desk.wait(lambda: not desk.sees("1 note"))


def test_a_listing_stopped_before_its_first_page_does_not_look_empty(
    files_server: ScriptedFilesServer, open_desk: OpenDesk
) -> None:
    files_server.add(*many_files(2))
    files_server.script("GET", "/files", [Stall()])
    desk = open_desk(accounts=[account_at(files_server)])
    desk.wait(lambda: files_server.waiting)
    desk.wait_to_see("Listing…")
    desk.press("Stop")
    desk.wait_to_see("Stopped before the first file")
    assert not desk.sees("No files yet")
    desk.press("Try again")
    desk.wait(lambda: len(desk.names()) == 2)


def test_a_busy_server_is_retried_silently(
    files_server: ScriptedFilesServer, open_desk: OpenDesk
) -> None:
    files_server.add(*many_files(2))
    files_server.script("GET", "/files", [unavailable(retry_after="0.01")] * 2)
    desk = open_desk(accounts=[account_at(files_server)])
    desk.wait(lambda: len(desk.names()) == 2)
    assert not desk.window.messages.isVisible()


def test_an_empty_account_offers_to_upload(
    files_server: ScriptedFilesServer, open_desk: OpenDesk
) -> None:
    desk = open_desk(accounts=[account_at(files_server)])
    desk.wait_to_see("No files yet", "0 files")
    desk.press("Upload…")
    desk.dialog("Choose files to upload").reject()


def test_events_of_an_older_listing_do_not_affect_the_newer_one(desk: Desk) -> None:
    desk.deliver(
        [
            ListingStarted("acme", 12),
            ListingStarted("acme", 11),
            ListingEnded("acme", 11, complete=False),
            FilesListed("acme", 12, (remote_file("new.txt"),), 1),
        ]
    )
    desk.wait_to_see("1 so far")
    desk.wait(lambda: "new.txt" in desk.names())
    desk.deliver([ListingEnded("acme", 11, complete=False)])
    assert not desk.sees("Stopped")
    desk.deliver([ListingEnded("acme", 12, complete=True)])
    assert desk.names() == ["new.txt"]


def test_an_expired_file_disappears_on_refresh(
    desk: Desk, files_server: ScriptedFilesServer
) -> None:
    files_server.remove(desk.file("answers.jsonl").id)
    desk.key(Qt.Key.Key_F5)
    desk.wait_for_files("requests.jsonl", "report.pdf")


def test_the_inspector_shows_that_a_file_is_gone(
    desk: Desk, files_server: ScriptedFilesServer
) -> None:
    files_server.remove(desk.file("answers.jsonl").id)
    desk.select("answers.jsonl")
    desk.wait_to_see("no longer exists")


def test_an_incomplete_listing_keeps_the_rows_with_a_notice(
    desk: Desk, files_server: ScriptedFilesServer
) -> None:
    gone = desk.file("answers.jsonl")
    files_server.remove(gone.id)
    files_server.quirks.add(ListingQuirk.HAS_MORE_ALWAYS)
    desk.key(Qt.Key.Key_F5)
    desk.wait_to_see("The list may be incomplete")
    assert gone.name in desk.names()
    files_server.quirks.clear()
    desk.key(Qt.Key.Key_F5)
    desk.wait_for_files("requests.jsonl", "report.pdf")


def test_an_account_with_more_pages_but_no_files_does_not_look_empty(
    files_server: ScriptedFilesServer, open_desk: OpenDesk
) -> None:
    files_server.quirks.add(ListingQuirk.HAS_MORE_ALWAYS)
    desk = open_desk(accounts=[account_at(files_server)])
    desk.wait_to_see("but sent none", "Try again")
    assert not desk.sees("No files yet")

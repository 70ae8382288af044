"""What the window says and offers when a listing can't be had, and how it goes on."""

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


def test_a_server_that_is_away_has_a_page_and_another_try_works(
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


def test_rows_stay_when_the_network_is_lost_and_a_line_offers_the_next_step(
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


def test_what_was_told_of_a_listing_is_taken_back_by_the_next_whole_one(
    desk: Desk, files_server: ScriptedFilesServer
) -> None:
    files_server.script("GET", "/files", [api_error(400, "No")])
    desk.key(Qt.Key.Key_F5)
    desk.wait(lambda: desk.window.messages.isVisible())
    desk.key(Qt.Key.Key_F5)
    desk.wait(lambda: not desk.window.messages.isVisible())


def test_a_key_refused_while_rows_are_shown_leads_to_the_account(
    desk: Desk, files_server: ScriptedFilesServer
) -> None:
    files_server.key = "sk-another"
    desk.key(Qt.Key.Key_F5)
    desk.wait(lambda: desk.window.messages.isVisible())
    desk.press("Accounts…", desk.window.messages)
    desk.dialog("Connect").reject()


def test_trouble_is_told_even_where_the_filter_shows_nothing(
    desk: Desk, files_server: ScriptedFilesServer
) -> None:
    desk.qtbot.keyClicks(desk.search, "nothing like this")
    files_server.script("GET", "/files", [api_error(400, "No")])
    desk.key(Qt.Key.Key_F5)
    desk.wait(lambda: desk.window.messages.isVisible())


def test_a_refused_key_is_changed_in_the_dialog(
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


def test_a_missing_key_has_a_page_too(
    files_server: ScriptedFilesServer, open_desk: OpenDesk
) -> None:
    desk = open_desk(accounts=[account_at(files_server)], keys={})
    desk.wait_to_see("No key for Acme", "Change the key…")


def test_a_listing_that_breaks_off_keeps_its_rows_and_says_so(
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
    """The listing of 900 files was stopped after the first 500."""
    files_server.add(*many_files(900))
    files_server.quirks.add(ListingQuirk.OWN_PAGE_SIZE)
    files_server.script("GET", "/files", [None, Stall()])
    desk = open_desk(accounts=[account_at(files_server)])
    desk.wait_to_see(f"{count_in_words(500)} so far")
    desk.wait(lambda: files_server.waiting)
    desk.press("Stop")
    return desk


def test_a_listing_that_is_stopped_keeps_its_rows_and_says_so(stopped: Desk) -> None:
    stopped.wait_to_see(f"Stopped after {count_in_words(500)} files")
    assert len(stopped.names()) == 500


def test_a_listing_that_was_stopped_goes_on_from_there(
    files_server: ScriptedFilesServer, stopped: Desk
) -> None:
    stopped.wait_to_see("Try again from here", "Refresh")
    asked = len(files_server.requests_to("GET", "/files"))
    stopped.press("Try again from here")
    stopped.wait_to_see("Updated")
    assert len(stopped.names()) == 900
    (rest,) = files_server.requests_to("GET", "/files")[asked:]
    assert "after" in rest.query
    assert not stopped.sees("Try again from here")


def test_a_listing_begins_again_where_the_file_to_go_on_from_is_gone(
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


def test_a_listing_that_broke_off_goes_on_from_its_line(
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


def test_the_last_list_is_there_at_once_and_stays_without_a_connection(
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


def test_what_was_odd_waits_behind_a_link(
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


def test_a_listing_stopped_before_the_first_page_is_not_called_empty(
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


def test_a_busy_server_is_asked_again_without_a_word(
    files_server: ScriptedFilesServer, open_desk: OpenDesk
) -> None:
    files_server.add(*many_files(2))
    files_server.script("GET", "/files", [unavailable(retry_after="0.01")] * 2)
    desk = open_desk(accounts=[account_at(files_server)])
    desk.wait(lambda: len(desk.names()) == 2)
    assert not desk.window.messages.isVisible()


def test_an_empty_account_leads_to_an_upload(
    files_server: ScriptedFilesServer, open_desk: OpenDesk
) -> None:
    desk = open_desk(accounts=[account_at(files_server)])
    desk.wait_to_see("No files yet", "0 files")
    desk.press("Upload…")
    desk.dialog("Choose files to upload").reject()


def test_news_of_an_older_listing_says_nothing_about_the_newer_one(desk: Desk) -> None:
    desk.take(
        [
            ListingStarted("acme", 12),
            ListingStarted("acme", 11),
            ListingEnded("acme", 11, complete=False),
            FilesListed("acme", 12, (remote_file("new.txt"),), 1),
        ]
    )
    desk.wait_to_see("1 so far")
    desk.wait(lambda: "new.txt" in desk.names())
    desk.take([ListingEnded("acme", 11, complete=False)])
    assert not desk.sees("Stopped")
    desk.take([ListingEnded("acme", 12, complete=True)])
    assert desk.names() == ["new.txt"]


def test_a_file_that_expired_leaves_with_the_next_refresh(
    desk: Desk, files_server: ScriptedFilesServer
) -> None:
    files_server.remove(desk.file("answers.jsonl").id)
    desk.key(Qt.Key.Key_F5)
    desk.wait_for_files("requests.jsonl", "report.pdf")


def test_the_inspector_says_that_a_file_is_gone(
    desk: Desk, files_server: ScriptedFilesServer
) -> None:
    files_server.remove(desk.file("answers.jsonl").id)
    desk.select("answers.jsonl")
    desk.wait_to_see("no longer exists")


def test_a_list_that_the_server_did_not_end_says_so_and_keeps_the_rows(
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


def test_an_account_that_has_more_but_gives_none_is_not_called_empty(
    files_server: ScriptedFilesServer, open_desk: OpenDesk
) -> None:
    files_server.quirks.add(ListingQuirk.HAS_MORE_ALWAYS)
    desk = open_desk(accounts=[account_at(files_server)])
    desk.wait_to_see("but sent none", "Try again")
    assert not desk.sees("No files yet")

"""Updates: turned on in the settings, told once, and what is new in them shown."""

from collections.abc import Callable, Iterator

import pytest
from PySide6.QtCore import QObject, QUrl, Slot
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QCheckBox, QDialog, QPlainTextEdit

from services.catalog.events import ListingEnded
from services.system.version import __version__
from tests.support.files_server import ScriptedFilesServer
from tests.support.served_files import served_file
from tests.support.text_server import TextServer
from tests.window.desk import Desk, account_at

FEED = "/CHANGELOG.md"
PAGE = "https://127.0.0.1/releases/99"
CHANGELOG = f"## [99.0]({PAGE})\n\n* <b>All</b> is new.\n\n## {__version__}\n"
AVAILABLE = "Filewharf 99.0 is available"


@pytest.fixture
def feed() -> Iterator[TextServer]:
    with TextServer() as running:
        running.serve(FEED, CHANGELOG)
        yield running


@pytest.fixture
def open_with(
    open_desk: Callable[..., Desk], files_server: ScriptedFilesServer, feed: TextServer
) -> Callable[..., Desk]:
    """Opens the program with the address of the feed and further settings."""
    files_server.add(served_file("one.jsonl", purpose="batch", size=300))

    def open_with(**settings: object) -> Desk:
        desk = open_desk(
            accounts=[account_at(files_server)], update_feed=feed.url(FEED), **settings
        )
        desk.wait_for_files("one.jsonl")
        return desk

    return open_with


class Browser(QObject):
    """Stands in for the system's browser."""

    def __init__(self) -> None:
        super().__init__()
        self.opened: list[str] = []

    @Slot(QUrl)
    def take(self, url: QUrl) -> None:
        self.opened.append(url.toString())


@pytest.fixture
def browser() -> Iterator[Browser]:
    made = Browser()
    QDesktopServices.setUrlHandler("https", made, "take")  # type: ignore[arg-type]
    yield made
    QDesktopServices.unsetUrlHandler("https")


def settings_of(desk: Desk) -> QDialog:
    desk.window.commands.settings.trigger()
    return desk.dialog("Settings")


def check_box(dialog: QDialog) -> QCheckBox:
    (box,) = [
        one
        for one in dialog.findChildren(QCheckBox)
        if one.text() == "Check for updates once a day"
    ]
    return box


def wait_to_see_in(desk: Desk, dialog: QDialog, words: str) -> None:
    desk.wait(lambda: words in desk.texts(dialog))


def refresh(desk: Desk) -> None:
    """Update the window as each minute does, too."""
    listed = len(desk.log.all(ListingEnded))
    desk.window.commands.refresh.trigger()
    desk.wait(lambda: len(desk.log.all(ListingEnded)) > listed)


def test_by_default_nobody_is_asked(open_with: Callable[..., Desk], feed: TextServer) -> None:
    desk = open_with()
    refresh(desk)
    dialog = settings_of(desk)
    assert not check_box(dialog).isChecked()
    desk.press("Close", dialog)
    assert feed.requests == []


def test_a_new_version_is_told_once_and_stays_until_dismissed(
    open_with: Callable[..., Desk], feed: TextServer
) -> None:
    desk = open_with(check_for_updates=True)
    desk.wait_to_see(AVAILABLE)
    desk.window.messages.show_notice("Something else")
    assert not desk.sees(AVAILABLE)
    desk.window.messages.clear()  # as when another account is opened
    assert desk.sees(AVAILABLE)
    desk.press("Dismiss", desk.window.messages)
    assert not desk.sees(AVAILABLE)
    desk.settings.change(updates_checked_at=0.0)  # the next day
    refresh(desk)
    desk.wait(lambda: len(feed.requests) == 2)
    dialog = settings_of(desk)
    desk.press("Check now", dialog)  # told after what came before
    wait_to_see_in(desk, dialog, f"{AVAILABLE}.")
    assert len(feed.requests) == 3
    desk.press("Close", dialog)
    assert desk.sees(AVAILABLE)


def test_its_news_are_plain_text_and_its_page_opens_in_the_browser(
    open_with: Callable[..., Desk], browser: Browser
) -> None:
    desk = open_with(check_for_updates=True)
    desk.wait_to_see(AVAILABLE)
    desk.press("What's new", desk.window.messages)
    dialog = desk.dialog("What's new in 99.0")
    text = dialog.findChild(QPlainTextEdit)
    assert text is not None
    assert text.toPlainText() == f"## [99.0]({PAGE})\n\n* <b>All</b> is new."
    desk.press("Open page", dialog)
    assert browser.opened == [PAGE]
    desk.press("Close", dialog)


def test_without_a_safe_page_there_is_nothing_to_open(
    open_with: Callable[..., Desk], feed: TextServer
) -> None:
    feed.serve(FEED, "## [99.0](file:///usr/bin/true)\n")
    desk = open_with(check_for_updates=True)
    desk.wait_to_see(AVAILABLE)
    assert "Open page" not in desk.texts()


def test_the_notice_opens_the_page_at_once(
    open_with: Callable[..., Desk], browser: Browser
) -> None:
    desk = open_with(check_for_updates=True)
    desk.wait_to_see(AVAILABLE, "Open page")
    desk.press("Open page", desk.window.messages)
    assert browser.opened == [PAGE]
    assert not desk.sees(AVAILABLE)


def test_who_asks_is_told_what_was_found(open_with: Callable[..., Desk], feed: TextServer) -> None:
    desk = open_with()
    dialog = settings_of(desk)
    for body, words in (
        (CHANGELOG, f"{AVAILABLE}."),
        (f"## {__version__}", f"Filewharf {__version__} is the latest version."),
        ("<html>", f"What 127.0.0.1:{feed.port} sent isn't a changelog."),
    ):
        feed.serve(FEED, body)
        desk.press("Check now", dialog)
        wait_to_see_in(desk, dialog, words)
    desk.press("Close", dialog)


def test_of_two_windows_one_tells(open_with: Callable[..., Desk]) -> None:
    desk = open_with()
    other = desk.new_window()
    dialog = settings_of(other)
    other.press("Check now", dialog)
    wait_to_see_in(other, dialog, f"{AVAILABLE}.")
    other.press("Close", dialog)
    assert [desk.sees(AVAILABLE), other.sees(AVAILABLE)].count(True) == 1

"""What the program says about itself: its versions and licenses, and what is new after an update."""

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtWidgets import QListWidget, QTextBrowser

from services.system.version import __version__
from tests.support.files_server import ScriptedFilesServer
from tests.support.served_files import served_file
from tests.window.desk import Desk, account_at
from ui.about.about_dialog import AboutDialog

UPDATED = f"Filewharf was updated to version {__version__}"


@pytest.fixture
def open_with(
    open_desk: Callable[..., Desk], files_server: ScriptedFilesServer
) -> Callable[[str], Desk]:
    """Opens the program where this version was the last to run."""
    files_server.add(served_file("one.jsonl", purpose="batch", size=300))

    def open_with(last_version: str) -> Desk:
        desk = open_desk(accounts=[account_at(files_server)], last_version=last_version)
        desk.wait_for_files("one.jsonl")
        return desk

    return open_with


def all_news(desk: Desk) -> str:
    """What the menu shows, which is read after anything that is told at the start."""
    desk.window.commands.whats_new.trigger()
    dialog = desk.dialog("What's new")
    text = dialog.findChild(QTextBrowser)
    assert text is not None
    desk.press("Close", dialog)
    return text.toPlainText()


def test_about_is_filled_with_what_was_found_out(desk: Desk) -> None:
    desk.window.commands.about.trigger()
    dialog = desk.dialog("About Filewharf")
    assert isinstance(dialog, AboutDialog)
    names = dialog.findChild(QListWidget)
    assert names is not None
    desk.wait(names.count)
    assert "Python 3." in dialog.versions
    assert "…" not in dialog.versions
    desk.press("Close", dialog)


def test_an_update_is_told_once_and_leads_to_what_is_new(open_with: Callable[[str], Desk]) -> None:
    desk = open_with("0.0.1")
    desk.wait_to_see(UPDATED)
    assert desk.settings.current.last_version == __version__
    desk.press("What's new", desk.window.messages)
    dialog = desk.dialog("What's new")
    text = dialog.findChild(QTextBrowser)
    assert text is not None
    assert __version__ in text.toPlainText()
    desk.press("Close", dialog)
    desk.window.commands.refresh.trigger()
    assert __version__ in all_news(desk)
    assert not desk.sees(UPDATED)


@pytest.mark.parametrize("last", ["", __version__, "99.0", "unknown"])
def test_nothing_is_told_without_an_update(open_with: Callable[[str], Desk], last: str) -> None:
    desk = open_with(last)
    desk.wait(lambda: desk.settings.current.last_version == (last or __version__))
    assert __version__ in all_news(desk)
    assert not desk.sees(UPDATED)


def test_the_menu_adds_the_program_to_the_desktops(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    assert desk.window.commands.add_to_menu.isVisible()
    desk.window.commands.add_to_menu.trigger()
    desk.wait_to_see("Filewharf is in the desktop's menu now")
    assert [path.suffix for path in (tmp_path / "applications").glob("*.desktop")] == [".desktop"]

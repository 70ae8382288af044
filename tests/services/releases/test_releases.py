from pathlib import Path

import pytest

from services.disk.desktop_entry import APP_ID
from services.problems.events import SomethingFailed
from services.releases.events import MenuEntryInstalled, NewsRead
from services.releases.releases import Releases
from services.system.events import Event
from services.system.version import __version__


def read(changelog: Path, since: str) -> list[Event]:
    events: list[Event] = []
    releases = Releases(events.append, changelog)
    releases.read_news(since)
    releases.stop()
    assert releases.join(30)
    return events


def test_news_is_read_from_the_changelog(tmp_path: Path) -> None:
    changelog = tmp_path / "CHANGELOG.md"
    changelog.write_bytes(f"## {__version__}\n\nNew: \xff\n".encode("latin-1"))
    assert read(changelog, "0.0.1") == [NewsRead("0.0.1", f"## {__version__}\n\nNew: \ufffd")]


def test_a_missing_changelog_is_no_news(tmp_path: Path) -> None:
    assert read(tmp_path / "CHANGELOG.md", "") == [NewsRead("", "")]
    assert read(tmp_path, "0.0.1") == [NewsRead("0.0.1", "")]


def add_to_menu(monkeypatch: pytest.MonkeyPatch, data_home: Path) -> list[Event]:
    monkeypatch.setenv("XDG_DATA_HOME", str(data_home))
    events: list[Event] = []
    releases = Releases(events.append)
    releases.install_menu_entry()
    releases.stop()
    assert releases.join(120)
    return events


def test_the_program_is_added_to_the_desktops_menu(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    assert add_to_menu(monkeypatch, tmp_path) == [MenuEntryInstalled()]
    assert (tmp_path / "applications" / f"{APP_ID}.desktop").exists()


def test_a_menu_that_cant_be_written_is_said(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "file").touch()
    (event,) = add_to_menu(monkeypatch, tmp_path / "file")
    assert isinstance(event, SomethingFailed)

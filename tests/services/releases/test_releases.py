from pathlib import Path

from services.releases.events import NewsRead
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

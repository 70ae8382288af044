"""Which addresses are used for updates, and what is taken from a changelog found there."""

import pytest

from services.problems.errors import FilesError
from services.releases.update_feed import Update, find_update, why_feed_invalid

FEED = "https://example.org/raw/CHANGELOG.md"
CHANGELOG = """# Changelog

## 0.4.0 (unreleased)

* Four.

## [0.3.0](https://example.org/releases/0.3.0)

* Three.

## 0.2.0

* Two.

## 0.1.0

* One.
"""


def found(changelog: str, running: str = "0.1.0") -> Update:
    update = find_update(changelog.encode(), FEED, running)
    assert update is not None
    return update


def page_of(link: str) -> str:
    return found(f"## [9.0]({link})").page


@pytest.mark.parametrize(
    "address",
    [
        FEED,
        "https://example.org:8443/feed?inline=false",
        "http://127.0.0.1:8000/CHANGELOG.md",
        "http://localhost/CHANGELOG.md",
    ],
)
def test_addresses_that_are_used(address: str) -> None:
    assert why_feed_invalid(address) == ""


@pytest.mark.parametrize(
    "address",
    [
        "",
        "CHANGELOG.md",
        "example.org/CHANGELOG.md",
        "/etc/passwd",
        "file:///etc/passwd",
        "ftp://example.org/CHANGELOG.md",
        "http://example.org/CHANGELOG.md",
        "https://",
        "https://[::/",
        "https://example.org:port/",
        "https://example.org/a b",
        "https://example.org/\n",
        "https://exämple.org/",
        "https://me:secret@example.org/",
        "https://example.org/" + 2000 * "a",
    ],
)
def test_addresses_that_are_not_used_are_explained(address: str) -> None:
    assert why_feed_invalid(address).endswith(".")


def test_the_newest_released_version_is_found_with_all_news_since_the_running_one() -> None:
    assert found(CHANGELOG) == Update(
        "0.3.0",
        "## [0.3.0](https://example.org/releases/0.3.0)\n\n* Three.\n\n## 0.2.0\n\n* Two.",
        "https://example.org/releases/0.3.0",
    )


def test_versions_may_be_in_any_order_and_lines_end_in_any_way() -> None:
    lines = "\ufeff## 0.2\r\n\r\n* Two.\r\n\r\n## v0.10\r\n\r\n* Ten.\r\n"
    assert found(lines) == Update("0.10", "## 0.2\n\n* Two.\n\n## v0.10\n\n* Ten.", "")


@pytest.mark.parametrize("running", ["0.3.0", "0.3", "0.3.1", "1.0"])
def test_a_version_that_is_not_newer_is_no_update(running: str) -> None:
    assert find_update(CHANGELOG.encode(), FEED, running) is None


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"\x00\xff\xfe",
        b"# Changelog",
        b"## 2.0.0 (unreleased)",
        b"## " + 5000 * b"9",
        b'{"version": "2.0.0"}',
        b"<!DOCTYPE html>\n<pre>\n## 2.0.0\n</pre>",
        b"\n  <html>\n## 2.0.0\n",
    ],
)
def test_what_is_no_changelog_is_said_so(body: bytes) -> None:
    with pytest.raises(FilesError) as raised:
        find_update(body, FEED, "0.1.0")
    assert "example.org" in raised.value.problem.title


def test_a_link_may_be_defined_elsewhere() -> None:
    defined = "## [9.0]\n\n* Nine.\n\n[8.0]: https://example.org/8\n[9.0]: https://example.org/9\n"
    assert found(defined).page == "https://example.org/9"


@pytest.mark.parametrize(
    "link",
    [
        "http://example.org/9",
        "file:///usr/bin/true",
        "javascript:alert(1)",
        "//example.org/9",
        "/releases/9",
        "https://elsewhere.org/9",
        "https://example.org.elsewhere.org/9",
        "https://example.org@elsewhere.org/9",
        "https://me@example.org/9",
        "https://elsewhere.org\\@example.org/9",
        "https://example.org/\u202e9",
        "https://[::/9",
        "https://example.org/" + 2000 * "9",
    ],
)
def test_only_pages_on_the_feeds_server_are_offered(link: str) -> None:
    assert page_of("https://example.org/9") == "https://example.org/9"
    assert page_of(link) == ""


def test_broken_lines_of_news_are_joined() -> None:
    wrapped = (
        "## 9.0\n\nThis\nis new:\n\n* One\n  and\tmore.\n  - Part\n    of it.\n* *Two*.\n1. Three\n"
    )
    assert found(wrapped).news == (
        "## 9.0\n\nThis is new:\n\n* One and\tmore.\n  - Part of it.\n* *Two*.\n1. Three"
    )
    assert found("## 9.0\nNew.\n").news == "## 9.0\nNew."


def test_news_are_shortened_and_have_no_control_characters() -> None:
    long = found("## 9.0\n\n" + 9000 * "* \x1b]0;title\x07 and \u202eback\n")
    assert len(long.news) < 21_000
    assert long.news.endswith("\n\n…")
    assert "\\x1b]0;title\\x07 and \\u202eback" in long.news
    assert not {"\x1b", "\u202e"} & set(long.news)

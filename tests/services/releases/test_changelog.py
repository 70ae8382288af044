from pathlib import Path

import pytest

from services.releases.changelog import is_newer, news

CHANGELOG = """# Changelog

About this file.

## 0.10.0 (unreleased)

* Ten.

## 0.9.1

### Fixed

* Nine one.

## [v0.9] - 2026-01-01

* Nine.
"""


@pytest.mark.parametrize(
    ("version", "other"),
    [("0.10.0", "0.9.1"), ("1.0.1", "1.0"), ("2", "1.9.9"), ("1.0.0.1", "1")],
)
def test_versions_are_compared_by_their_numbers(version: str, other: str) -> None:
    assert is_newer(version, other)
    assert not is_newer(other, version)


@pytest.mark.parametrize("other", ["1.0", "1", "", "latest", "1.", "²", "9" * 5000, "-1"])
def test_the_same_version_or_no_version_is_not_newer(other: str) -> None:
    assert not is_newer("1.0.0", other)
    assert not is_newer(other, "1.0.0")


def test_only_newer_parts_are_news() -> None:
    assert news(CHANGELOG, "0.9", "0.10.0") == (
        "## 0.10.0 (unreleased)\n\n* Ten.\n\n## 0.9.1\n\n### Fixed\n\n* Nine one."
    )
    assert news(CHANGELOG, "0.9.1", "0.9.1") == ""
    assert news(CHANGELOG, "0.11", "0.9.1") == ""


def test_versions_after_the_running_one_are_left_out() -> None:
    assert news(CHANGELOG, "", "0.9.1").startswith("## 0.9.1\n")


@pytest.mark.parametrize("text", ["", "# Changelog", "no headings", "## Unreleased\n\n* One."])
def test_a_changelog_without_versions_has_no_news(text: str) -> None:
    assert news(text, "", "1.0") == ""


def test_the_projects_own_changelog_has_parts() -> None:
    text = (Path(__file__).resolve().parents[3] / "CHANGELOG.md").read_text(encoding="utf-8")
    assert news(text, "", "999").startswith("## ")

"""What is said of the licenses agrees with pyproject.toml, the lock file and the installed packages."""

import re
import tomllib
from importlib import metadata
from pathlib import Path

from services.releases.licenses import NEEDED, licensed_parts
from services.system.version import __version__

ROOT = Path(__file__).resolve().parents[3]


def canonical(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def test_what_the_program_needs_is_what_pyproject_says() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    names = [re.split(r"[^A-Za-z0-9._-]", needed)[0] for needed in project["dependencies"]]
    assert sorted(NEEDED) == sorted(map(canonical, names))


def test_all_that_is_locked_and_installed_is_listed_with_its_version() -> None:
    lock = (ROOT / "packaging" / "requirements-run.lock").read_text()
    installed = {canonical(one.name) for one in metadata.distributions()}
    locked = set(re.findall(r"^([a-z0-9-]+)==", lock, re.MULTILINE)) & installed
    listed = {canonical(part.name): part for part in licensed_parts()}
    assert locked == set(listed) - {"filewharf", "lucide icons", "python"}
    assert {name: listed[name].version for name in locked} == {
        name: metadata.version(name) for name in locked
    }


def test_each_part_has_a_license_and_its_text() -> None:
    parts = licensed_parts()
    assert parts[0].name == "Filewharf"
    assert parts[0].version == __version__
    assert "Permission is hereby granted" in parts[0].text
    assert not [part.name for part in parts if not part.license or len(part.text) < 200]
    assert len({part.name for part in parts}) == len(parts)
    licenses = {part.name: part for part in parts}
    assert "ISC License" in licenses["Lucide icons"].text
    # Two files.
    assert "Kenneth Reitz" in licenses["requests"].text
    assert "Apache License" in licenses["requests"].text


def test_the_notice_about_qt_says_where_its_source_and_its_license_are() -> None:
    (qt,) = (part for part in licensed_parts() if canonical(part.name) == "pyside6-essentials")
    assert qt.license == "LGPL-3.0-only"
    assert "https://download.qt.io/official_releases/qt/" in qt.text
    # The text itself where the system has it.
    assert "GNU LESSER GENERAL PUBLIC LICENSE" in qt.text or "gnu.org/licenses/lgpl" in qt.text

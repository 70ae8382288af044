"""The desktop entry, the metainfo and pyproject.toml agree with each other."""

import configparser
import tomllib
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

ROOT = Path(__file__).resolve().parents[2]
APP_ID = "io.github.filewharf.Filewharf"


def test_the_desktop_entry_names_the_program_and_its_icon() -> None:
    entry = configparser.RawConfigParser()
    entry.read(ROOT / "packaging" / f"{APP_ID}.desktop", encoding="utf-8")
    section = entry["Desktop Entry"]
    assert section["Icon"] == APP_ID
    assert section["StartupWMClass"] == APP_ID
    assert section["Exec"].removesuffix(" %U") in project()["gui-scripts"]


def test_the_metainfo_agrees_with_the_project() -> None:
    component = ElementTree.parse(ROOT / "packaging" / f"{APP_ID}.metainfo.xml").getroot()
    assert component.findtext("id") == APP_ID
    assert component.findtext("launchable") == f"{APP_ID}.desktop"
    assert component.findtext("project_license") == project()["license"]
    release = component.find("releases/release")
    assert release is not None
    assert release.get("version") == project()["version"]


def project() -> dict[str, Any]:
    read: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))[
        "project"
    ]
    return read

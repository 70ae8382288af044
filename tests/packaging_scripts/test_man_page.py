"""The manual page names every command and option, and programs for such pages accept it."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.terminal.conftest import ROOT
from ui.terminal.completion import commands_of
from ui.terminal.parser import make_parser

pytestmark = pytest.mark.slow


def pages(folder: Path, **more: str) -> Path:
    """The folder with the pages."""
    environment = {name: text for name, text in os.environ.items() if name != "SOURCE_DATE_EPOCH"}
    subprocess.run(
        [sys.executable, str(ROOT / "packaging" / "man_page.py"), str(folder)],
        env=environment | more,
        check=True,
    )
    return folder


def shown(folder: Path) -> str:
    """What `man` shows, without bold and underlined letters."""
    done = subprocess.run(
        ["man", "--warnings", "-E", "UTF-8", "-l", "-Tutf8", str(folder / "filewharf.1")],
        env=os.environ | {"MANWIDTH": "200", "GROFF_NO_SGR": "1"},
        capture_output=True,
        check=True,
    )
    assert done.stderr == b""
    letters: list[str] = []
    for letter in done.stdout.decode():
        if letter == "\b":
            letters.pop()
        else:
            letters.append(letter)
    return "".join(letters)


@pytest.mark.skipif(shutil.which("groff") is None, reason="needs man and groff")
def test_it_shows_all_commands_and_options_without_warnings(tmp_path: Path) -> None:
    text = shown(pages(tmp_path))
    for name, command in commands_of(make_parser()).items():
        assert f"\n   {name}\n" in text
        for option, _words in command.options:
            assert option == "-h" or option == "--help" or option in text
    assert "filewharf put --purpose batch --expires 7d *.jsonl\n" in text
    assert "OPENAI_API_KEY" in text
    assert "filewharf-window" in text


@pytest.mark.skipif(shutil.which("mandoc") is None, reason="needs mandoc")
def test_mandoc_has_no_objection(tmp_path: Path) -> None:
    page = pages(tmp_path, SOURCE_DATE_EPOCH="1764547200") / "filewharf.1"
    done = subprocess.run(
        ["mandoc", "-Tlint", "-Wwarning", str(page)], capture_output=True, text=True, check=False
    )
    assert (done.stdout, done.returncode) == ("", 0)


def test_two_builds_are_alike_and_the_other_name_leads_to_it(tmp_path: Path) -> None:
    first, second = (pages(tmp_path / name, SOURCE_DATE_EPOCH="0") for name in "ab")
    page = (first / "filewharf.1").read_bytes()
    assert page == (second / "filewharf.1").read_bytes()
    assert b'"1970-01-01"' in page.splitlines()[0]
    assert (first / "filewharf-window.1").read_text() == ".so man1/filewharf.1\n"

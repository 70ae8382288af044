"""Checks find problems in files before the upload: a real drop with the real pointer."""

import json
from pathlib import Path

import pytest

from tests.desktop.conftest import StartProgram
from tests.desktop.test_keyboard import tab_to
from tests.support.accessibility import Accessible
from tests.support.pointer import key
from tests.support.program import ROOT, Program
from tests.support.user_actions import click, drop, wait_for_transfer
from tests.support.waiting import wait_for

pytestmark = pytest.mark.screen

IMAGE = (ROOT / "resources" / "samples" / "chart.png").read_bytes()


@pytest.fixture
def mixed(tmp_path: Path) -> list[Path]:
    """Good and broken requests, a truncated image, and a folder with one broken file."""
    folder = tmp_path / "folder"
    (folder / "deeper").mkdir(parents=True)
    (folder / "circle").symlink_to(folder)
    for number in range(14):
        (folder / "deeper" / f"note-{number:02}.txt").write_text(f"note {number}\n")
    (folder / "broken.jsonl").write_text(requests(2) + "{broken\n")
    good, bad, half = tmp_path / "good.jsonl", tmp_path / "bad.jsonl", tmp_path / "half.png"
    good.write_text(requests(30))
    bad.write_text(requests(1_203) + '{"custom_id": oops}\n' + requests(20, first=1_203))
    half.write_bytes(IMAGE[: len(IMAGE) // 2])
    return [good, bad, half, folder]


def test_findings_hold_files_back_until_the_user_overrides_them(
    start: StartProgram, mixed: list[Path]
) -> None:
    program = start("--sandbox")
    drop(program, mixed, None)
    sheet, table = reviewed(program)
    assert table.column(0) == [
        "good.jsonl",
        "bad.jsonl",
        "half.png",
        "Folder folder, collapsed, 15 files",
    ]
    results = table.column(3)
    assert results[0] == "30 requests to /v1/responses · gpt-4.1-mini"
    assert results[1].startswith("Line 1,204: ")
    assert results[2].startswith("The image is cut off")
    assert results[3] == "15 files · 1 with errors"
    wait_for(lambda: button(sheet, "Upload 15 files"), "fewer files to be uploaded")

    # The first one is selected automatically, with its line.
    see_finding(sheet, "Line 1,204: ")
    lines = wait_for(lambda: sheet.find("text", "Surrounding lines"), "the lines around it")
    wait_for(lambda: '\n{"custom_id": oops}\n' in lines.text, "the line of the finding")
    assert lines.description == "Starting at line 1,201"
    click(table.cell(3, 0))
    see_finding(sheet, "broken.jsonl: Line 3: ")

    # With keys: up to the image, then to the check box below, then to Upload.
    key("Up")
    see_finding(sheet, "The image is cut off")
    tab_to(wait_for(lambda: sheet.find("check box", "Upload anyway"), "the choice"))
    key("space")
    upload = wait_for(lambda: button(sheet, "Upload 16 files"), "one file more to be uploaded")
    click(upload)
    for name in ("good.jsonl", "half.png", "note-13.txt"):
        wait_for_transfer(program, name, "Done")
        assert len(program.sandbox.named(name)) == 1
    (uploaded,) = program.sandbox.named("half.png")
    assert program.sandbox.content(uploaded).read_bytes() == mixed[2].read_bytes()
    assert not program.sandbox.named("bad.jsonl")
    assert not program.sandbox.named("broken.jsonl")


def test_a_fixed_copy_passes_and_is_recognized_as_a_duplicate_next_time(
    start: StartProgram, tmp_path: Path
) -> None:
    path = tmp_path / "windows.jsonl"
    content = b"\xef\xbb\xbf" + requests(3).replace("\n", "\r\n").encode()
    path.write_bytes(content)
    program = start("--sandbox", str(path))
    sheet, table = reviewed(program)
    click(table.cell(0, 0))
    click(wait_for(lambda: button(sheet, "Fix a copy"), "the offer to mend"))
    wait_for(lambda: table.column(3) == ["3 requests to /v1/responses · gpt-4.1-mini"], "it passed")
    click(wait_for(lambda: button(sheet, "Upload 1 file"), "the upload"))
    wait_for_transfer(program, path.name, "Done")
    (uploaded,) = program.sandbox.named(path.name)
    assert program.sandbox.content(uploaded).read_text() == requests(3)
    assert path.read_bytes() == content

    wait_for(lambda: not program.has_dialog("Upload files"), "the sheet closed")
    drop(program, [tmp_path / "windows (fixed).jsonl"], None)
    sheet, table = reviewed(program)
    known = f"Already uploaded as {uploaded.id} (same content)"
    wait_for(lambda: table.column(3) == [known], "the upload remembered")
    click(wait_for(lambda: button(sheet, "Skip 1 duplicate"), "the offer to skip it"))
    wait_for(lambda: button(sheet, "Include 1 duplicate"), "it skipped")
    assert not button(sheet, "Upload 1 file")


def reviewed(program: Program) -> tuple[Accessible, Accessible]:
    """The review sheet and its table, once all checks are done."""
    sheet = program.dialog("Upload files")
    table = wait_for(lambda: sheet.find("table", "Files to upload"), "the files to review")
    wait_for(lambda: not any("hecking" in text for text in table.column(3)), "the checks ended")
    return sheet, table


def button(sheet: Accessible, name: str) -> Accessible | None:
    return sheet.find("push button", name)


def see_finding(sheet: Accessible, beginning: str) -> None:
    """Wait until the first finding is an error that starts with this text."""
    shown = wait_for(lambda: sheet.find("list", "Findings"), "the list of findings")
    wanted = f"Error: {beginning}"
    wait_for(lambda: any(one.name.startswith(wanted) for one in shown.children[:1]), f"“{wanted}…”")


def requests(number: int, first: int = 0) -> str:
    """Valid requests, one per line."""
    body = {"model": "gpt-4.1-mini", "input": "Hello"}
    line = {"method": "POST", "url": "/v1/responses", "body": body}
    return "".join(
        json.dumps({"custom_id": f"q-{place}"} | line) + "\n"
        for place in range(first, first + number)
    )

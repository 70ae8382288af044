"""A file uploaded again under another name and expiry, with a real pointer and real keys."""

import pytest

from tests.desktop.conftest import StartProgram
from tests.support.accessibility import Accessible
from tests.support.pointer import key, type_text
from tests.support.user_actions import (
    click,
    press_keys,
    retry_until,
    select,
    wait_for_transfer,
    wait_until_active,
)
from tests.support.waiting import wait_for

pytestmark = pytest.mark.screen

OLD = "eval-sweep-0412.jsonl"
NEW = "eval-sweep-again.jsonl"


def test_a_changed_file_is_compared_before_the_old_one_is_deleted(start: StartProgram) -> None:
    program = start("--sandbox")
    select(program, OLD)
    press_keys(program, "F2")
    dialog = program.dialog("Change file")
    (old,) = program.sandbox.named(OLD)
    wait_for(lambda: dialog.find_prefix("label", "Downloads the content first"), "its origin")
    assert dialog.find_prefix("label", "The new file has another ID.")

    (name,) = [one for one in dialog.all("text") if one.text == OLD]
    retry_until(lambda: click(name), lambda: name.focused, "the focus in the name")
    key("ctrl+a")
    type_text(NEW)
    expiry = wait_for(lambda: dialog.find("combo box", "30 days"), "the expiry")
    click(expiry)
    key("Up", "Return")
    wait_for(lambda: expiry.name == "7 days", "an earlier one")
    click(button(dialog, "Change"))

    wait_for_transfer(program, NEW, "Verified")
    report = f"Changed: {NEW} is on the server as"
    told = wait_for(lambda: program.window.find_prefix("label", report), "the report")
    assert "its content was compared" in told.name
    (new,) = program.sandbox.named(NEW)
    assert (new.purpose, new.size) == ("batch", old.size)
    table = program.files
    wait_for(lambda: table.row_of(NEW) == 0, "the new file in the table")
    assert table.cell(0, 4).name in ("in 7 days", "in 6 days")
    content = program.sandbox.content(new).read_bytes()
    assert content == program.sandbox.content(old).read_bytes()
    assert program.sandbox.named(OLD) == [old]

    wait_until_active(program)
    click(button(program.window, "Delete the old file…"))
    question = program.dialog("Delete files")
    click(button(question, "Delete 1 file"))
    wait_until_active(program)
    click(button(program.window, "Delete now"))
    wait_for(lambda: not program.sandbox.named(OLD), "the old file deleted")
    assert program.sandbox.named(NEW) == [new]


def button(window: Accessible, name: str) -> Accessible:
    found = wait_for(lambda: window.find("push button", name), f"the button “{name}”")
    wait_for(lambda: found.enabled, f"the button “{name}” enabled")
    return found

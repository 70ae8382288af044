"""Filters, completions and purposes with a real pointer and real keys."""

import pytest

from tests.desktop.conftest import StartProgram
from tests.support.accessibility import Accessible
from tests.support.pointer import click, click_holding, key, type_text
from tests.support.program import Program
from tests.support.user_actions import choose_purpose, search
from tests.support.waiting import wait_for

pytestmark = pytest.mark.screen


def test_a_filter_can_be_completed_by_keyboard_and_by_click(start: StartProgram) -> None:
    program = start("--sandbox")
    listed = wait_for(lambda: names(program) if len(names(program)) > 3 else None, "the samples")
    search(program, "pur")
    field = program.part("text", "Search files")
    wait_for(lambda: offers(program) == ["purpose:, Purpose, as in purpose:batch"], "a completion")
    key("Tab")
    wait_for(lambda: field.text == "purpose:", "the filter in the field")
    wait_for(lambda: len(offers(program)) > 1, "the purposes")
    offered = wait_for(lambda: program.window.find("list", "Completions"), "the completions")
    click(offered.all("list item")[0].extents.center)
    wait_for(lambda: field.text.startswith("purpose:") and field.text.endswith(" "), "its value")
    assert field.focused
    found = wait_for(
        lambda: names(program) if 0 < len(names(program)) < len(listed) else None, "fewer files"
    )
    assert set(found) < set(listed)

    type_text("size:x")
    key("Return")
    remark = wait_for(
        lambda: program.window.find_prefix("label", "“size:x” is ignored"), "the remark"
    )
    assert remark.showing
    wait_for(lambda: names(program) == found, "the same files as without the remark")
    key("ctrl+f", "Escape")
    wait_for(lambda: field.text == "", "an empty field")
    wait_for(lambda: names(program) == listed, "all files again")


def test_enter_without_a_match_keeps_focus(start: StartProgram) -> None:
    program = start("--sandbox")
    wait_for(lambda: len(names(program)) > 3, "the samples")
    search(program, "batchx")
    wait_for(lambda: program.window.find("push button", "Clear search and filter"), "no match")
    key("Return")
    key("BackSpace")
    wait_for(lambda: names(program), "files that match")
    type_text("_")
    field = program.part("text", "Search files")
    wait_for(lambda: field.text == "batch_", "the letter in the field")
    key("Return")
    wait_for(lambda: program.files.focused, "the keyboard in the table")


def test_several_purposes_can_be_chosen_with_ctrl_and_shift(start: StartProgram) -> None:
    program = start("--sandbox")
    listed = wait_for(lambda: names(program) if len(names(program)) > 3 else None, "the samples")
    batch = choose_purpose(program, "batch,")
    of_batch = wait_for(
        lambda: names(program) if 0 < len(names(program)) < len(listed) else None, "only batch"
    )
    purposes = program.part("list", "Purposes")
    vision = purposes.find_prefix("list item", "vision,")
    assert vision is not None
    click_holding("ctrl", vision.extents.center)
    wait_for(lambda: vision.selected and batch.selected, "both chosen")
    wait_for(lambda: len(names(program)) > len(of_batch), "the files of both")
    click_holding("shift", batch.extents.center)
    everything = purposes.find_prefix("list item", "All files,")
    assert everything is not None
    assert "byte" in everything.name or " KB" in everything.name or " MB" in everything.name
    click(everything.extents.center)
    wait_for(lambda: everything.selected and not batch.selected, "only all files chosen")
    wait_for(lambda: names(program) == listed, "all files again")


def names(program: Program) -> list[str]:
    """The file names in the table."""
    table = program.window.find("table", "Files")
    return table.column(0) if table is not None else []


def offers(program: Program) -> list[str]:
    """The completions, as a screen reader reads them."""
    found = program.window.find("list", "Completions")
    rows: list[Accessible] = found.all("list item") if found is not None else []
    return [row.name for row in rows]

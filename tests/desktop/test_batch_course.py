"""A batch from its upload to the clean-up of what is left, in the sandbox."""

import json
from pathlib import Path

import openai
import pytest

from services.sandbox.server import SandboxServer
from tests.desktop.conftest import StartProgram
from tests.support.accessibility import Accessible
from tests.support.pointer import key, type_text
from tests.support.program import Program
from tests.support.user_actions import (
    choose_in_menu,
    choose_purpose,
    click,
    drop,
    quit_program,
    retry_until,
    wait_for_transfer,
    wait_until_active,
)
from tests.support.waiting import wait_for

pytestmark = pytest.mark.screen

REQUESTS = 50
FAILING = ["q-00005", "q-00012", "q-00016", "q-00043"]
"""The sandbox fails the same requests each time."""
TOO_LONG = FAILING[2]
"""This one would fail again."""


@pytest.fixture
def requests(tmp_path: Path) -> Path:
    path = tmp_path / "course.jsonl"
    path.write_text("".join(request(f"q-{number:05}") for number in range(REQUESTS)))
    return path


def request(custom_id: str) -> str:
    body = {"model": "gpt-4.1-mini", "input": f"Question {custom_id}"}
    line = {"custom_id": custom_id, "method": "POST", "url": "/v1/responses", "body": body}
    return json.dumps(line) + "\n"


def test_a_batch_is_run_looked_into_retried_and_cleaned_up(
    start: StartProgram, requests: Path, tmp_path: Path
) -> None:
    program = start("--sandbox")
    upload(program, requests)
    start_batch(program)
    watch(program)
    look_inside(program)
    retry(program)
    planned = clean_up(program, tmp_path / "plan.json")
    before = {file.id for file in program.sandbox.files()}
    assert planned < before
    carry_out(program, len(planned))
    quit_program(program)
    assert program.exit_code() == 0
    assert listed(program) == before - planned


def upload(program: Program, path: Path) -> None:
    drop(program, [path], "batch")
    click(button_in(program.dialog("Upload files"), "Upload 1 file"))
    wait_for_transfer(program, path.name, "Done")


def start_batch(program: Program) -> None:
    """With the button next to the notice of the upload."""
    wait_until_active(program)
    press(program, "Start a batch…")
    dialog = program.dialog("Start a batch")
    wait_for(lambda: dialog.find("label", f"{REQUESTS} lines"), "the number of requests")
    assert dialog.find("label", "gpt-4.1-mini")
    click(button_in(dialog, "Start batch"))
    wait_for(lambda: not program.has_dialog("Start a batch"), "the batch started")


def watch(program: Program) -> None:
    """See it run, and end by itself."""
    wait_until_active(program)
    table = program.part("table", "Batches")
    assert table.cell(0, 0).name.startswith("course, batch_")
    refresh = program.part("push button", "Refresh")
    retry_until(
        lambda: click(refresh),
        lambda: table.cell(0, 2).name.startswith("Running"),
        "that the batch runs",
    )
    done = f"Completed, {len(FAILING)} failed of {REQUESTS}"
    wait_for(lambda: table.cell(0, 2).name == done, "that it has ended")
    wait_for(
        lambda: program.window.find("label", f"Batch “course”: Completed, {len(FAILING)} failed"),
        "the notice of its end",
    )
    see(program, "4 kinds")
    see(program, "429 rate_limit_exceeded: Rate limit reached for requests.")
    # Its files are in the list without a refresh.
    inspector = program.part("filler", "Details")
    wait_for(
        lambda: [one.name for one in inspector.all("label")].count("in list") == 3,
        "all in the list",
    )


def look_inside(program: Program) -> None:
    press(program, "Look inside results")
    succeeded = REQUESTS - len(FAILING)
    wait_for(lambda: program.window.find("check box", f"{succeeded} succeeded"), "the answers")
    lines = program.part("table", "Lines")
    wait_for(lambda: lines.size[0] == succeeded, "a line for each")


def retry(program: Program) -> None:
    press(program, "Retry unfinished lines…")
    dialog = program.dialog("Retry unfinished lines")
    words = f"{REQUESTS} of {REQUESTS} results belong to this file."
    wait_for(lambda: dialog.find("label", words), "the requests found")
    click(button_in(dialog, "Review upload…"))
    click(button_in(program.dialog("Upload files"), "Upload 1 file"))
    wait_for_transfer(program, "course-retry.jsonl", "Done")
    (uploaded,) = program.sandbox.named("course-retry.jsonl")
    content = program.sandbox.content(uploaded).read_text()
    assert content == "".join(request(one) for one in FAILING if one != TOO_LONG)


def clean_up(program: Program, path: Path) -> set[str]:
    """Choose all purposes, and save the plan there; return the IDs of the planned files."""
    choose_purpose(program, "All files,")
    choose_in_menu(program, "Clean up…")
    dialog = program.dialog("Clean up")
    rules = wait_for(lambda: dialog.find("filler", "Purpose"), "the purposes")
    for box in rules.all("check box"):
        click(box)
    click(button_in(dialog, "Save plan…"))
    program.dialog("Save plan")
    key("ctrl+a")
    type_text(str(path))
    key("Return")
    wait_for(path.exists, "the saved plan")
    plan = json.loads(path.read_text())
    return {file["id"] for file in plan["files"] if file["action"] == "delete"}


def carry_out(program: Program, count: int) -> None:
    """Type the number, since it's more than half of the account, and don't wait for the countdown."""
    dialog = program.dialog("Clean up")
    delete = wait_for(lambda: dialog.find("push button", f"Delete {count} files"), "the button")
    assert not delete.enabled
    field = wait_for(lambda: dialog.find("text", f"To confirm, type {count}"), "the field")
    retry_until(lambda: click(field), lambda: field.focused, "the focus in the field")
    type_text(str(count))
    wait_for(lambda: delete.enabled, "that it is confirmed")
    click(delete)
    wait_until_active(program)
    press(program, "Delete now")
    see(program, f"{count} files deleted")


def listed(program: Program) -> set[str]:
    """The IDs of the files that the sandbox lists to another program."""
    server = SandboxServer(program.sandbox.folder)
    address = server.start()
    try:
        with openai.OpenAI(base_url=address.base_url, api_key=address.key) as client:
            return {file.id for file in client.files.list()}
    finally:
        server.stop()


def press(program: Program, name: str) -> None:
    """Click a button of the main window."""
    click(button_in(program.window, name))


def button_in(window: Accessible, name: str) -> Accessible:
    button = wait_for(lambda: window.find("push button", name), f"the button “{name}”")
    wait_for(lambda: button.enabled, f"the button “{name}” enabled")
    return button


def see(program: Program, words: str) -> None:
    wait_for(lambda: program.window.find("label", words), f"“{words}”")

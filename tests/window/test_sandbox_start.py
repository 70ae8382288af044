"""The sandbox from the command line."""

from tests.window.desk import Desk


def test_the_sandbox_opens_with_samples_of_every_kind(sandbox: Desk) -> None:
    purposes = {file.purpose for file in sandbox.window.workspace.area.shown}
    assert {"batch", "batch_output", "fine-tune", "user_data", "vision"} <= purposes
    assert sandbox.button("Account").text() == "Sandbox"
    assert sandbox.sees("of 2.5 TB")
    assert sandbox.settings.current.last_account == "sandbox"

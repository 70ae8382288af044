"""`filewharf info`: all that the server says about files."""

import json
from collections.abc import Sequence

from services.catalog.events import FileNotRetrieved, FileRetrieved
from ui.terminal.failure import ExitCode
from ui.terminal.opened_account import OpenedAccount
from ui.terminal.output import printable


def info(opened: OpenedAccount, file_ids: Sequence[str]) -> ExitCode:
    """Print the fields of each file, in the server's order."""
    failed = 0
    for file_id in file_ids:
        opened.session.details.retrieve(file_id)
        for event in opened.events():
            if isinstance(event, FileRetrieved):
                rows = [f"{printable(name)}: {_in_a_line(value)}" for name, value in event.fields]
                opened.output.result("\n".join(rows), file_id, dict(event.fields))
                break
            if isinstance(event, FileNotRetrieved):
                failed += 1
                opened.output.problem(event.problem, printable(file_id))
                break
    opened.output.end()
    return ExitCode.of(failed, len(file_ids))


def _in_a_line(value: object) -> str:
    return printable(value) if isinstance(value, str) else json.dumps(value)

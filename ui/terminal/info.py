"""`filewharf info`: all that the server says about files."""

import json
from collections.abc import Sequence

from services.catalog.events import FileRetrieved
from ui.terminal.failure import ExitCode
from ui.terminal.opened_account import OpenedAccount
from ui.terminal.output import printable
from ui.terminal.retrieving_files import retrieved


def info(opened: OpenedAccount, names: Sequence[str], *, every: bool) -> ExitCode:
    """Print the fields of each file, in the server's order. Raises Failure."""
    count = failed = 0
    for answer in retrieved(opened, names, every=every):
        count += 1
        if isinstance(answer, FileRetrieved):
            rows = [f"{printable(name)}: {_in_a_line(value)}" for name, value in answer.fields]
            opened.output.result("\n".join(rows), answer.file_id, dict(answer.fields))
        else:
            failed += 1
            opened.output.problem(answer.problem, printable(answer.file_id))
    opened.output.end()
    return ExitCode.of(failed, count)


def _in_a_line(value: object) -> str:
    return printable(value) if isinstance(value, str) else json.dumps(value)

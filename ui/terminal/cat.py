"""`filewharf cat`: the content of files on the standard output."""

import os
import sys
from collections.abc import Sequence

from services.api.remote_file import RemoteFile
from services.catalog.events import FileNotRetrieved, FileRetrieved
from services.problems.errors import Problem
from services.transfers.events import ContentStreamed
from ui.terminal.failure import ExitCode
from ui.terminal.opened_account import OpenedAccount
from ui.terminal.output import printable


def cat(opened: OpenedAccount, file_ids: Sequence[str]) -> ExitCode:
    """Print the content of files as it arrives, byte for byte, one file after the other.

    Raises OSError if the standard output can't be written.
    """
    failed = 0
    for file_id in file_ids:
        problem, warning = _printed(opened, file_id)
        failed += problem is not None
        for one in (problem, warning):
            if one is not None:
                opened.output.problem(one, printable(file_id))
    return ExitCode.of(failed, len(file_ids))


def _printed(opened: OpenedAccount, file_id: str) -> tuple[Problem | None, Problem | None]:
    """What kept a file from being printed whole, and how it differs from what was expected."""
    errors: list[OSError] = []
    # Not through Python's buffer: a thread that waits in it would keep the program from ending.
    target = sys.stdout.fileno()

    def write(piece: bytes) -> bool:
        rest = memoryview(piece)
        try:
            while rest:
                rest = rest[os.write(target, rest) :]
        except OSError as error:
            errors.append(error)
        return not errors

    opened.session.details.retrieve(file_id)
    for event in opened.events():
        match event:
            case FileRetrieved(file=file):
                opened.session.streams.send(file or RemoteFile(file_id), write)
            case FileNotRetrieved(problem=problem):
                return problem, None
            case ContentStreamed():
                if errors:
                    raise errors[0]
                return event.problem, event.warning
    return None, None

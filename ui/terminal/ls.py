"""`filewharf ls` and `find`: lists files as they come from the server."""

import time

from msgspec import structs

from ui.terminal.choosing import listed, matching, search
from ui.terminal.failure import ExitCode
from ui.terminal.file_rows import object_of, row_of
from ui.terminal.opened_account import OpenedAccount


def ls(opened: OpenedAccount, text: str, purposes: frozenset[str]) -> ExitCode:
    """Print the files that the search and the purposes choose."""
    wanted = structs.replace(search(text, time.time()), purposes=purposes)
    for page in listed(opened):
        for file in matching(page, wanted):
            opened.output.result(row_of(file), file.id, object_of(file))
    opened.output.end()
    return ExitCode.DONE

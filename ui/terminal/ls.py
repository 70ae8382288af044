"""`filewharf ls` and `find`: lists files as they come from the server."""

from services.browse.file_filter import RowFilter
from ui.terminal.choosing import listed, matching
from ui.terminal.failure import ExitCode
from ui.terminal.file_rows import object_of, row_of
from ui.terminal.opened_account import OpenedAccount


def ls(opened: OpenedAccount, wanted: RowFilter) -> ExitCode:
    """Print the files that a search finds."""
    for page in listed(opened):
        for file in matching(page, wanted):
            opened.output.result(row_of(file), file.id, object_of(file))
    opened.output.end()
    return ExitCode.DONE

"""`filewharf ls` and `find`: lists files as they come from the server."""

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from services.api.remote_file import RemoteFile
from ui.terminal.failure import ExitCode
from ui.terminal.file_rows import print_files
from ui.terminal.output import Output

if TYPE_CHECKING:
    from services.browse.file_filter import RowFilter


def ls(
    output: Output, pages: Iterable[Sequence[RemoteFile]], wanted: "RowFilter | None"
) -> ExitCode:
    """Print the files that a search finds, or all without one."""
    for page in pages:
        files = page
        if wanted is not None:
            from ui.terminal.choosing import matching

            files = matching(page, wanted)
        print_files(output, files)
    output.end()
    return ExitCode.DONE

"""`filewharf cat`: the content of files on the standard output."""

import os
import sys
from collections.abc import Callable, Sequence

from services.api.remote_file import RemoteFile
from services.catalog.events import FileRetrieved
from services.transfers.events import ContentStreamed
from ui.terminal.failure import ExitCode
from ui.terminal.opened_account import OpenedAccount
from ui.terminal.output import printable
from ui.terminal.retrieving_files import retrieved


def cat(opened: OpenedAccount, names: Sequence[str], *, every: bool) -> ExitCode:
    """Print the content of files as it arrives, byte for byte, one file after the other.

    Raises Failure, and OSError if the standard output can't be written.
    """
    count = failed = 0
    for answer in retrieved(opened, names, every=every):
        if isinstance(answer, FileRetrieved):
            printed = _printed(opened, answer.file or RemoteFile(answer.file_id))
        else:
            printed = ContentStreamed(answer.file_id, answer.problem)
        count += 1
        failed += not _tell(opened, printed, answer.file_id)
    return ExitCode.of(failed, count)


def print_contents(opened: OpenedAccount, files: Sequence[RemoteFile]) -> ExitCode:
    """Print the content of listed files, as `cat`."""
    failed = 0
    for file in files:
        failed += not _tell(opened, _printed(opened, file), file.name)
    return ExitCode.of(failed, len(files))


def print_zip(opened: OpenedAccount, files: Sequence[RemoteFile]) -> ExitCode:
    """Print a zip archive of the files as they arrive. Raises OSError as `cat`."""
    if not files:
        return ExitCode.DONE
    printed = _streamed(opened, lambda write: opened.session.streams.send_zip(files, write))
    names = {file.id: file.name for file in files}
    is_whole = _tell(opened, printed, names.get(printed.file_id, ""))
    return ExitCode.DONE if is_whole else ExitCode.FAILED


def _tell(opened: OpenedAccount, printed: ContentStreamed, name: str) -> bool:
    """Tell what is wrong with what was printed; return whether it's whole."""
    for one in (printed.problem, printed.warning):
        if one is not None:
            opened.output.problem(one, printable(name))
    return printed.problem is None


def _printed(opened: OpenedAccount, file: RemoteFile) -> ContentStreamed:
    return _streamed(opened, lambda write: opened.session.streams.send(file, write))


def _streamed(
    opened: OpenedAccount, send: Callable[[Callable[[bytes], bool]], None]
) -> ContentStreamed:
    """Print what is sent, to its end."""
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

    send(write)
    for event in opened.events():
        if isinstance(event, ContentStreamed):
            if errors:
                raise errors[0]
            return event
    raise AssertionError("the events never end")

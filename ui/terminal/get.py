"""`filewharf get`: downloads files to a folder."""

from collections.abc import Sequence
from pathlib import Path

from services.api.remote_file import RemoteFile
from services.disk.when_taken import WhenTaken
from services.transfers.transfer import Transfer
from ui.terminal.failure import ExitCode
from ui.terminal.opened_account import OpenedAccount
from ui.terminal.output import printable
from ui.terminal.transferring import OwnTransfers


def get(
    opened: OpenedAccount,
    files: Sequence[RemoteFile],
    folder: Path,
    when_taken: WhenTaken,
    *,
    as_zip: bool,
) -> ExitCode:
    """Download the files to the folder, or into one zip archive there; print where each went."""
    transfers = OwnTransfers(opened)

    def saved(transfer: Transfer) -> None:
        path = str(transfer.path)
        value = {"id": transfer.file_id, "filename": transfer.name, "path": path}
        opened.output.result(printable(path), transfer.file_id or path, value)

    if as_zip:
        opened.session.download_as_zip(files, folder, when_taken)
    else:
        opened.session.download(files, folder, when_taken)
    code = transfers.report(min(1, len(files)) if as_zip else len(files), saved)
    opened.output.end()
    return code

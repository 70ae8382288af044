"""`filewharf rm`: deletes files."""

from collections.abc import Callable, Sequence

from services.api.remote_file import RemoteFile
from services.system.language import _, ngettext
from services.system.locale_format import whole
from services.system.sizes import format_size
from services.transfers.transfer import Transfer
from ui.terminal.failure import ExitCode, Failure
from ui.terminal.file_rows import print_files
from ui.terminal.opened_account import OpenedAccount
from ui.terminal.transferring import OwnTransfers


def rm(
    opened: OpenedAccount,
    files: Sequence[RemoteFile],
    *,
    dry_run: bool,
    ask: Callable[[str], str] | None,
) -> ExitCode:
    """Delete files and print each that is gone; with `dry_run`, only print what would go.

    `ask` asks the person and returns the answer; None if it was confirmed before. Raises Failure
    if the answer isn't the one that is needed.
    """
    if dry_run:
        print_files(opened.output, files)
        opened.output.end()
        return ExitCode.DONE
    if files and ask is not None:
        _confirm(opened, files, ask)
    by_id = {file.id: file for file in files}
    transfers = OwnTransfers(opened)

    def deleted(transfer: Transfer) -> None:
        print_files(opened.output, [by_id[transfer.file_id]])

    opened.session.delete(files)
    code = transfers.report(len(files), deleted)
    opened.output.end()
    return code


def _confirm(opened: OpenedAccount, files: Sequence[RemoteFile], ask: Callable[[str], str]) -> None:
    """Ask for a yes, or for the account's name if it is marked as production."""
    words = ngettext(
        "Delete {number} file ({size}) from {account}?",
        "Delete {number} files ({size}) from {account}?",
        len(files),
    ).format(
        number=whole(len(files)),
        size=format_size(sum(file.size or 0 for file in files)),
        account=opened.account.name,
    )
    if opened.account.production:
        wanted = opened.account.name
        question = _("{question} Type the name of the account: ").format(question=words)
    else:
        wanted = _("yes")
        question = _("{question} Type “yes”: ").format(question=words)
    if ask(question).strip() != wanted:
        raise Failure(_("Nothing was deleted."))

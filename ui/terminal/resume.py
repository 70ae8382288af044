"""`filewharf resume`: goes on with what an earlier command or window has left in the queue."""

from collections.abc import Sequence

from services.providers.account import Account
from services.system.language import _, ngettext
from services.system.locale_format import whole
from services.transfers.transfer import Transfer, TransferState
from ui.terminal.failure import ExitCode
from ui.terminal.finding_account import find_account
from ui.terminal.opened_queue import OpenedQueue
from ui.terminal.output import printable
from ui.terminal.transferring import OwnTransfers


def resume(opened: OpenedQueue, account_name: str) -> ExitCode:
    """Resume the unfinished transfers of an account, or of all without a name; print each result.

    Raises Failure if there is no such account.
    """
    accounts = {one.id: one for one in opened.book.accounts()}
    if account_name:
        found = find_account(opened.book, account_name)
        accounts = {found.id: found}
    unfinished = [one for one in opened.earlier_transfers.values() if _is_unfinished(one)]
    left = [one for one in unfinished if one.account_id in accounts]
    if not account_name:
        _tell_others(opened, len(unfinished) - len(left))
    if not left:
        opened.output.note(_("There is nothing to resume."))

    def done(transfer: Transfer) -> None:
        _print(opened, transfer, accounts[transfer.account_id])

    opened.engine.transfers.resume([one.id for one in left if one.can_resume])
    code = OwnTransfers(opened, left).report(len(left), done)
    opened.output.end()
    return code


def _is_unfinished(transfer: Transfer) -> bool:
    """Whether it was interrupted, or an upload whose answer was lost, which needs looking for."""
    return transfer.can_resume or transfer.state is TransferState.UNCERTAIN


def _tell_others(opened: OpenedQueue, count: int) -> None:
    if count:
        words = ngettext(
            "{number} transfer stays in the queue: its account isn't here.",
            "{number} transfers stay in the queue: their accounts aren't here.",
            count,
        )
        opened.output.note(words.format(number=whole(count)))


def _print(opened: OpenedQueue, transfer: Transfer, account: Account) -> None:
    path = "" if transfer.path is None else str(transfer.path)
    columns: Sequence[str] = (transfer.kind.value, transfer.file_id, transfer.name)
    value = {
        "kind": transfer.kind.value,
        "account": account.name,
        "id": transfer.file_id,
        "filename": transfer.name,
        "path": path,
    }
    row = "  ".join(printable(one) for one in columns if one)
    opened.output.result(row, transfer.file_id or path, value)

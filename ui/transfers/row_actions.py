"""What can be done about a transfer right now. No Qt."""

from enum import Enum

from services.language import _
from services.transfers.transfer import Transfer, TransferKind, TransferState


class RowAction(Enum):
    """One thing to do."""

    CANCEL = "cancel"
    FORGET = "forget"
    RETRY = "retry"
    FOLDER = "folder"

    @property
    def icon_name(self) -> str:
        """Its icon; to cancel and to forget are both a cross, never in the same row."""
        return {
            RowAction.CANCEL: "x",
            RowAction.FORGET: "x",
            RowAction.RETRY: "rotate-cw",
            RowAction.FOLDER: "folder-open",
        }[self]

    @property
    def text(self) -> str:
        """What it is called in the context menu and in the tool tip."""
        return {
            RowAction.CANCEL: _("Cancel"),
            RowAction.FORGET: _("Remove from the list"),
            RowAction.RETRY: _("Try again"),
            RowAction.FOLDER: _("Show in folder"),
        }[self]


def row_actions(transfer: Transfer) -> tuple[RowAction, ...]:
    """The actions that mean something now, in the order of their icons."""
    actions = []
    if transfer.kind is TransferKind.DOWNLOAD and transfer.state is TransferState.DONE:
        actions.append(RowAction.FOLDER)
    if transfer.can_retry:
        actions.append(RowAction.RETRY)
    actions.append(RowAction.CANCEL if transfer.can_cancel else RowAction.FORGET)
    return tuple(actions)

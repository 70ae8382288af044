"""What can be done about a transfer right now. No Qt."""

from enum import Enum

from services.language import _
from services.transfers.transfer import Transfer, TransferState
from ui.transfers.transfer_words import is_saved, trouble_of


class RowAction(Enum):
    """One thing to do; in the order of the context menu."""

    PAUSE = "pause"
    RESUME = "resume"
    RETRY = "retry"
    SEND_AGAIN = "send again"
    CANCEL = "cancel"
    FIRST = "first"
    LAST = "last"
    FOLDER = "folder"
    FORGET = "forget"
    COPY_REPORT = "copy report"

    @property
    def icon_name(self) -> str:
        """Its icon; to cancel and to forget are both a cross, never in the same row."""
        return {
            RowAction.PAUSE: "pause",
            RowAction.RESUME: "play",
            RowAction.RETRY: "rotate-cw",
            RowAction.SEND_AGAIN: "upload",
            RowAction.CANCEL: "x",
            RowAction.FIRST: "arrow-up",
            RowAction.LAST: "arrow-down",
            RowAction.FOLDER: "folder-open",
            RowAction.FORGET: "x",
            RowAction.COPY_REPORT: "copy",
        }[self]

    @property
    def text(self) -> str:
        """What it is called in the context menu and in the tool tip."""
        return {
            RowAction.PAUSE: _("Pause"),
            RowAction.RESUME: _("Resume"),
            RowAction.RETRY: _("Try again"),
            RowAction.SEND_AGAIN: _("Send again without looking"),
            RowAction.CANCEL: _("Cancel"),
            RowAction.FIRST: _("Move to the top"),
            RowAction.LAST: _("Move to the bottom"),
            RowAction.FOLDER: _("Show in folder"),
            RowAction.FORGET: _("Remove from the list"),
            RowAction.COPY_REPORT: _("Copy problem report"),
        }[self]

    @property
    def keys(self) -> str:
        """Its key in the table, as Qt writes it; empty where it has none."""
        return {
            RowAction.PAUSE: "Space",
            RowAction.RESUME: "Space",
            RowAction.RETRY: "R",
            RowAction.CANCEL: "Del",
            RowAction.FIRST: "Alt+Up",
            RowAction.LAST: "Alt+Down",
            RowAction.FOLDER: "Return",
            RowAction.FORGET: "Del",
        }.get(self, "")


def row_actions(transfer: Transfer) -> tuple[RowAction, ...]:
    """The actions that have an icon in its row now, in the order of the icons."""
    actions = []
    if is_saved(transfer):
        actions.append(RowAction.FOLDER)
    if transfer.can_retry:
        actions.append(RowAction.RETRY)
    if transfer.can_pause:
        actions.append(RowAction.PAUSE)
    if transfer.can_resume:
        actions.append(RowAction.RESUME)
    actions.append(RowAction.CANCEL if transfer.can_cancel else RowAction.FORGET)
    return tuple(actions)


def possible_actions(transfer: Transfer) -> frozenset[RowAction]:
    """Everything that means something now: also what only menu and keys offer."""
    actions = set(row_actions(transfer))
    if transfer.can_cancel:
        actions |= {RowAction.FIRST, RowAction.LAST}
    if transfer.state is TransferState.UNCERTAIN:
        actions.add(RowAction.SEND_AGAIN)
    if trouble_of(transfer) is not None:
        actions.add(RowAction.COPY_REPORT)
    return frozenset(actions)

"""The actions available for a transfer. No Qt."""

from enum import Enum

import msgspec

from services.problems.errors import ProblemKind
from services.system.language import _
from services.transfers.transfer import (
    WITH_NEW_FILE,
    ChangePhase,
    Transfer,
    TransferState,
)
from ui.transfers.opening import is_safe_to_open
from ui.transfers.transfer_words import is_saved, problem_of


class RowAction(Enum):
    """An action on a transfer, in context menu order."""

    PAUSE = "pause"
    RESUME = "resume"
    RETRY = "retry"
    SEND_AGAIN = "send again"
    CANCEL = "cancel"
    FIRST = "first"
    LAST = "last"
    ERRORS = "errors"
    OPEN = "open"
    FOLDER = "folder"
    COPY_ID = "copy id"
    SHOW = "show"
    DELETE_OLD = "delete old"
    REMOVE = "remove"
    COPY_REPORT = "copy report"
    REQUESTS = "requests"

    @property
    def icon_name(self) -> str:
        """Its icon. Cancel and Remove share the cross, because a row never has both."""
        return {
            RowAction.PAUSE: "pause",
            RowAction.RESUME: "play",
            RowAction.RETRY: "rotate-cw",
            RowAction.SEND_AGAIN: "upload",
            RowAction.CANCEL: "x",
            RowAction.FIRST: "arrow-up",
            RowAction.LAST: "arrow-down",
            RowAction.ERRORS: "list-x",
            RowAction.OPEN: "eye",
            RowAction.FOLDER: "folder-open",
            RowAction.COPY_ID: "copy",
            RowAction.SHOW: "files",
            RowAction.DELETE_OLD: "trash",
            RowAction.REMOVE: "x",
            RowAction.COPY_REPORT: "copy",
            RowAction.REQUESTS: "arrow-down-up",
        }[self]

    @property
    def text(self) -> str:
        """Its name in the context menu and the tool tip."""
        return {
            RowAction.PAUSE: _("Pause"),
            RowAction.RESUME: _("Resume"),
            RowAction.RETRY: _("Try again"),
            RowAction.SEND_AGAIN: _("Send again without checking"),
            RowAction.CANCEL: _("Cancel"),
            RowAction.FIRST: _("Move to the top"),
            RowAction.LAST: _("Move to the bottom"),
            RowAction.ERRORS: _("Show errors"),
            RowAction.OPEN: _("Open"),
            RowAction.FOLDER: _("Show in folder"),
            RowAction.COPY_ID: _("Copy ID"),
            RowAction.SHOW: _("Show in the list"),
            RowAction.DELETE_OLD: _("Delete the old file…"),
            RowAction.REMOVE: _("Remove from the list"),
            RowAction.COPY_REPORT: _("Copy problem report"),
            RowAction.REQUESTS: _("Show requests"),
        }[self]

    @property
    def keys(self) -> str:
        """Its key in the table, in Qt's notation; empty if it has none."""
        return {
            RowAction.PAUSE: "Space",
            RowAction.RESUME: "Space",
            RowAction.RETRY: "R",
            RowAction.CANCEL: "Del",
            RowAction.FIRST: "Alt+Up",
            RowAction.LAST: "Alt+Down",
            RowAction.OPEN: "Ctrl+Return",
            RowAction.FOLDER: "Return",
            RowAction.COPY_ID: "Ctrl+C",
            RowAction.SHOW: "Return",
            RowAction.REMOVE: "Del",
        }.get(self, "")


class RowButton(msgspec.Struct, frozen=True):
    """An icon in a row."""

    action: RowAction
    why_not: str = ""
    """Why it is disabled; empty if it is enabled."""


def row_buttons(transfer: Transfer) -> tuple[RowButton | None, RowButton | None, RowButton]:
    """The icons of a row, each at a fixed position: file action, transfer action, cross."""
    cross = RowAction.CANCEL if transfer.can_cancel else RowAction.REMOVE
    return _file_button(transfer), _transfer_button(transfer), RowButton(cross)


def row_actions(transfer: Transfer) -> tuple[RowAction, ...]:
    """The actions of a row's enabled icons, in order."""
    buttons = row_buttons(transfer)
    return tuple(one.action for one in buttons if one is not None and not one.why_not)


def possible_actions(transfer: Transfer) -> frozenset[RowAction]:
    """All available actions, including those only in the menu or on keys."""
    actions = {*row_actions(transfer), RowAction.REQUESTS}
    if transfer.can_cancel:
        actions |= {RowAction.FIRST, RowAction.LAST}
    if transfer.state is TransferState.UNCERTAIN:
        actions.add(RowAction.SEND_AGAIN)
    if transfer.replaces and transfer.state is TransferState.DONE:
        actions.add(RowAction.DELETE_OLD)
    if transfer.replaces and transfer.file_id:
        actions.add(RowAction.COPY_ID)  # also of a new file that isn't as it should be
    if problem_of(transfer) is not None:
        actions.add(RowAction.COPY_REPORT)
    return frozenset(actions)


def text_for(action: RowAction, transfers: tuple[Transfer, ...]) -> str:
    """The name of an action for these transfers."""
    if action is RowAction.PAUSE and any(one.loses_progress_when_paused for one in transfers):
        return _("Pause (starts over when resumed)")
    return action.text


def _file_button(transfer: Transfer) -> RowButton | None:
    if transfer.path is not None and is_saved(transfer):
        why_not = "" if is_safe_to_open(transfer.path) else _why_not_opened()
        return RowButton(RowAction.OPEN, why_not)
    if _was_held_back(transfer):
        return RowButton(RowAction.ERRORS)
    return RowButton(RowAction.COPY_ID) if _is_uploaded(transfer) else None


def _transfer_button(transfer: Transfer) -> RowButton | None:
    if is_saved(transfer):
        return RowButton(RowAction.FOLDER)
    if _is_uploaded(transfer):
        return RowButton(RowAction.SHOW)
    if transfer.can_retry:
        return RowButton(RowAction.RETRY)
    if transfer.can_resume:
        return RowButton(RowAction.RESUME)
    if transfer.can_pause:
        return RowButton(RowAction.PAUSE)
    if transfer.state is TransferState.CONFIRMING:
        return RowButton(RowAction.PAUSE, _("Can't pause: everything has been sent"))
    return None


def _was_held_back(transfer: Transfer) -> bool:
    """Whether the checks found errors in a file that was to be changed."""
    return (
        transfer.state is TransferState.FAILED
        and transfer.phase is ChangePhase.CHECKING
        and transfer.problem is not None
        and transfer.problem.kind is ProblemKind.DIFFERS
    )


def _is_uploaded(transfer: Transfer) -> bool:
    return (
        transfer.kind in WITH_NEW_FILE
        and transfer.state is TransferState.DONE
        and transfer.file_id != ""
    )


def _why_not_opened() -> str:
    return _("Only text, images and PDFs can be opened from here. Use “Show in folder”.")

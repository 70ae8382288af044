"""Texts of one transfer in the panel. No Qt."""

from enum import Enum

from services.problems.errors import Problem, ProblemKind
from services.system.language import _, ngettext
from services.system.locale_format import decimal, whole
from services.system.sizes import GB, KB, MB, TB, format_size, rounded
from services.transfers.transfer import (
    VERIFYING_KINDS,
    WITH_NEW_FILE,
    ChangePhase,
    Transfer,
    TransferKind,
    TransferState,
)
from ui.messages.problem_words import server_message, server_message_in_words
from ui.wording import one_line, span_in_words, speed_in_words, time_left_in_words

SEPARATOR = " · "
_OVERLOADED = 503


class Tone(Enum):
    """The tone of a row; the panel has a color for each."""

    CALM = "calm"
    GOOD = "good"
    UNSURE = "unsure"
    BAD = "bad"


def tone(transfer: Transfer) -> Tone:
    """Whether the row reports success, trouble, or neither."""
    if transfer.state is TransferState.FAILED:
        return Tone.BAD
    if transfer.state is TransferState.UNCERTAIN or _waits_for_a_disk(transfer):
        return Tone.UNSURE
    if transfer.state is TransferState.DONE:
        return Tone.GOOD if transfer.warning is None else Tone.UNSURE
    return Tone.CALM


def fraction(transfer: Transfer) -> float | None:
    """The progress of a transfer from 0 to 1; None if it is unknown."""
    if transfer.state in {TransferState.CONFIRMING, TransferState.DONE}:
        return 1.0
    if transfer.total is None or transfer.total <= 0:
        return None if transfer.state is TransferState.RUNNING else 0.0
    return min(max(transfer.done / transfer.total, 0.0), 1.0)


def status_in_words(transfer: Transfer, wait_left: float | None = None) -> str:
    """The status of a transfer: “116 of 187 MB · 21.4 MB/s · 3 s left”.

    `wait_left` is the remaining time of a WAITING transfer's pause, in seconds; None for the full
    pause.
    """
    match transfer.state:
        case TransferState.QUEUED:
            return _joined(_("Waiting in the queue"), _size(transfer))
        case TransferState.RUNNING:
            return _running_in_words(transfer)
        case TransferState.CONFIRMING:
            return _joined(_("Sent · waiting for the server"), _expiry(transfer))
        case TransferState.WAITING:
            return _waiting_in_words(transfer, wait_left)
        case TransferState.PAUSED:
            return _paused_in_words(transfer)
        case TransferState.DONE:
            return _joined(
                _("Verified") if transfer.kind in VERIFYING_KINDS else _("Done"),
                _warning(transfer),
                _new_id(transfer),
                _whereto(transfer),
                _expiry(transfer),
            )
        case TransferState.FAILED:
            return _failed_in_words(transfer)
        case TransferState.UNCERTAIN:
            return _uncertain_in_words(transfer, wait_left)
        case TransferState.CANCELLED:
            # A skipped download has a problem that says why.
            return _title(transfer) or _joined(_("Canceled"), _unverified(transfer))


def advice_in_words(transfer: Transfer) -> str:
    """What to do about a problem, for the tool tip; empty if there is none."""
    if transfer.state is TransferState.UNCERTAIN:
        return _uncertain_advice(transfer)
    problem = problem_of(transfer)
    if problem is None:
        return ""
    words = (f"{problem.title}.", problem.advice, server_message_in_words(problem))
    return " ".join(filter(None, words))


def problem_of(transfer: Transfer) -> Problem | None:
    """The problem to report: why it failed, or its warning if it is done."""
    return transfer.warning if transfer.state is TransferState.DONE else transfer.problem


def name_in_words(transfer: Transfer) -> str:
    """The name of a transfer; for a saved file, the name it was saved under."""
    if is_saved(transfer) and transfer.path is not None:
        return one_line(transfer.path.name)
    return one_line(transfer.name)


def is_saved(transfer: Transfer) -> bool:
    """Whether it is a completed download with a file on the disk."""
    return (
        transfer.kind is TransferKind.DOWNLOAD
        and transfer.state is TransferState.DONE
        and transfer.path is not None
    )


def amount_in_words(done: int, total: int | None) -> str:
    """Bytes done of the total, with one unit: “116 of 187 MB”, “1.9 of 4.3 MB”.

    Bytes done are rounded down, so they never read as more than there is.
    """
    done = max(done, 0)
    if total is None or total <= 0:
        return format_size(done)
    done = min(done, total)
    if total < KB:
        return _("{done} of {total} bytes").format(done=whole(done), total=whole(total))
    if total < MB - KB / 2:
        return _("{done} of {total} KB").format(
            done=whole(done // KB), total=whole(rounded(total, KB))
        )
    for limit, unit, text in (
        (GB, MB, _("{done} of {total} MB")),
        (TB, GB, _("{done} of {total} GB")),
    ):
        if total < limit - unit / 20:
            return text.format(done=_part(done, total, unit), total=_whole(total, unit))
    return _("{done} of {total} TB").format(done=_part(done, total, TB), total=_whole(total, TB))


def _part(done: int, total: int, unit: int) -> str:
    if total >= 100 * unit:
        return whole(done // unit)
    return decimal(done * 10 // unit / 10)


def _whole(total: int, unit: int) -> str:
    tenths = rounded(10 * total, unit)
    return decimal(tenths / 10) if tenths % 10 else whole(tenths // 10)


def _running_in_words(transfer: Transfer) -> str:
    if transfer.kind is TransferKind.DELETE:
        return _("Deleting")
    if transfer.kind is TransferKind.CLEAN_UP:
        left = transfer.seconds_left
        time_left = time_left_in_words(left) if left is not None and left >= 0 else ""
        return _joined(_amount(transfer), time_left)
    parts = [_phase(transfer), amount_in_words(transfer.done, transfer.total)]
    if transfer.speed is not None and transfer.speed >= 0:
        parts.append(speed_in_words(transfer.speed))
    if transfer.seconds_left is not None and transfer.seconds_left >= 0:
        parts.append(time_left_in_words(transfer.seconds_left))
    return _joined(*parts, _expiry(transfer))


def _waiting_in_words(transfer: Transfer, left: float | None) -> str:
    seconds = transfer.wait_seconds if left is None else left
    if seconds is None:
        words = _("Trying again soon")
    elif seconds <= 0:
        words = _("Trying again")
    else:
        number = whole(max(1, round(seconds)))
        words = _("Trying again in {number} s").format(number=number)
    return _joined(words, _title(transfer), server_message(transfer.problem))


def _paused_in_words(transfer: Transfer) -> str:
    if transfer.starts_over:
        how_far = _("starts over when resumed")
    else:
        how_far = "" if transfer.problem else _amount(transfer)
    return _joined(_("Paused"), _title(transfer), how_far, _what_to_do(transfer))


def _uncertain_in_words(transfer: Transfer, left: float | None) -> str:
    seconds = transfer.wait_seconds if left is None else left
    if transfer.candidates:
        what = _("The server may have this file under another name")
        if len(transfer.candidates) > 1:
            what = _("Several files on the server could be this one")
        return _joined(what, _("right-click to choose"))
    if seconds is None:
        return _("May already be on the server · won't be sent again automatically")
    if seconds <= 0:
        return _("Answer lost · checking the server")
    number = whole(max(1, round(seconds)))
    return _("Answer lost · checking the server again in {number} s").format(number=number)


def _uncertain_advice(transfer: Transfer) -> str:
    if transfer.candidates:
        advice = _("Right-click this row to choose the file, or send it again.")
    elif transfer.wait_seconds is not None:
        advice = _(
            "Everything was sent, but the server's answer was lost. Filewharf keeps checking "
            "the server and sends the file again only if it isn't there."
        )
    else:
        advice = _(
            "Everything was sent, but the server's answer was lost. Try again checks the server "
            "first and sends the file only if it isn't there."
        )
    return f"{one_line(transfer.problem.title)}. {advice}" if transfer.problem else advice


def _failed_in_words(transfer: Transfer) -> str:
    problem = transfer.problem
    if problem is None:
        return _("Failed")
    if problem.kind is ProblemKind.RATE_LIMITED or problem.status == _OVERLOADED:
        # The advice includes how long the server asks to wait.
        wait = one_line(problem.advice).removesuffix(".")
        return _joined(_title(transfer), wait, server_message(problem))
    return _joined(_title(transfer), server_message(problem))


def _waits_for_a_disk(transfer: Transfer) -> bool:
    """Whether it is paused until there is disk space or a folder, or its state can be saved."""
    return (
        transfer.state is TransferState.PAUSED
        and transfer.problem is not None
        and transfer.problem.kind
        in {ProblemKind.DISK_FULL, ProblemKind.FOLDER_MISSING, ProblemKind.DISK_FAILED}
    )


def _what_to_do(transfer: Transfer) -> str:
    """How to resume it, if its folder is missing."""
    problem = transfer.problem
    if problem is None or problem.kind is not ProblemKind.FOLDER_MISSING:
        return ""
    return one_line(problem.advice).removesuffix(".")


def _warning(transfer: Transfer) -> str:
    return one_line(transfer.warning.title) if transfer.warning else ""


def _title(transfer: Transfer) -> str:
    return one_line(transfer.problem.title) if transfer.problem else ""


def _amount(transfer: Transfer) -> str:
    if transfer.kind is TransferKind.DELETE:
        return ""
    if transfer.kind is TransferKind.CLEAN_UP:
        total = transfer.total or 0
        words = ngettext("{done} of {total} file", "{done} of {total} files", total)
        return words.format(done=whole(transfer.done), total=whole(total))
    return amount_in_words(transfer.done, transfer.total)


def _phase(transfer: Transfer) -> str:
    """What a change or copy does now; empty for others."""
    if transfer.phase is None:
        return ""
    return {
        ChangePhase.GETTING: _("Getting the content"),
        ChangePhase.CHECKING: _("Checking"),
        ChangePhase.UPLOADING: _("Uploading"),
        ChangePhase.VERIFYING: _("Verifying the new file"),
    }[transfer.phase]


def _unverified(transfer: Transfer) -> str:
    """That a change or copy was stopped after it had created a file; empty for others."""
    if transfer.kind not in VERIFYING_KINDS or not transfer.file_id:
        return ""
    return _joined(_("the new file isn't verified"), one_line(transfer.file_id))


def _new_id(transfer: Transfer) -> str:
    return one_line(transfer.file_id) if transfer.kind in WITH_NEW_FILE else ""


def _whereto(transfer: Transfer) -> str:
    if transfer.kind is TransferKind.DOWNLOAD:
        return (
            one_line(transfer.path.parent.name or str(transfer.path.parent))
            if (transfer.path)
            else ""
        )
    return one_line(transfer.purpose)


def _expiry(transfer: Transfer) -> str:
    """“expires after 1 day”; empty without a chosen expiry."""
    if transfer.expires_after is None:
        return ""
    return _("expires after {span}").format(span=span_in_words(transfer.expires_after))


def _size(transfer: Transfer) -> str:
    if transfer.total is None or transfer.kind is TransferKind.CLEAN_UP:
        return ""
    return format_size(transfer.total)


def _joined(*parts: str) -> str:
    return SEPARATOR.join(part for part in parts if part)

"""Texts about joining the results of a batch to its requests. No Qt."""

from collections.abc import Collection, Sequence

from services.previews.batches.batch_result import Outcome
from services.previews.batches.batch_summary import kind_of_error
from services.previews.batches.retry_lines import JoinedBatch, RequestState
from services.previews.events import JoinProgressed
from services.system.language import _, ngettext
from services.system.sizes import format_size
from ui.wording import count_in_words, one_line

_IDS_TOLD = 3
_ORDER = (None, Outcome.EXPIRED, Outcome.CANCELLED, Outcome.FAILED)


def sorted_states(states: dict[RequestState, int]) -> list[RequestState]:
    """Never answered, expired and canceled ones, then the failed ones, the commonest first."""
    return sorted(states, key=lambda state: (_ORDER.index(state.outcome), -states[state]))


def state_in_words(state: RequestState, number: int) -> str:
    """“18 never answered”, “46 failed: 429 rate_limit_exceeded”."""
    match state.outcome:
        case None:
            words = ngettext("{number} never answered", "{number} never answered", number)
        case Outcome.EXPIRED:
            words = ngettext("{number} expired", "{number} expired", number)
        case Outcome.CANCELLED:
            words = ngettext("{number} canceled", "{number} canceled", number)
        case _:
            words = ngettext("{number} failed", "{number} failed", number)
    text = words.format(number=count_in_words(number))
    if state.outcome is not Outcome.FAILED:
        return text
    status = "" if state.status_code is None else str(state.status_code)
    kind = one_line(" ".join(filter(None, (status, state.error_code))))
    return f"{text}: {kind}" if kind else text


def other_errors_in_words(kinds: int, number: int) -> str:
    """“31 failed: 12 other kinds of errors”."""
    words = ngettext("{number} failed", "{number} failed", number)
    text = ngettext("{number} other kind of error", "{number} other kinds of errors", kinds)
    return f"{words.format(number=count_in_words(number))}: {text.format(number=count_in_words(kinds))}"


def message_of(joined: JoinedBatch, state: RequestState) -> str:
    """What the server said to the first of the failed requests in this state."""
    if state.outcome is not Outcome.FAILED:
        return ""
    kind = kind_of_error(state.status_code, state.error_code)
    return one_line(" ".join(joined.summary.messages.get(kind, "").split()))


def match_in_words(joined: JoinedBatch) -> str:
    """How many of the results belong to the input."""
    number = joined.known_ids + joined.unknown_ids
    if not number:
        return _("There are no results, so no request was answered.")
    if not joined.known_ids:
        words = ngettext(
            "The only result doesn't belong to this file.",
            "None of the {number} results belong to this file.",
            number,
        )
        return words.format(number=count_in_words(number))
    words = ngettext(
        "{known} of {number} result belongs to this file.",
        "{known} of {number} results belong to this file.",
        number,
    )
    return words.format(known=count_in_words(joined.known_ids), number=count_in_words(number))


def sum_in_words(joined: JoinedBatch, chosen: Collection[RequestState]) -> str:
    """“1,936 kept + 64 retried = 2,000 requests”."""
    unfinished = joined.unfinished
    retried = sum(unfinished[state] for state in chosen)
    left = sum(unfinished.values()) - retried
    kept = joined.request_count - retried - left
    if left:
        words = ngettext(
            "{kept} kept + {left} left out + {retried} retried = {number} request",
            "{kept} kept + {left} left out + {retried} retried = {number} requests",
            joined.request_count,
        )
    else:
        words = ngettext(
            "{kept} kept + {retried} retried = {number} request",
            "{kept} kept + {retried} retried = {number} requests",
            joined.request_count,
        )
    return words.format(
        kept=count_in_words(kept),
        left=count_in_words(left),
        retried=count_in_words(retried),
        number=count_in_words(joined.request_count),
    )


def notes_in_words(joined: JoinedBatch) -> str:
    """What is odd about the files: repeated IDs, and lines that aren't requests."""
    notes = []
    if joined.repeated_ids:
        number = len(joined.repeated_ids)
        words = ngettext(
            "{number} custom_id is used more than once: {ids}",
            "{number} custom_ids are used more than once: {ids}",
            number,
        )
        ids = _listed(joined.repeated_ids)
        notes.append(words.format(number=count_in_words(number), ids=ids))
    if joined.bad_lines:
        words = ngettext(
            "{number} line isn't a request and is left out",
            "{number} lines aren't requests and are left out",
            joined.bad_lines,
        )
        notes.append(words.format(number=count_in_words(joined.bad_lines)))
    return " · ".join(notes)


def progress_in_words(progress: JoinProgressed) -> str:
    """“Reading eval-sweep.jsonl: 12 of 41.7 MB”."""
    done, size = format_size(progress.done), format_size(progress.size)
    if not progress.file_name:
        return _("Joining requests and results: {done} of {size}").format(done=done, size=size)
    name = one_line(progress.file_name)
    return _("Reading {name}: {done} of {size}").format(name=name, done=done, size=size)


def _listed(ids: Sequence[str]) -> str:
    shown = [one_line(one) for one in ids[:_IDS_TOLD]]
    return ", ".join(shown) + ("…" if len(ids) > _IDS_TOLD else "")

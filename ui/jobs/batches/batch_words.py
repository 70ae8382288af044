"""Batches in words. No Qt."""

from collections import Counter
from collections.abc import Mapping
from typing import TYPE_CHECKING

import msgspec

from services.api.batch import Batch, TokenUsage
from services.system.language import N_, _, ngettext, pgettext
from services.system.locale_format import decimal
from ui.inspector.fields import Field
from ui.wording import (
    MINUTE,
    NOTHING,
    count_in_words,
    created_in_words,
    exact_moment,
    expires_in_words,
    one_line,
    shortened,
    span_in_words,
)

if TYPE_CHECKING:
    from services.previews.batches.batch_summary import BatchSummary

_STATES = {
    "validating": N_("Validating"),
    "in_progress": N_("Running"),
    "finalizing": N_("Finalizing"),
    "completed": N_("Completed"),
    "failed": N_("Failed"),
    "expired": N_("Expired"),
    "cancelling": N_("Canceling"),
    "cancelled": N_("Canceled"),
}
_MOST_WORDS = 300
"""Characters of a text that the server may make as long as it likes."""


def batches_in_words(number: int) -> str:
    """“1 batch”, “4,318 batches”."""
    words = ngettext("{number} batch", "{number} batches", number)
    return words.format(number=count_in_words(number))


def state_in_words(batch: Batch) -> str:
    """“Completed”, or the server's own word for a state that isn't known."""
    known = _STATES.get(batch.status or "")
    if known is not None:
        return _(known)
    return _plain(batch.status or "") or _("No status")


def endpoint_in_words(endpoint: str | None) -> str:
    """“chat/completions”: without the version, which is always the same."""
    return _plain(endpoint or "").removeprefix("/v1/").lstrip("/") or NOTHING


def model_in_words(batch: Batch) -> str:
    """The model, as far as the server says."""
    return _plain(batch.model or "") or NOTHING


def done_of_total(batch: Batch) -> str:
    """“5,604 of 46,700”; empty if that isn't known."""
    if batch.total is None:
        return ""
    return _("{number} of {total}").format(
        number=count_in_words(batch.completed + batch.failed), total=count_in_words(batch.total)
    )


def failed_in_words(number: int) -> str:
    """“31 failed”."""
    words = ngettext("{number} failed", "{number} failed", number)
    return words.format(number=count_in_words(number))


def not_done_in_words(number: int) -> str:
    """“6,788 not done”."""
    words = ngettext("{number} not done", "{number} not done", number)
    return words.format(number=count_in_words(number))


def percent_in_words(share: float) -> str:
    """“12%”; 100% only for all."""
    whole = 100 if share >= 1 else min(99, int(100 * share))
    return _("{percent}%").format(percent=decimal(whole, 0))


def ends_in_words(batch: Batch, now: float) -> str:
    """When it ended, or when the server gives up at the latest."""
    if batch.has_ended:
        return created_in_words(batch.ended_at, now)
    return expires_in_words(batch.expires_at, now)


def sentence_of(batch: Batch, now: float) -> str:
    """“Completed, 31 of 802 failed · took 50 minutes”."""
    state, counts, taken = state_in_words(batch), "", batch.seconds_taken
    if batch.total is not None:
        total = count_in_words(batch.total)
        if batch.status == "completed":
            counts = _("none failed")
            if batch.failed:
                counts = _("{number} of {total} failed").format(
                    number=count_in_words(batch.failed), total=total
                )
        elif batch.status not in ("failed", "validating"):
            done = count_in_words(batch.completed + batch.failed)
            counts = _("{number} of {total} done").format(number=done, total=total)
    words = ", ".join(filter(None, (state, counts)))
    if taken is not None:
        seconds = ngettext("{number} second", "{number} seconds", taken)
        short = seconds.format(number=count_in_words(taken))
        span = short if taken < MINUTE else span_in_words(taken)
        text = _("took {span}") if batch.status == "completed" else _("after {span}")
        return f"{words} · {text.format(span=span)}"
    if not batch.has_ended and batch.expires_at is not None:
        # Translators: {when} is “in 21 hours” or “expired”.
        ends = _("ends {when} at the latest").format(when=expires_in_words(batch.expires_at, now))
        return f"{words} · {ends}"
    return words


class ErrorCount(msgspec.Struct, frozen=True):
    """A kind of error in a batch, and how often it came."""

    number: int
    text: str


def errors_of(batch: Batch) -> list[ErrorCount]:
    """Why a batch failed, as far as it says itself; the commonest first."""
    number: Counter[str] = Counter()
    texts: dict[str, str] = {}
    for error in batch.errors:
        said = ": ".join(filter(None, (_plain(error.code or ""), _plain(error.message or ""))))
        kind = error.code or said
        number[kind] += 1
        if kind not in texts and error.line is not None:
            line = count_in_words(error.line)
            said = _("{text} First in line {line}.").format(text=said, line=line)
        texts.setdefault(kind, said or _("unknown error"))
    return [ErrorCount(count, texts[kind]) for kind, count in number.most_common()]


def errors_in(summary: "BatchSummary") -> list[ErrorCount]:
    """The errors in the results of a batch, the commonest first."""
    found = []
    for kind, number in summary.errors.items():
        status, code = kind
        named = _plain(" ".join(filter(None, ("" if status is None else str(status), code))))
        message = _plain(summary.messages.get(kind, ""))
        text = ": ".join(filter(None, (named, message))) or _("unknown error")
        found.append(ErrorCount(number, text))
    return found


def first_error(batch: Batch) -> str:
    """The first reason of a failure on one line; empty if there is none."""
    if not batch.errors:
        return ""
    error = batch.errors[0]
    said = _plain(error.message or error.code or "")
    if error.line is None or not said:
        return said
    return _("Line {line}: {text}").format(line=count_in_words(error.line), text=said)


def tokens_in_words(usage: TokenUsage | None) -> str:
    """“1,210,000 in · 164,000 out”; empty if that isn't known."""
    if usage is None or not (usage.input_tokens or usage.output_tokens):
        return ""
    return pgettext("tokens", "{read} in · {written} out").format(
        read=count_in_words(usage.input_tokens or 0),
        written=count_in_words(usage.output_tokens or 0),
    )


def fields_of(batch: Batch) -> list[Field]:
    """All that is known of a batch besides its name, counts and files."""
    values = [
        ("usage", _("Tokens"), tokens_in_words(batch.usage)),
        ("id", _("ID"), one_line(batch.id)),
        ("endpoint", _("Endpoint"), _plain(batch.endpoint or "")),
        ("model", _("Model"), _plain(batch.model or "")),
    ]
    times = {
        "created_at": (_("Created"), batch.created_at),
        "in_progress_at": (_("Started"), batch.in_progress_at),
        "finalizing_at": (_("Finalizing"), batch.finalizing_at),
        "cancelling_at": (_("Canceling"), batch.cancelling_at),
        "completed_at": (_("Completed"), batch.completed_at),
        "failed_at": (_("Failed"), batch.failed_at),
        "expired_at": (_("Expired"), batch.expired_at),
        "cancelled_at": (_("Canceled"), batch.cancelled_at),
        "expires_at": (_("Expires"), None if batch.has_ended else batch.expires_at),
    }
    values += [
        (name, title, exact_moment(moment))
        for name, (title, moment) in times.items()
        if moment is not None
    ]
    values.append(("completion_window", _("Window"), _window_in_words(batch.completion_window)))
    values.append(("metadata", _("Metadata"), _metadata_in_words(batch.metadata or {})))
    return [Field(name, title, value) for name, title, value in values if value]


def _window_in_words(window: str | None) -> str:
    text = _plain(window or "")
    hours = text.removesuffix("h")
    if text.endswith("h") and hours.isascii() and hours.isdigit() and len(hours) < 6:
        words = ngettext("{number} hour", "{number} hours", int(hours))
        return words.format(number=count_in_words(int(hours)))
    return text


def _metadata_in_words(metadata: Mapping[str, str]) -> str:
    return "\n".join(f"{_plain(name)}: {_plain(value)}" for name, value in metadata.items())


def _plain(text: str) -> str:
    return one_line(shortened(" ".join(text[: 4 * _MOST_WORDS].split()), _MOST_WORDS))

"""Vector stores and their files in words. No Qt."""

from services.api.pace import ATTACHES_A_MINUTE
from services.api.vector_store import VectorStore, VectorStoreFile
from services.jobs.events import StoreChangeEnded, StoreChangeProgress
from services.system.language import N_, _, ngettext
from services.system.sizes import format_size
from ui.inspector.fields import Field
from ui.wording import (
    NOTHING,
    count_in_words,
    exact_moment,
    expires_in_words,
    files_in_words,
    one_line,
    shortened,
    span_in_words,
)

_STATES = {
    "in_progress": N_("Indexing"),
    "completed": N_("Ready"),
    "expired": N_("Expired"),
}
_FILE_STATES = {
    "in_progress": N_("Indexing"),
    "completed": N_("Ready"),
    "failed": N_("Failed"),
    "cancelled": N_("Canceled"),
}
_MOST_WORDS = 300
"""Characters of a text that the server may make as long as it likes."""


def stores_in_words(number: int) -> str:
    """“1 vector store”, “995 vector stores”."""
    words = ngettext("{number} vector store", "{number} vector stores", number)
    return words.format(number=count_in_words(number))


def state_in_words(store: VectorStore) -> str:
    """“Ready”, or the server's own word for a state that isn't known."""
    return _state_in_words(_STATES, store.status)


def file_state_in_words(file: VectorStoreFile) -> str:
    """“Ready”, “Failed”, or the server's own word."""
    return _state_in_words(_FILE_STATES, file.status)


def reason_in_words(file: VectorStoreFile) -> str:
    """Why a file couldn't be indexed, as the server says it; empty if it doesn't."""
    error = file.last_error
    if error is None:
        return ""
    return _plain(error.message or "") or _plain(error.code or "")


def file_count_in_words(store: VectorStore) -> str:
    """“5 files”; a dash if that isn't known."""
    return NOTHING if store.file_count is None else files_in_words(store.file_count)


def counts_in_words(store: VectorStore) -> str:
    """What else than ready files there is: “1 failed · 2 indexing”; empty for nothing."""
    counts = store.file_counts
    if counts is None:
        return ""
    numbers = (
        (counts.failed, ngettext("{number} failed", "{number} failed", counts.failed or 0)),
        (
            counts.in_progress,
            ngettext("{number} indexing", "{number} indexing", counts.in_progress or 0),
        ),
        (
            counts.cancelled,
            ngettext("{number} canceled", "{number} canceled", counts.cancelled or 0),
        ),
    )
    return " · ".join(words.format(number=count_in_words(one)) for one, words in numbers if one)


def expiry_in_words(store: VectorStore, now: float) -> str:
    """“in 29 days”, “expired”; a dash for a store that is kept."""
    if store.has_expired:
        return _("expired")
    return expires_in_words(store.expires_at, now)


def expiry_rule_in_words(store: VectorStore) -> str:
    """“30 days after its last use”; empty if it is kept."""
    rule = store.expires_after
    if rule is None or rule.days is None:
        return ""
    days = ngettext("{number} day", "{number} days", rule.days)
    days = days.format(number=count_in_words(rule.days))
    if rule.anchor in (None, "last_active_at"):
        # Translators: {days} is “30 days”.
        return _("{days} after its last use").format(days=days)
    return _("{days} after {event}").format(days=days, event=_plain(rule.anchor or ""))


def sentence_of(store: VectorStore, now: float) -> str:
    """“Ready · 5 files, 1 failed · 26 KB”."""
    files = ", ".join(filter(None, (file_count_in_words(store), counts_in_words(store))))
    parts = [state_in_words(store), files if store.file_count is not None else ""]
    if store.usage_bytes is not None:
        parts.append(format_size(store.usage_bytes))
    if not store.has_expired and store.expires_at is not None:
        # Translators: {when} is “in 3 days” or “expired”.
        parts.append(_("expires {when}").format(when=expires_in_words(store.expires_at, now)))
    return " · ".join(filter(None, parts))


def line_about(store: VectorStore) -> str:
    """“Product help · 5 files · 26 KB”."""
    parts = [one_line(store.name)]
    if store.file_count is not None:
        parts.append(files_in_words(store.file_count))
    if store.usage_bytes is not None:
        parts.append(format_size(store.usage_bytes))
    return " · ".join(parts)


def fields_of(store: VectorStore, now: float) -> list[Field]:
    """All that is known of a store besides its name."""
    counts = store.file_counts
    numbers = [] if counts is None else [
        (counts.completed, _("{number} ready")),
        (counts.in_progress, _("{number} indexing")),
        (counts.failed, _("{number} failed")),
        (counts.cancelled, _("{number} canceled")),
    ]  # fmt: skip
    by_state = "\n".join(text.format(number=count_in_words(one)) for one, text in numbers if one)
    whole = "" if store.file_count is None else files_in_words(store.file_count)
    expires = ""
    if store.has_expired or store.expires_at is not None:
        moment = "" if store.expires_at is None else exact_moment(store.expires_at)
        expires = "\n".join(filter(None, (moment, expiry_in_words(store, now))))
    values = [
        ("id", _("ID"), one_line(store.id)),
        ("file_counts", _("Files"), by_state or whole),
        ("usage_bytes", _("Size"), _exact(store.usage_bytes)),
        ("created_at", _("Created"), _moment(store.created_at)),
        ("last_active_at", _("Last used"), _moment(store.last_active_at)),
        ("expires_at", _("Expires"), expires or _("never")),
        ("expires_after", _("Kept for"), expiry_rule_in_words(store)),
        ("metadata", _("Metadata"), labels_in_words(store.metadata or {})),
    ]
    return [Field(name, title, value) for name, title, value in values if value]


def labels_in_words(labels: dict[str, str]) -> str:
    """Metadata, one entry on each line."""
    return "\n".join(f"{_plain(name)}: {_plain(value)}" for name, value in labels.items())


# Attaching and detaching


def pace_in_words(number: int) -> str:
    """How long attaching so many files takes at least; empty if the pace doesn't matter."""
    if number <= ATTACHES_A_MINUTE:
        return ""
    words = _("At most {number} files a minute can be attached: this takes about {span}.")
    span = span_in_words(60 * number / ATTACHES_A_MINUTE)
    return words.format(number=count_in_words(ATTACHES_A_MINUTE), span=span)


def progress_in_words(progress: StoreChangeProgress, *, attaching: bool) -> str:
    """“Attaching files: 120 of 3,000”, and what it waits for."""
    text = _("Attaching files: {done} of {total}")
    if not attaching:
        text = _("Detaching files: {done} of {total}")
    words = text.format(done=count_in_words(progress.done), total=count_in_words(progress.total))
    if progress.wait_seconds is None:
        return words
    seconds = max(1, round(progress.wait_seconds))
    waits = ngettext("waits {number} second", "waits {number} seconds", seconds)
    waits = waits.format(number=count_in_words(seconds))
    why = "" if progress.waits_for is None else f": {one_line(progress.waits_for.title)}"
    return f"{words} · {waits}{why}"


def result_in_words(event: StoreChangeEnded, name: str, *, attaching: bool) -> str:
    """How many files were attached or detached, and how many failed or were not tried."""
    number = len(event.changed)
    if attaching:
        text = ngettext(
            "{number} file attached to “{name}”.", "{number} files attached to “{name}”.", number
        )
    else:
        text = ngettext(
            "{number} file detached from “{name}”.",
            "{number} files detached from “{name}”.",
            number,
        )
    sentences = [text.format(number=count_in_words(number), name=one_line(name))]
    if event.failed:
        failed = ngettext("{number} failed.", "{number} failed.", len(event.failed))
        sentences.append(failed.format(number=count_in_words(len(event.failed))))
    if event.not_tried:
        left = ngettext("{number} not tried.", "{number} not tried.", len(event.not_tried))
        sentences.append(left.format(number=count_in_words(len(event.not_tried))))
    return " ".join(sentences)


def _state_in_words(states: dict[str, str], status: str | None) -> str:
    known = states.get(status or "")
    return _(known) if known is not None else _plain(status or "") or _("No status")


def _exact(size: int | None) -> str:
    if size is None:
        return ""
    words = format_size(size)
    if size < 1000:
        return words
    return f"{words} ({_('{number} bytes').format(number=count_in_words(size))})"


def _moment(moment: int | None) -> str:
    return "" if moment is None else exact_moment(moment)


def _plain(text: str) -> str:
    return one_line(shortened(" ".join(text[: 4 * _MOST_WORDS].split()), _MOST_WORDS))

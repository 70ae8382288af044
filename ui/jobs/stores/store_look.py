"""The columns of the list of vector stores, and the words around it."""

from services.api.vector_store import VectorStore
from services.jobs.job_kind import JobKind
from services.system.language import N_, _
from services.system.sizes import format_size
from ui.jobs.job_cell import Cell
from ui.jobs.job_look import JobColumn, JobLook
from ui.jobs.stores.store_words import (
    counts_in_words,
    expiry_in_words,
    expiry_rule_in_words,
    file_count_in_words,
    state_in_words,
    stores_in_words,
)
from ui.theme import Role
from ui.wording import Urgency, created_in_words, one_line, urgency_of

_FAR = 1 << 62
"""Later than any time that a store expires."""
_STATE_ORDER = ("in_progress", "completed", "expired")


def _name_cell(store: VectorStore, _now: float) -> Cell:
    has_name = store.name != store.id
    return Cell(one_line(store.name), below=one_line(store.id) if has_name else _("no name"))


def _files_cell(store: VectorStore, _now: float) -> Cell:
    counts = store.file_counts
    has_failed = counts is not None and bool(counts.failed)
    return Cell(
        file_count_in_words(store),
        Role.TEXT if store.file_count is not None else Role.MUTED,
        below=counts_in_words(store),
        below_role=Role.DANGER if has_failed else Role.MUTED,
    )


def _size_cell(store: VectorStore, _now: float) -> Cell:
    return Cell(format_size(store.usage_bytes), Role.MUTED)


def state_cell(store: VectorStore, _now: float) -> Cell:
    """The state in words and a color: blue is moving, green is ready."""
    state = state_in_words(store)
    if store.has_expired:
        return Cell(state, Role.WARNING, "hourglass")
    if store.is_indexing:
        return Cell(state, Role.ACCENT, "refresh-cw")
    if store.status == "completed":
        return Cell(state, Role.SUCCESS, "circle-check")
    return Cell(state, Role.MUTED)


def _expiry_cell(store: VectorStore, now: float) -> Cell:
    urgency = urgency_of(store.expires_at, now)
    is_near = store.has_expired or urgency is not Urgency.NONE
    return Cell(
        expiry_in_words(store, now),
        Role.WARNING if is_near else Role.MUTED,
        below=expiry_rule_in_words(store),
    )


def _created_cell(store: VectorStore, now: float) -> Cell:
    return Cell(created_in_words(store.created_at, now), Role.MUTED)


def _state_key(store: VectorStore) -> int:
    known = store.status in _STATE_ORDER
    return _STATE_ORDER.index(store.status or "") if known else len(_STATE_ORDER)


STORE_LOOK = JobLook(
    JobKind.VECTOR_STORES,
    "database",
    N_("Vector stores"),
    (
        JobColumn(N_("Vector store"), _name_cell, lambda store: store.name.casefold(), 28, 18),
        JobColumn(
            N_("Files"), _files_cell, lambda store: store.file_count or 0, 18, 12, newest_first=True
        ),
        JobColumn(
            N_("Size"), _size_cell, lambda store: store.usage_bytes or 0, 11, 10, newest_first=True
        ),
        JobColumn(N_("Status"), state_cell, _state_key, 14, 12),
        JobColumn(
            N_("Expires"),
            _expiry_cell,
            lambda store: -1 if store.has_expired else store.expires_at or _FAR,
            25,
            16,
        ),
        JobColumn(
            N_("Created"),
            _created_cell,
            lambda store: store.created_at or 0,
            18,
            16,
            newest_first=True,
        ),
    ),
    newest_column=5,
    search_text=lambda store: f"{store.name}\n{store.id}",
    search_hint=N_("Search vector stores by name or ID"),
    back=N_("Back to the vector stores"),
    esc=N_("Esc goes back to the vector stores"),
    count_in_words=stores_in_words,
    loading=N_("Loading vector stores…"),
    empty=N_("No vector stores yet"),
    how_to_start=N_("Programs create them for file search. Files can be attached to them here."),
    not_offered=N_("This server has no vector stores"),
    no_match=N_("No vector store matches “{text}”"),
    gone=N_("This vector store is no longer in the list"),
)

"""The columns of the list of batches, and the words around it."""

from services.api.batch import RUNNING_STATES, Batch
from services.jobs.job_kind import JobKind
from services.system.language import N_, _
from ui.jobs.batches.batch_words import (
    batches_in_words,
    done_of_total,
    endpoint_in_words,
    ends_in_words,
    failed_in_words,
    first_error,
    model_in_words,
    not_done_in_words,
    percent_in_words,
    state_in_words,
)
from ui.jobs.job_cell import Cell, Words
from ui.jobs.job_look import JobColumn, JobLook
from ui.theme import Role
from ui.wording import count_in_words, created_in_words, one_line

_STATE_ORDER = (
    "validating",
    "in_progress",
    "finalizing",
    "cancelling",
    "failed",
    "expired",
    "cancelled",
    "completed",
)


def _name_cell(batch: Batch, _now: float) -> Cell:
    has_name = batch.name != batch.id
    below = one_line(batch.id) if has_name else _("no name")
    return Cell(one_line(batch.name), below=below)


def _model_cell(batch: Batch, _now: float) -> Cell:
    return Cell(model_in_words(batch), below=endpoint_in_words(batch.endpoint))


def progress_cell(batch: Batch, _now: float) -> Cell:
    """The state in words, counts and a bar. Blue is moving, green is done, red is failed."""
    state, status = state_in_words(batch), batch.status or ""
    if status == "failed":
        error = first_error(batch)
        return Cell(state, Role.DANGER, "circle-x", below=error, below_role=Role.DANGER)
    role = Role.TEXT
    aside: tuple[Words, ...] = ((done_of_total(batch), Role.MUTED),) if batch.total else ()
    if status in RUNNING_STATES or not batch.has_ended:
        role = Role.MUTED if status == "validating" else Role.TEXT
        if status == "in_progress" and batch.progress is not None:
            share = percent_in_words(batch.progress)
            # Translators: the state of a batch, and how much of it is done.
            state = _("{state} {percent}").format(state=state, percent=share)
    elif status == "completed":
        total = count_in_words(batch.total) if batch.total is not None else ""
        aside = ((total, Role.MUTED),) if total else ()
        if batch.failed:
            of_total = _("of {total}").format(total=total)
            aside = ((failed_in_words(batch.failed), Role.DANGER), (of_total, Role.MUTED))
    elif status == "expired":
        role = Role.WARNING
        if batch.not_done is not None:
            aside = ((not_done_in_words(batch.not_done), Role.WARNING),)
    else:
        role = Role.MUTED
    return Cell(state, role, aside=aside, bar=_bar_of(batch))


def _bar_of(batch: Batch) -> tuple[tuple[Role, float], ...]:
    done = Role.SUCCESS if batch.has_ended else Role.ACCENT
    if batch.total is None:
        return ((done, batch.progress or 0.0),)
    return (
        (done, batch.completed / batch.total),
        (Role.DANGER, batch.failed / batch.total),
    )


def _created_cell(batch: Batch, now: float) -> Cell:
    return Cell(created_in_words(batch.created_at, now), Role.MUTED)


def _ends_cell(batch: Batch, now: float) -> Cell:
    return Cell(ends_in_words(batch, now), Role.MUTED)


def _state_key(batch: Batch) -> tuple[int, float]:
    known = batch.status in _STATE_ORDER
    place = _STATE_ORDER.index(batch.status or "") if known else len(_STATE_ORDER)
    return place, batch.progress or 0.0


BATCH_LOOK = JobLook(
    JobKind.BATCHES,
    "list-checks",
    N_("Batches"),
    (
        JobColumn(N_("Batch"), _name_cell, lambda batch: batch.name.casefold(), 22, 13),
        JobColumn(
            N_("Model, endpoint"),
            _model_cell,
            lambda batch: ((batch.model or "").casefold(), batch.endpoint or ""),
            29,
            14,
        ),
        JobColumn(N_("Progress"), progress_cell, _state_key, 29, 28),
        JobColumn(
            N_("Created"),
            _created_cell,
            lambda batch: batch.created_at or 0,
            15,
            15,
            newest_first=True,
        ),
        JobColumn(
            N_("Ends"), _ends_cell, lambda batch: batch.ends_at or 0, 15, 15, newest_first=True
        ),
    ),
    newest_column=3,
    search_text=lambda batch: f"{batch.name}\n{batch.id}",
    search_hint=N_("Search batches by name or ID"),
    back=N_("Back to the batches"),
    esc=N_("Esc goes back to the batches"),
    count_in_words=batches_in_words,
    loading=N_("Loading batches…"),
    empty=N_("No batches yet"),
    how_to_start=N_(
        "Upload a file with the purpose batch, and choose Start a batch… from its menu."
    ),
    not_offered=N_("This server has no batches"),
    no_match=N_("No batch matches “{text}”"),
    gone=N_("This batch is no longer in the list"),
)

"""The columns of the list of fine-tuning jobs, and the words around it."""

from collections.abc import Callable

from services.api.fine_tuning_job import FineTuningJob
from services.jobs.job_kind import JobKind
from services.system.language import N_, _
from ui.jobs.job_cell import Cell
from ui.jobs.job_look import JobColumn, JobLook
from ui.jobs.tuning.tuning_words import (
    ended_in_words,
    error_in_words,
    jobs_in_words,
    model_in_words,
    result_in_words,
    state_in_words,
)
from ui.theme import Role
from ui.wording import NOTHING, created_in_words, one_line

_STATE_ORDER = (
    "validating_files",
    "queued",
    "running",
    "pausing",
    "paused",
    "cancelling",
    "failed",
    "cancelled",
    "succeeded",
)


def _name_cell(job: FineTuningJob, _now: float) -> Cell:
    has_name = job.name != job.id
    return Cell(one_line(job.name), below=one_line(job.id) if has_name else _("no name"))


def state_cell(job: FineTuningJob, _now: float) -> Cell:
    """The state in words and a color: blue is moving, green is done, red is failed."""
    state = state_in_words(job)
    if job.status == "failed":
        return Cell(
            state, Role.DANGER, "circle-x", below=error_in_words(job), below_role=Role.DANGER
        )
    if not job.has_ended:
        return Cell(state, Role.ACCENT, "pause" if job.status == "paused" else "refresh-cw")
    if job.status == "succeeded":
        return Cell(state, Role.SUCCESS, "circle-check")
    return Cell(state, Role.MUTED)


def _model_cell(job: FineTuningJob, _now: float) -> Cell:
    return Cell(model_in_words(job), below=result_in_words(job))


def _times_cell(job: FineTuningJob, now: float) -> Cell:
    created = created_in_words(job.created_at, now)
    return Cell(created, Role.MUTED, below=ended_in_words(job, now))


def _state_key(job: FineTuningJob) -> int:
    known = job.status in _STATE_ORDER
    return _STATE_ORDER.index(job.status or "") if known else len(_STATE_ORDER)


def tuning_look(name_of: Callable[[str], str]) -> JobLook:
    """The look of the list. `name_of` gives the name of a file by its ID, or else the ID."""

    def training_cell(job: FineTuningJob, _now: float) -> Cell:
        if job.training_file is None:
            return Cell(NOTHING, Role.MUTED)
        name = name_of(job.training_file)
        below = one_line(job.training_file) if name != job.training_file else ""
        return Cell(one_line(name), below=below)

    return JobLook(
        JobKind.FINE_TUNING,
        "graduation-cap",
        N_("Fine-tuning"),
        (
            JobColumn(N_("Job"), _name_cell, lambda job: job.name.casefold(), 24, 16),
            JobColumn(N_("Status"), state_cell, _state_key, 20, 16),
            JobColumn(
                N_("Model, result"),
                _model_cell,
                lambda job: ((job.model or "").casefold(), job.fine_tuned_model or ""),
                28,
                18,
            ),
            JobColumn(
                N_("Created, ended"),
                _times_cell,
                lambda job: job.created_at or 0,
                22,
                18,
                newest_first=True,
            ),
            JobColumn(
                N_("Training file"),
                training_cell,
                lambda job: name_of(job.training_file or "").casefold(),
                24,
                20,
            ),
        ),
        newest_column=3,
        search_text=lambda job: f"{job.name}\n{job.id}\n{job.model}\n{job.fine_tuned_model}",
        search_hint=N_("Search fine-tuning jobs by name, model or ID"),
        back=N_("Back to the fine-tuning jobs"),
        esc=N_("Esc goes back to the fine-tuning jobs"),
        count_in_words=jobs_in_words,
        loading=N_("Loading fine-tuning jobs…"),
        empty=N_("No fine-tuning jobs yet"),
        how_to_start=N_(
            "Programs start them with a file of the purpose fine-tune. They are shown here."
        ),
        not_offered=N_("This server has no fine-tuning jobs"),
        no_match=N_("No fine-tuning job matches “{text}”"),
        gone=N_("This fine-tuning job is no longer in the list"),
    )

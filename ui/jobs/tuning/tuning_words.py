"""Fine-tuning jobs in words. No Qt."""

from services.api.fine_tuning_job import FineTuningJob
from services.system.language import N_, _, ngettext
from ui.inspector.fields import Field
from ui.wording import (
    NOTHING,
    count_in_words,
    created_in_words,
    exact_moment,
    one_line,
    shortened,
    span_in_words,
)

_STATES = {
    "validating_files": N_("Checking files"),
    "queued": N_("Queued"),
    "running": N_("Running"),
    "pausing": N_("Pausing"),
    "paused": N_("Paused"),
    "cancelling": N_("Canceling"),
    "succeeded": N_("Succeeded"),
    "failed": N_("Failed"),
    "cancelled": N_("Canceled"),
}
_MOST_WORDS = 300
"""Characters of a text that the server may make as long as it likes."""


def jobs_in_words(number: int) -> str:
    """“1 fine-tuning job”, “203 fine-tuning jobs”."""
    words = ngettext("{number} fine-tuning job", "{number} fine-tuning jobs", number)
    return words.format(number=count_in_words(number))


def state_in_words(job: FineTuningJob) -> str:
    """“Succeeded”, or the server's own word for a state that isn't known."""
    known = _STATES.get(job.status or "")
    return _(known) if known is not None else _plain(job.status or "") or _("No status")


def model_in_words(job: FineTuningJob) -> str:
    """The model that is trained further."""
    return _plain(job.model or "") or NOTHING


def result_in_words(job: FineTuningJob) -> str:
    """The name of the model it made; why there is none."""
    if job.fine_tuned_model:
        return _plain(job.fine_tuned_model)
    if not job.has_ended:
        return _("not made yet")
    return _("not made")


def error_in_words(job: FineTuningJob) -> str:
    """Why it failed, as the server says it; empty if it doesn't."""
    error = job.error
    if error is None:
        return ""
    return _plain(error.message or "") or _plain(error.code or "")


def ended_in_words(job: FineTuningJob, now: float) -> str:
    """“ended Yesterday 17:40”, “ends in about 3 hours”; empty if that isn't known."""
    if job.has_ended:
        if job.finished_at is None:
            return ""
        # Translators: {when} is “Yesterday 17:40” or “17 Nov”.
        return _("ended {when}").format(when=created_in_words(job.finished_at, now))
    if job.estimated_finish is None or job.estimated_finish <= now:
        return ""
    # Translators: {span} is “50 minutes” or “3 hours”.
    return _("ends in about {span}").format(span=span_in_words(job.estimated_finish - now))


def sentence_of(job: FineTuningJob, now: float) -> str:
    """“Succeeded · took 50 minutes”."""
    words = state_in_words(job)
    if job.has_ended:
        if job.finished_at is None or job.created_at is None:
            return words
        span = span_in_words(max(0, job.finished_at - job.created_at))
        text = _("took {span}") if job.status == "succeeded" else _("after {span}")
        return f"{words} · {text.format(span=span)}"
    return " · ".join(filter(None, (words, ended_in_words(job, now))))


def fields_of(job: FineTuningJob) -> list[Field]:
    """All that is known of a job besides its name, files and error."""
    tokens = "" if job.trained_tokens is None else count_in_words(job.trained_tokens)
    code = "" if job.error is None else _plain(job.error.code or "")
    param = "" if job.error is None else _plain(job.error.param or "")
    values = [
        ("id", _("ID"), one_line(job.id)),
        ("model", _("Model"), _plain(job.model or "")),
        ("fine_tuned_model", _("Result"), _plain(job.fine_tuned_model or "")),
        ("user_provided_suffix", _("Suffix"), _plain(job.user_provided_suffix or "")),
        ("trained_tokens", _("Tokens"), tokens),
        ("created_at", _("Created"), _moment(job.created_at)),
        ("finished_at", _("Ended"), _moment(job.finished_at)),
        (
            "estimated_finish",
            _("Ends about"),
            "" if job.has_ended else _moment(job.estimated_finish),
        ),
        ("error", _("Error"), " · ".join(filter(None, (code, param)))),
        ("metadata", _("Metadata"), _labels_in_words(job.metadata or {})),
    ]
    return [Field(name, title, value) for name, title, value in values if value]


def _labels_in_words(labels: dict[str, str]) -> str:
    return "\n".join(f"{_plain(name)}: {_plain(value)}" for name, value in labels.items())


def _moment(moment: int | None) -> str:
    return "" if moment is None else exact_moment(moment)


def _plain(text: str) -> str:
    return one_line(shortened(" ".join(text[: 4 * _MOST_WORDS].split()), _MOST_WORDS))

"""What the inspector says about what needs a file. No Qt."""

from dataclasses import dataclass

from services.api.batch import Batch
from services.problems.errors import Problem
from services.references.answer import Answer, Coverage, Unchecked, Verdict
from services.references.price import Price
from services.references.reference import JOB_KINDS, Reference, ReferenceKind, Role
from services.system.language import N_, _, ngettext
from services.system.locale_format import whole
from services.system.safe_text import without_middle
from ui.inspector.job_link import JobLink
from ui.jobs.batches.batch_words import percent_in_words
from ui.wording import MINUTE, ago_in_words, count_in_words, one_line

SECONDS_PER_REQUEST = 0.25
"""How long a request is taken to need before one was sent."""

MOST_LINES = 5

_LONGEST_NAME = 60


@dataclass(frozen=True, slots=True)
class NeededByLine:
    """One thing that needs the file."""

    link: JobLink
    icon: str
    title: str
    detail: str


@dataclass(frozen=True, slots=True)
class NeededByCard:
    """What the section shows."""

    lines: tuple[NeededByLine, ...] = ()
    note: str = ""
    check: str = ""
    """The text of the button; empty if there is none."""
    check_hint: str = ""
    is_running: bool = False
    """Whether there is *Stop* instead of the button."""


def line_in_words(reference: Reference, batch: Batch | None = None) -> NeededByLine:
    """“Batch nightly-embeddings: input · running 62%”; `batch` is the batch as known now."""
    name = without_middle(one_line(reference.name), _LONGEST_NAME)
    title = _(_TITLES[reference.kind]).format(name=name)
    parts = [_(_ROLES[reference.role])]
    if reference.kind is not ReferenceKind.VECTOR_STORE:
        parts.append(_state(reference, batch))
    link = JobLink(JOB_KINDS[reference.kind], reference.id)
    return NeededByLine(link, _ICONS[reference.kind], title, " · ".join(filter(None, parts)))


def cell_in_words(answer: Answer) -> str:
    """“nightly-embeddings, Support docs”, “none found”, or that it isn't known."""
    if answer.references:
        names = dict.fromkeys(one_line(one.name) for one in answer.references[:MOST_LINES])
        return ", ".join(without_middle(name, _LONGEST_NAME) for name in names)
    if answer.verdict is Verdict.NONE_FOUND:
        return _("none found")
    return _("not checked") if answer.verdict is Verdict.NOT_CHECKED else _("unknown")


def note_in_words(
    answer: Answer,
    coverage: Coverage,
    now: float,
    *,
    count: int = 1,
    failure: Problem | None = None,
) -> str:
    """What is known apart from the references that were found.

    `count` is the number of selected files; `failure` is why the last scan failed.
    """
    sentences = []
    if failure is not None:
        sentences.append(f"{one_line(failure.title)}. {one_line(failure.advice)}")
    age = "" if answer.checked_at is None else ago_in_words(now - answer.checked_at)
    match answer.verdict:
        case Verdict.FOUND if answer.complete:
            sentences.append(_("Checked {age}.").format(age=age))
            sentences.append(_(_UNKNOWABLE))
        case Verdict.NONE_FOUND:
            sentences.append(_none_found(coverage, age, count))
            sentences.append(_(_UNKNOWABLE))
        case Verdict.NOT_CHECKED | Verdict.FOUND | Verdict.REFUSED:
            refusals = refusals_in_words(coverage)
            sentences += refusals
            if not refusals and answer.verdict is Verdict.FOUND:
                sentences.append(_("Not everything has been checked yet."))
            elif not refusals and not failure:
                sentences.append(_not_checked(coverage))
    return " ".join(sentences)


def refusals_in_words(coverage: Coverage) -> list[str]:
    """Sentences about what couldn't be checked, and that other references are possible."""
    sentences = [_refusal(one) for one in coverage.unchecked if one.problem is not None]
    if coverage.store_problem is not None:
        words = _("The files of a vector store couldn't be checked: {reason}.")
        sentences.append(words.format(reason=_reason(coverage.store_problem)))
    if sentences:
        sentences.append(_("So nothing can be said about other references."))
    return sentences


def check_in_words(answer: Answer, price: Price | None, *, failed: bool = False) -> str:
    """“Check (1,052 requests)”."""
    again = answer.complete or answer.verdict is Verdict.REFUSED or failed
    if price is None or not price.requests:
        return _("Check again") if again else _("Check")
    words = (
        ngettext(
            "Check again ({number} request)", "Check again ({number} requests)", price.requests
        )
        if again
        else ngettext("Check ({number} request)", "Check ({number} requests)", price.requests)
    )
    return words.format(number=count_in_words(price.requests))


def time_in_words(price: Price | None, seconds_per_request: float | None) -> str:
    """“about 4 minutes”; empty if it isn't known."""
    if price is None:
        return ""
    seconds = price.requests * (seconds_per_request or SECONDS_PER_REQUEST)
    if seconds < MINUTE:
        return _("less than a minute")
    minutes = round(seconds / MINUTE)
    return ngettext("about {number} minute", "about {number} minutes", minutes).format(
        number=whole(minutes)
    )


def more_in_words(count: int) -> str:
    """“and 12 more”."""
    return ngettext("and {number} more", "and {number} more", count).format(
        number=count_in_words(count)
    )


def several_in_words(needed: int, count: int) -> str:
    """“2 of the 12 files are needed.”, “All 12 files are needed.”, for several selected files."""
    if needed == count:
        words = ngettext("All {number} files are needed.", "All {number} files are needed.", count)
        return words.format(number=count_in_words(count))
    return ngettext(
        "{needed} of the {number} files is needed.",
        "{needed} of the {number} files are needed.",
        needed,
    ).format(needed=count_in_words(needed), number=count_in_words(count))


def _none_found(coverage: Coverage, age: str, count: int) -> str:
    stores = ngettext(
        "{number} vector store", "{number} vector stores", coverage.vector_stores
    ).format(number=count_in_words(coverage.vector_stores))
    return ngettext(
        "No reference found in batches, fine-tuning jobs, {stores} ({age}).",
        "No references found in batches, fine-tuning jobs, {stores} ({age}).",
        count,
    ).format(stores=stores, age=age)


def _not_checked(coverage: Coverage) -> str:
    if coverage.unchecked or not coverage.unchecked_stores:
        return _("Not checked yet")
    words = ngettext(
        "Not checked yet in {number} vector store",
        "Not checked yet in {number} vector stores",
        len(coverage.unchecked_stores),
    )
    return words.format(number=count_in_words(len(coverage.unchecked_stores)))


def _refusal(unchecked: Unchecked) -> str:
    reason = "" if unchecked.problem is None else _reason(unchecked.problem)
    return _(_REFUSALS[unchecked.kind]).format(reason=reason)


def _reason(problem: Problem) -> str:
    return one_line(problem.title).removesuffix(".")


def _state(reference: Reference, batch: Batch | None) -> str:
    state = _STATES.get(reference.state)
    if state is None:
        return one_line(reference.state)
    if batch is not None and batch.progress is not None and batch.status == "in_progress":
        return _("running {percent}").format(percent=percent_in_words(batch.progress))
    return _(state)


_UNKNOWABLE = N_("Responses and conversations can't be checked.")
_TITLES = {
    ReferenceKind.BATCH: N_("Batch {name}"),
    ReferenceKind.FINE_TUNING: N_("Fine-tuning job {name}"),
    ReferenceKind.VECTOR_STORE: N_("Vector store {name}"),
}
_REFUSALS = {
    ReferenceKind.BATCH: N_("Batches couldn't be checked: {reason}."),
    ReferenceKind.FINE_TUNING: N_("Fine-tuning jobs couldn't be checked: {reason}."),
    ReferenceKind.VECTOR_STORE: N_("Vector stores couldn't be checked: {reason}."),
}
_ICONS = {
    ReferenceKind.BATCH: "list-checks",
    ReferenceKind.FINE_TUNING: "graduation-cap",
    ReferenceKind.VECTOR_STORE: "database",
}
_ROLES = {
    Role.INPUT: N_("input"),
    Role.OUTPUT: N_("output"),
    Role.ERROR: N_("errors"),
    Role.TRAINING: N_("training"),
    Role.VALIDATION: N_("validation"),
    Role.RESULT: N_("result"),
    Role.INDEXED: N_("indexed"),
}
_STATES = {
    "validating": N_("validating"),
    "validating_files": N_("validating"),
    "in_progress": N_("running"),
    "running": N_("running"),
    "queued": N_("queued"),
    "finalizing": N_("finalizing"),
    "cancelling": N_("canceling"),
    "pausing": N_("pausing"),
    "paused": N_("paused"),
    "completed": N_("completed"),
    "succeeded": N_("completed"),
    "failed": N_("failed"),
    "expired": N_("expired"),
    "cancelled": N_("canceled"),
}

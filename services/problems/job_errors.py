"""Errors about batches, vector stores and fine-tuning jobs."""

from collections.abc import Sequence
from dataclasses import replace

from services.problems.errors import Problem, ProblemKind
from services.system.language import _, ngettext
from services.system.locale_format import whole


def no_such_list(problem: Problem) -> Problem:
    """The server has no list at this address; `problem` is what its answer looks like otherwise."""
    return replace(
        problem,
        kind=ProblemKind.NOT_OFFERED,
        title=_("This server doesn't have this list"),
        advice=_("It supports only part of the API."),
    )


def batch_may_have_started(problem: Problem) -> Problem:
    """A batch was sent, but no usable answer came; `problem` says what happened instead."""
    return replace(
        problem,
        kind=ProblemKind.ANSWER_LOST,
        title=_("The batch may have started"),
        advice=_("The server's answer was lost. Check the list of batches before you try again."),
        detail=problem.detail or problem.title,
    )


def incomplete_list(reasons: Sequence[str]) -> Problem:
    """A list ended although there may be more; `reasons` are sentences about it."""
    return Problem(
        ProblemKind.INCOMPLETE,
        _("The server didn't send the whole list"),
        " ".join(reasons) or _("Try again later."),
    )


def list_known_missing() -> Problem:
    """The server had no such list when it was asked before."""
    return no_such_list(Problem(ProblemKind.NOT_OFFERED, "", ""))


def not_deleted_unchecked(count: int, problem: Problem) -> Problem:
    """Files weren't deleted, because jobs couldn't be checked; `problem` says why."""
    title = ngettext("{number} file wasn't deleted", "{number} files weren't deleted", count)
    return replace(
        problem,
        title=title.format(number=whole(count)),
        advice=ngettext(
            "An unfinished job may need it. Jobs couldn't be checked: {why}.",
            "An unfinished job may need them. Jobs couldn't be checked: {why}.",
            count,
        ).format(why=problem.title),
    )

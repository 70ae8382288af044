"""What is said at the end of a list that a command has asked for."""

from collections.abc import Iterable

from services.problems.errors import Problem
from services.system.language import _
from ui.terminal.failure import Failure
from ui.terminal.output import Output


def end_list(
    output: Output, oddities: Iterable[str], problem: Problem | None, *, complete: bool
) -> None:
    """Print anything unusual in the list. Raises Failure if it isn't complete."""
    for oddity in oddities:
        output.note(oddity)
    if problem is not None:
        output.problem(problem)
    if not complete:
        raise Failure(_("The list isn't complete."))

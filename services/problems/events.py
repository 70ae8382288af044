"""Events that report problems."""

from services.problems.errors import Problem
from services.system.events import Event


class SomethingFailed(Event, frozen=True):
    """A problem that concerns no particular file or account, such as settings that can't be saved."""

    problem: Problem

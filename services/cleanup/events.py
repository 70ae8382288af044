"""Events about clean-ups."""

from services.cleanup.plan import Plan
from services.system.events import SessionEvent


class CleanUpPlanned(SessionEvent, frozen=True):
    """A plan was made for the newest request; older ones aren't answered."""

    request: int
    plan: Plan
    complete: bool = True
    """Whether it is known which of its files have originals on this computer; if not, another
    plan follows."""

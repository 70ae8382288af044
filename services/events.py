"""Events of the whole service."""

from services.system.events import Event


class ServiceClosed(Event, frozen=True):
    """All threads have ended, or the time to wait for them has."""

"""Events about files saved for the user."""

from pathlib import Path

from services.system.events import Event


class ReportSaved(Event, frozen=True):
    """A report was saved."""

    path: Path

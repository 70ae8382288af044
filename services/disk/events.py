"""Events about files that were written for the person."""

from pathlib import Path

from services.system.events import Event


class ReportSaved(Event, frozen=True):
    """A report was written."""

    path: Path

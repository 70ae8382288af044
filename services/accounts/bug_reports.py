"""Makes reports for bugs on a thread of its own."""

from collections.abc import Sequence
from pathlib import Path

from services.accounts.events import BugReportMade
from services.accounts.settings import SettingsStore
from services.api.exchanges import ExchangeLog
from services.system.events import Listener
from services.system.worker_threads import WorkerThreads


class BugReports:
    """Makes reports for bugs."""

    def __init__(
        self, listener: Listener, settings: SettingsStore, exchanges: ExchangeLog, log_file: Path
    ) -> None:
        self.log_file = log_file
        """The log, which the report has the last errors of."""
        self._listener = listener
        self._settings = settings
        self._exchanges = exchanges
        self._worker = WorkerThreads("report", 1)

    def make(self, facts: Sequence[tuple[str, str]]) -> None:
        """Make a report with these further facts; publishes BugReportMade."""
        self._worker.submit(lambda: self._make(facts))

    def stop(self) -> None:
        """Make no more reports."""
        self._worker.stop()

    def join(self, seconds: float) -> bool:
        """Wait for the thread after `stop`; return whether it ended in time."""
        return self._worker.join(seconds)

    def _make(self, facts: Sequence[tuple[str, str]]) -> None:
        from services.accounts.bug_report import bug_report  # not needed at the start
        from services.api.redaction import without_secrets

        failed = self._exchanges.failed()
        text = bug_report(self._settings.current, self.log_file, failed, facts, without_secrets)
        self._listener(BugReportMade(text))

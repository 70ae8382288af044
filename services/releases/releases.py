"""What the window asks about this release of the program, answered on threads of its own."""

import os
from pathlib import Path

from services.system.events import Listener
from services.system.version import __version__
from services.system.worker_threads import WorkerThreads

CHANGELOG = Path(__file__).resolve().parents[2] / "CHANGELOG.md"
"""It is at the same place in every kind of installation."""


class Releases:
    """Tells about the running program."""

    def __init__(self, listener: Listener, changelog: Path = CHANGELOG) -> None:
        self._changelog = changelog
        self._listener = listener
        self._workers = WorkerThreads("release", 1)

    def read_about(self, places: tuple[Path, ...]) -> None:
        """Find out about the program and whether these places exist; publishes AboutRead."""
        self._workers.submit(lambda: self._read_about(places))

    def read_news(self, since: str) -> None:
        """Read the changelog after a version, or all for an empty one; publishes NewsRead."""
        self._workers.submit(lambda: self._read_news(since))

    def install_menu_entry(self) -> None:
        """Add the program to the desktop's menu; publishes MenuEntryInstalled or SomethingFailed."""
        self._workers.submit(self._install_menu_entry)

    def stop(self) -> None:
        """Answer no more questions."""
        self._workers.stop()

    def join(self, seconds: float) -> bool:
        """Wait for the threads after `stop`; return whether they ended in time."""
        return self._workers.join(seconds)

    def _read_about(self, places: tuple[Path, ...]) -> None:
        # Not needed at the start.
        from services.releases.about import about
        from services.releases.events import AboutRead

        self._listener(AboutRead(about(places)))

    def _install_menu_entry(self) -> None:
        from services.disk import desktop_entry
        from services.problems.errors import FilesError, unexpected
        from services.problems.events import SomethingFailed
        from services.releases.events import MenuEntryInstalled

        try:
            folder = desktop_entry.data_folder(os.environ)
            desktop_entry.install(folder, desktop_entry.own_command())
        except FilesError as error:
            self._listener(SomethingFailed(error.problem))
        except RuntimeError as error:  # without a home folder
            self._listener(SomethingFailed(unexpected(error)))
        else:
            self._listener(MenuEntryInstalled())

    def _read_news(self, since: str) -> None:
        from services.releases.changelog import news
        from services.releases.events import NewsRead

        try:
            changelog = self._changelog.read_text(encoding="utf-8", errors="replace")
        except OSError:
            changelog = ""
        self._listener(NewsRead(since, news(changelog, since, __version__)))

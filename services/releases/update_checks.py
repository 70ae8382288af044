"""Looks for newer versions of the program: when asked to, and once a day if that is turned on."""

import logging
import time
from collections.abc import Callable

from services.accounts.settings import SettingsStore
from services.api.http_parts import http_parts
from services.api.network_in_use import FindNetwork
from services.system.cancellation import Cancelled, CancelToken
from services.system.events import Listener
from services.system.version import __version__
from services.system.worker_threads import WorkerThreads

INTERVAL = 86_400.0
"""Seconds from one check to the next."""

_log = logging.getLogger(__name__)


class UpdateChecks:
    """Reads the changelog of the newest version: one request, and nothing about who sends it."""

    def __init__(
        self,
        listener: Listener,
        settings: SettingsStore,
        find_network: FindNetwork,
        *,
        clock: Callable[[], float] = time.time,
    ) -> None:
        """`clock` returns seconds since 1970."""
        self._listener = listener
        self._settings = settings
        self._find_network = find_network
        self._clock = clock
        self._token = CancelToken()
        self._workers = WorkerThreads("updates", 1)

    def check_if_due(self) -> None:
        """Check if that is turned on and a day has passed since the last check.

        Returns at once. Publishes UpdateChecked, unless it fails.
        """
        current = self._settings.current
        # A time in the future is one of a clock that was wrong.
        if (
            current.check_for_updates
            and not 0 <= self._clock() - current.updates_checked_at < INTERVAL
        ):
            self._begin(by_hand=False)

    def check_now(self) -> None:
        """Check for somebody who waits for the answer; publishes UpdateChecked."""
        self._begin(by_hand=True)

    def stop(self) -> None:
        """Give up what is under way."""
        self._token.cancel()
        self._workers.stop()

    def join(self, seconds: float) -> bool:
        """Wait for the thread after `stop`; return whether it ended in time."""
        return self._workers.join(seconds)

    def _begin(self, *, by_hand: bool) -> None:
        # Noted first, so that a check that fails isn't repeated before the next day either.
        self._settings.change(updates_checked_at=self._clock())
        self._workers.submit(lambda: self._check(by_hand=by_hand))

    def _check(self, *, by_hand: bool) -> None:
        # Not needed at the start.
        from services.problems.errors import FilesError
        from services.problems.update_errors import no_changelog_address
        from services.releases.events import UpdateChecked
        from services.releases.update_feed import (
            DEFAULT_FEED,
            LARGEST_FEED,
            find_update,
            why_feed_invalid,
        )

        feed = self._settings.current.update_feed or DEFAULT_FEED
        try:
            if reason := why_feed_invalid(feed):
                raise no_changelog_address(reason)
            body = http_parts().public_get(feed, self._find_network, self._token, LARGEST_FEED)
            update = find_update(body, feed, __version__)
        except Cancelled:
            return
        except FilesError as error:
            if by_hand:
                self._listener(UpdateChecked(None, error.problem, by_hand))
            else:
                _log.info("No answer whether there is an update: %s", error.problem.title)
            return
        self._listener(UpdateChecked(update, None, by_hand))

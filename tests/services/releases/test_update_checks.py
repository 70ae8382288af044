"""Looking for updates on a real server: when, how often, and what is told."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from services.accounts.settings import SettingsStore
from services.api.network_in_use import NetworkInUse
from services.problems.errors import FilesError, Problem, ProblemKind
from services.releases.events import UpdateChecked
from services.releases.update_checks import INTERVAL, UpdateChecks
from services.releases.update_feed import Update
from services.system.version import __version__
from tests.support.events import EventLog
from tests.support.manual_clock import ManualClock
from tests.support.text_server import TextServer

FEED = "/CHANGELOG.md"


class Checks:
    """The checks of one run of the program, with its settings."""

    def __init__(self, folder: Path, clock: ManualClock) -> None:
        self.settings = SettingsStore(folder / "settings.json", lambda save: save())
        self.log = EventLog()
        self.checks = UpdateChecks(self.log, self.settings, self.network, clock=clock)

    def network(self) -> NetworkInUse:
        return NetworkInUse(self.settings.current.network)

    def now(self) -> UpdateChecked:
        """What somebody who asks is told."""
        told = len(self.log.all(UpdateChecked))
        self.checks.check_now()
        return self.log.wait_for_count(UpdateChecked, told + 1)[-1]

    def end(self) -> None:
        self.checks.stop()
        assert self.checks.join(30)


@pytest.fixture
def server() -> Iterator[TextServer]:
    with TextServer() as running:
        running.serve(FEED, "## 99.0\n\n* All.\n")
        yield running


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock(1_800_000_000.0)


@pytest.fixture
def checks(tmp_path: Path, server: TextServer, clock: ManualClock) -> Iterator[Checks]:
    """They are off, as at first, but have an address."""
    made = Checks(tmp_path, clock)
    made.settings.change(update_feed=server.url(FEED))
    yield made
    made.end()


def test_off_by_default_nothing_is_sent(checks: Checks, server: TextServer) -> None:
    checks.checks.check_if_due()
    checks.end()
    assert server.requests == []
    assert checks.settings.current.updates_checked_at == 0


def test_once_a_day_if_turned_on(
    checks: Checks, server: TextServer, clock: ManualClock, tmp_path: Path
) -> None:
    checks.settings.change(check_for_updates=True)
    checks.checks.check_if_due()
    told = checks.log.wait_for(UpdateChecked)
    assert told == UpdateChecked(Update("99.0", "## 99.0\n\n* All.", ""), None, by_hand=False)
    clock.now += INTERVAL - 1
    checks.checks.check_if_due()
    checks.end()
    assert len(server.requests) == 1

    again = Checks(tmp_path, clock)  # after a restart
    again.checks.check_if_due()
    clock.now += 1
    again.checks.check_if_due()
    again.log.wait_for(UpdateChecked)
    again.end()
    assert len(server.requests) == 2


def test_a_clock_that_was_wrong_does_not_put_it_off(checks: Checks, clock: ManualClock) -> None:
    checks.settings.change(check_for_updates=True, updates_checked_at=clock() + 9 * INTERVAL)
    checks.checks.check_if_due()
    checks.log.wait_for(UpdateChecked)


def test_a_failure_on_its_own_is_not_told_and_not_repeated_that_day(
    checks: Checks, server: TextServer
) -> None:
    server.serve(FEED, "", status=500)
    checks.settings.change(check_for_updates=True)
    checks.checks.check_if_due()
    checks.checks.check_if_due()
    told = checks.now()  # after what came before
    assert told.by_hand
    assert checks.log.all(UpdateChecked) == [told]
    assert len(server.requests) == 2


def test_who_asks_is_told_also_that_there_is_none(checks: Checks, server: TextServer) -> None:
    assert checks.now().update is not None
    server.serve(FEED, f"## {__version__}\n\n## 0.0.1\n")
    assert checks.now() == UpdateChecked(None, None, by_hand=True)


def problem_told(checks: Checks) -> Problem:
    told = checks.now()
    assert told.update is None
    assert told.problem is not None
    return told.problem


def test_who_asks_is_told_of_a_failure(checks: Checks, server: TextServer) -> None:
    server.serve(FEED, "<html>Log in to this network</html>")
    assert "isn't a changelog" in problem_told(checks).title
    server.serve(FEED, 2_000_000 * "a")
    assert "too large" in problem_told(checks).title
    server.serve(FEED, "", status=302, headers={"Location": "file:///etc/passwd"})
    assert "redirected" in problem_told(checks).title
    server.close()
    assert problem_told(checks).kind is ProblemKind.UNREACHABLE


@pytest.mark.parametrize("address", ["", "http://updates.invalid/", "file:///etc/passwd"])
def test_an_address_that_cannot_be_used_is_said_so(checks: Checks, address: str) -> None:
    checks.settings.change(update_feed=address)
    assert problem_told(checks).kind is ProblemKind.BAD_ADDRESS


def test_a_keyring_that_fails_is_said_so(
    checks: Checks, server: TextServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    problem = Problem(ProblemKind.KEYRING_FAILED, "The keyring is locked", "Unlock it.")

    def fail() -> NetworkInUse:
        raise FilesError(problem)

    failing = UpdateChecks(checks.log, checks.settings, fail)
    failing.check_now()
    assert checks.log.wait_for(UpdateChecked).problem == problem
    failing.stop()
    assert failing.join(30)
    assert server.requests == []


def test_stopping_gives_up_a_check(checks: Checks, server: TextServer) -> None:
    server.serve(FEED, "", waits=True)
    checks.checks.check_now()
    assert server.arrived.wait(30)
    checks.end()
    assert checks.log.received == []

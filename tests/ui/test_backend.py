"""Which account is in front, which stay open behind it, and who hears of what."""

from itertools import count
from types import SimpleNamespace
from typing import Any, cast

import pytest
from msgspec import structs

from services.accounts.events import AccountOpened, AccountOpening, AccountSaved, AccountsLoaded
from services.catalog.events import FileAdded, FilesListed, ListingEnded, ListingStarted
from services.engine import Engine
from services.jobs.events import JobsEnded
from services.jobs.job_kind import JobKind
from services.system.events import Event
from tests.support.factories import account, remote_file
from ui import backend as backend_module
from ui.backend import MOST_WARM, AccountLeaving, Backend
from ui.files.account_files import AccountFiles, ListEvent

NAMES = ("acme", "team", "third", "fourth", "fifth")
ACCOUNTS = {name: account(name.title(), id=name) for name in NAMES}


class Window:
    """A window's backend with sessions that note what they are asked for."""

    def __init__(self) -> None:
        self.numbers = count(1)
        self.sessions: list[Any] = []
        self.heard: list[Event] = []
        engine = SimpleNamespace(new_session=self.session, open=lambda _id: self.session())
        self.backend = Backend(cast("Engine", engine))
        self.backend.events.on(Event, self.heard.append)
        self.backend.events.on(AccountOpening, self._note_opening)
        self.backend.events.on(AccountOpened, self._note_opened)
        self.backend.events.on_any(ListEvent, self._show)

    def session(self) -> Any:
        made = SimpleNamespace(number=next(self.numbers), closed=False, refreshed=0)

        def close() -> None:
            made.closed = True

        def refresh() -> None:
            made.refreshed += 1

        made.close, made.listing = close, SimpleNamespace(refresh=refresh)
        self.sessions.append(made)
        return made

    def open(self, name: str) -> Any:
        """Open an account anew; return its session."""
        self.backend.open(name)
        session = self.sessions[-1]
        self.tell(session, AccountOpening(ACCOUNTS[name]), AccountOpened(ACCOUNTS[name]))
        return session

    def list_files(self, session: Any, name: str, number: int) -> None:
        files = tuple(remote_file(id=f"file-{one}") for one in range(number))
        self.tell(
            session,
            ListingStarted(name, session.number),
            FilesListed(name, session.number, files, number),
            ListingEnded(name, session.number, complete=True),
        )

    def tell(self, session: Any, *events: Any) -> None:
        numbered = [structs.replace(event, session=session.number) for event in events]
        self.backend.deliver(numbered)

    def _note_opening(self, event: AccountOpening) -> None:
        self.backend.account, self.backend.is_open = event.account, False
        if self.backend.files is None:  # as `ListingFlow` does
            self.backend.files = AccountFiles(event.account.id, lambda: 0.0)

    def _note_opened(self, event: AccountOpened) -> None:
        self.backend.account, self.backend.is_open = event.account, True

    def _show(self, event: ListEvent) -> None:
        files = self.backend.files
        if files is not None and files.apply_event(event):
            files.add_pending()

    def count(self, name: str) -> int:
        files = self.backend.files_of(name)
        assert files is not None
        return len(files.files)


@pytest.fixture
def window() -> Window:
    return Window()


def test_only_the_account_in_front_is_heard_and_those_behind_are_kept_up_to_date(
    window: Window,
) -> None:
    acme = window.open("acme")
    window.list_files(acme, "acme", 0)
    team = window.open("team")
    window.heard.clear()
    window.list_files(acme, "acme", 3)
    assert window.heard == []
    assert window.count("acme") == 3
    added = FileAdded("acme", remote_file(id="file-new"))
    window.backend.deliver([added])
    assert window.heard == [added], "what belongs to no session is heard by everyone"
    assert (window.count("acme"), window.count("team")) == (4, 0)
    assert not acme.closed
    assert not team.closed


def test_an_account_comes_back_with_its_session_and_is_listed_again(window: Window) -> None:
    acme = window.open("acme")
    window.list_files(acme, "acme", 2)
    files = window.backend.files
    window.open("team")
    window.heard.clear()
    window.backend.open("acme")
    assert [type(event) for event in window.heard] == [
        AccountLeaving,
        AccountOpening,
        AccountOpened,
    ]
    assert window.backend.session.number == acme.number
    assert window.backend.files is files
    assert acme.refreshed == 1


def test_a_listing_that_still_runs_is_not_started_again(window: Window) -> None:
    acme = window.open("acme")
    window.tell(acme, ListingStarted("acme", 1))
    window.open("team")
    window.backend.open("acme")
    assert acme.refreshed == 0


def test_between_two_accounts_requests_reach_neither(window: Window) -> None:
    acme = window.open("acme")
    leaving: list[object] = []
    window.backend.events.on(AccountLeaving, lambda _e: leaving.append(window.backend.session))
    window.backend.open("team")
    assert leaving == [acme], "what was begun is given up with the session it was begun with"
    assert window.backend.session not in (acme, window.sessions[-1])
    assert window.backend.open_account is None


def test_an_account_that_was_never_opened_is_closed(window: Window) -> None:
    window.backend.open("acme")
    acme = window.sessions[-1]
    window.open("team")
    assert acme.closed
    window.tell(acme, AccountOpening(ACCOUNTS["acme"]))
    assert window.backend.account == ACCOUNTS["team"]


def test_of_too_many_accounts_the_one_longest_away_is_closed(window: Window) -> None:
    sessions = [window.open(name) for name in NAMES[: MOST_WARM + 2]]
    assert [one.closed for one in sessions] == [True, *[False] * (MOST_WARM + 1)]


def test_accounts_with_very_many_files_are_closed_sooner_but_never_the_last_one(
    window: Window, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(backend_module, "MOST_WARM_FILES", 10)
    sessions = []
    for name, number in (("acme", 5), ("team", 6), ("third", 20), ("fourth", 0)):
        sessions.append(window.open(name))
        window.list_files(sessions[-1], name, number)
    assert [one.closed for one in sessions] == [True, True, False, False]


def test_a_saved_or_removed_account_is_closed_behind(window: Window) -> None:
    acme, team, _third = (window.open(name) for name in ("acme", "team", "third"))
    window.backend.deliver([AccountSaved(ACCOUNTS["acme"], "The key is unchanged.", False)])
    assert (acme.closed, team.closed) == (True, False)
    window.backend.deliver([AccountsLoaded((ACCOUNTS["third"],))])
    assert team.closed
    assert window.backend.files_of("team") is None


def test_an_account_opened_anew_gets_a_new_session(window: Window) -> None:
    acme = window.open("acme")
    window.open("team")
    window.backend.reopen("acme")
    assert acme.closed
    assert window.backend.session is not acme


def test_jobs_that_ended_behind_are_told_when_their_account_is_back(window: Window) -> None:
    acme = window.open("acme")
    window.open("team")
    window.heard.clear()
    ended = JobsEnded("acme", JobKind.BATCHES, (), session=acme.number)
    window.backend.deliver([ended])
    assert window.heard == []
    window.backend.open("acme")
    assert window.heard[-1] == ended
    window.open("team")
    window.heard.clear()
    window.backend.open("acme")
    assert ended not in window.heard, "it is told once"

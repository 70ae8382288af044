"""The destination of a transfer: it resumes there, or not at all.

An account keeps its ID when its address changes, and the account from the environment changes
with its variables. A delete must not remove a file with the same ID on another server, and an
upload must not go to another server or project.
"""

import secrets
import threading
from collections.abc import Sequence
from weakref import WeakKeyDictionary

from msgspec import structs

from services.api.files_api import FilesApi
from services.problems.errors import FilesError, Problem, ProblemKind
from services.providers.account import AccountKind
from services.system.language import _
from services.transfers.job import Job

_SALT_BYTES = 8


class Destinations:
    """Records destinations in jobs and checks them later. Thread-safe."""

    def __init__(self) -> None:
        self._salt = secrets.token_hex(_SALT_BYTES)
        self._lock = threading.Lock()
        self._cache: WeakKeyDictionary[FilesApi, dict[str, str]] = WeakKeyDictionary()

    def with_destination(self, api: FilesApi, jobs: Sequence[Job]) -> list[Job]:
        """Return the jobs with the account's current destination recorded."""
        destination = self.current(api)
        return [structs.replace(job, destination=destination) for job in jobs]

    def current(self, api: FilesApi) -> str:
        """Return the account's current destination."""
        return self._destination_of(api, self._salt)

    def check(self, api: FilesApi, destination: str) -> None:
        """Raise FilesError if the account's destination isn't this one anymore."""
        salt = destination.partition(" ")[0]
        if destination and destination != self._destination_of(api, salt):
            raise _account_changed(api)

    def _destination_of(self, api: FilesApi, salt: str) -> str:
        with self._lock:
            cached = self._cache.setdefault(api, {})
            if salt not in cached:
                cached[salt] = _describe(api, salt)
            return cached[salt]


def server_of(job: Job, account_id: str) -> str:
    """Return a key for the server of a job; accounts on the same server share it."""
    _salt, _blank, place = job.destination.partition(" ")
    return place.partition(" ")[0] or account_id


def _describe(api: FilesApi, salt: str) -> str:
    """Return an empty string for the sandbox, which uses a new port on every start."""
    account = api.account
    if account.kind is AccountKind.SANDBOX:
        return ""
    if account.kind is not AccountKind.ENVIRONMENT:
        return f"{salt} {account.base_url}"
    # Here the key identifies the project. Saved accounts may get new keys, so there it is left out.
    fingerprint = api.key_fingerprint(salt.encode()).hex()
    return f"{salt} {account.base_url} {account.organization} {account.project} {fingerprint}"


def _account_changed(api: FilesApi) -> FilesError:
    title = _("{account} is no longer the same account").format(account=api.account.name)
    advice = _(
        "Its address or key has changed since this was added, so nothing was sent. Change it "
        "back, or add this again."
    )
    problem = Problem(ProblemKind.BAD_ADDRESS, title, advice)
    return FilesError(problem, body_sent=False, should_retry=False)

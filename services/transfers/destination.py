"""Where a transfer goes: it continues there, or not at all.

An account keeps its id when its address changes, and the environment's account is a different one
whenever its variables are. A delete must not reach a file with that id elsewhere, and an upload
must not go to another server or project.
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
    """Records in jobs where they go, and compares. Thread-safe."""

    def __init__(self) -> None:
        self._salt = secrets.token_hex(_SALT_BYTES)
        self._lock = threading.Lock()
        self._known: WeakKeyDictionary[FilesApi, dict[str, str]] = WeakKeyDictionary()

    def with_destination(self, api: FilesApi, jobs: Sequence[Job]) -> list[Job]:
        """The jobs, with where this account leads now."""
        destination = self._destination_of(api, self._salt)
        return [structs.replace(job, destination=destination) for job in jobs]

    def check(self, api: FilesApi, job: Job) -> None:
        """Raise FilesError when the account leads elsewhere now than when the job was added."""
        salt = job.destination.partition(" ")[0]
        if job.destination and job.destination != self._destination_of(api, salt):
            raise _account_changed(api)

    def _destination_of(self, api: FilesApi, salt: str) -> str:
        with self._lock:
            known = self._known.setdefault(api, {})
            if salt not in known:
                known[salt] = _described(api, salt)
            return known[salt]


def server_of(job: Job, account_id: str) -> str:
    """What tells the server of a job from others, whichever of its accounts leads there."""
    _salt, _blank, place = job.destination.partition(" ")
    return place.partition(" ")[0] or account_id


def _described(api: FilesApi, salt: str) -> str:
    """Empty for the sandbox, which has another port at every start."""
    account = api.account
    if account.kind is AccountKind.SANDBOX:
        return ""
    if account.kind is not AccountKind.ENVIRONMENT:
        return f"{salt} {account.base_url}"
    # Whose key it is says which project it is. Of the accounts that are kept, keys are renewed.
    mark = api.key_fingerprint(salt.encode()).hex()
    return f"{salt} {account.base_url} {account.organization} {account.project} {mark}"


def _account_changed(api: FilesApi) -> FilesError:
    title = _("{account} is no longer the same account").format(account=api.account.name)
    advice = _(
        "Its address or key has changed since this was added, so nothing was sent. Change it "
        "back, or add this again."
    )
    problem = Problem(ProblemKind.BAD_ADDRESS, title, advice)
    return FilesError(problem, body_sent=False, should_retry=False)

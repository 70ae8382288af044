"""Where the keys are: the system's keyring, else memory for this session; never a file.

A keyring can ask for a password in a window that nobody sees, and then never answers. So all
calls run on their own thread, with a time limit.
"""

import threading
from collections.abc import Callable
from typing import TypeVar

import msgspec

from services.problems.errors import FilesError, Problem, ProblemKind
from services.system.language import _
from services.system.worker_threads import WorkerThreads

DEADLINE = 10.0
"""Seconds that a keyring may take, with time to type a password."""

SYSTEM_KEYRINGS = {
    "keyring.backends.SecretService": "Secret Service",
    "keyring.backends.libsecret": "Secret Service",
    "keyring.backends.kwallet": "KWallet",
    "keyring.backends.Windows": "Windows Credential Manager",
    "keyring.backends.macOS": "Keychain",
}
"""Modules of the backends that may hold a key, and what people call them. Any other one, such as
the plain-text file of keyrings.alt, is not used."""

_SERVICE = "io.github.filewharf.Filewharf"
_USER = "api-key"

Answer = TypeVar("Answer")


class KeptKey(msgspec.Struct, frozen=True):
    """What became of a key that was to be kept."""

    sentence: str
    """For the person."""
    memory_only: bool


class KeyStore:
    """Keeps one key for each account. Methods block, at most for the deadline."""

    def __init__(
        self,
        *,
        trusted: Callable[[str], str | None] = SYSTEM_KEYRINGS.get,
        deadline: float = DEADLINE,
    ) -> None:
        """Make an empty store; nothing is asked of the keyring yet.

        `trusted` names a backend's module for people, or gives None when it is not to be used;
        `deadline` is in seconds.
        """
        self._trusted = trusted
        self._deadline = deadline
        self._thread = WorkerThreads("keyring", 1)
        self._condition = threading.Condition()
        self._stuck = False
        self._closed = False
        self._memory: dict[str, str] = {}

    def key_of(self, account_id: str) -> str | None:
        """The key, or None when there is none. Raise FilesError when the keyring fails."""
        held = self._memory.get(account_id)
        if held is not None:
            return held
        found = self._ask(lambda: _read(self._trusted, account_id))
        if found:
            self._memory[account_id] = found
        return found or None

    def hold(self, account_id: str, key: str) -> None:
        """Keep a key in memory alone: those of the environment and of the sandbox."""
        self._memory[account_id] = key

    def keep(self, account_id: str, key: str) -> KeptKey:
        """Keep a key in the keyring, or for this session only where that is not possible."""
        self._memory[account_id] = key
        try:
            name = self._ask(lambda: _write(self._trusted, account_id, key))
        except FilesError as error:
            return KeptKey(
                _("{why}. The key is kept only until you quit.").format(why=error.problem.title),
                memory_only=True,
            )
        return KeptKey(_("Saved in the system keyring ({name}).").format(name=name), False)

    def forget(self, account_id: str) -> None:
        """Remove a key everywhere; one that is not there is no error.

        Raise FilesError when the keyring fails: then the key may still be in it.
        """
        self._memory.pop(account_id, None)
        self._ask(lambda: _remove(self._trusted, account_id))

    def close(self) -> None:
        """End the thread unless the keyring blocks it, and stop waiting for the keyring."""
        with self._condition:
            self._closed = True
            self._condition.notify_all()
        self._thread.stop()

    def _ask(self, call: Callable[[], Answer]) -> Answer:
        """Run `call` on the keyring's thread and wait for it, up to the deadline."""
        answers: list[Answer] = []
        errors: list[Exception] = []

        def job() -> None:
            try:
                answers.append(call())
            except Exception as error:  # noqa: BLE001 - backends raise what their systems raise
                errors.append(error)
            finally:
                with self._condition:
                    self._stuck = False
                    self._condition.notify_all()

        with self._condition:
            if self._stuck or self._closed:
                raise _silent()
            self._thread.submit(job)
            self._condition.wait_for(lambda: answers or errors or self._closed, self._deadline)
            if not answers and not errors:
                self._stuck = True
                raise _silent()
        if errors:
            raise _translated(errors[0]) from None
        return answers[0]


class _NotUsable(Exception):
    """There is no keyring that may store a key."""


def _service(account_id: str) -> str:
    # One service for each account: Windows keeps a single user for a service name.
    return f"{_SERVICE}:{account_id}"


def _backend_name(trusted: Callable[[str], str | None]) -> str:
    """What people call the keyring in use. Raise _NotUsable when it is none of the system's."""
    import keyring  # takes 80 ms: on this thread, and not at the start

    backend = keyring.get_keyring()
    members = list(getattr(backend, "backends", ())) or [backend]
    names = [trusted(type(member).__module__) for member in members]
    if not names or None in names:
        raise _NotUsable
    return str(names[0])


def _read(trusted: Callable[[str], str | None], account_id: str) -> str | None:
    import keyring

    try:
        _backend_name(trusted)
    except _NotUsable:
        return None
    return keyring.get_password(_service(account_id), _USER)


def _write(trusted: Callable[[str], str | None], account_id: str, key: str) -> str:
    import keyring

    name = _backend_name(trusted)
    keyring.set_password(_service(account_id), _USER, key)
    # That a backend was found does not mean that it works.
    if keyring.get_password(_service(account_id), _USER) != key:
        raise _NotUsable
    return name


def _remove(trusted: Callable[[str], str | None], account_id: str) -> None:
    import keyring
    import keyring.errors

    try:
        _backend_name(trusted)
        keyring.delete_password(_service(account_id), _USER)
    except (_NotUsable, keyring.errors.PasswordDeleteError):
        return


def _translated(error: Exception) -> FilesError:
    # By name: importing keyring.errors here would be on the wrong thread.
    kind = type(error).__name__
    if isinstance(error, _NotUsable) or kind == "NoKeyringError":
        return _failed(
            _("This system has no usable keyring"),
            _("Install one, such as GNOME Keyring or KWallet, to save keys."),
        )
    if kind == "KeyringLocked":
        return _failed(
            _("The system keyring is locked"), _("Unlock it, then open the account again.")
        )
    return _failed(
        _("The system keyring failed"),
        _("Check that it works in other programs, then open the account again."),
        detail=kind,
    )


def _silent() -> FilesError:
    return _failed(
        _("The system keyring isn't responding"),
        _(
            "It may be asking for a password in another window. Answer it, then open the account again."
        ),
    )


def _failed(title: str, advice: str, detail: str = "") -> FilesError:
    return FilesError(Problem(ProblemKind.KEYRING_FAILED, title, advice, detail))

"""Stores keys and passwords of proxies: in the system keyring, or else in memory for this session; never in a file.

A keyring can block forever, for example because it asks for a password in a hidden window. So all
calls run on a separate thread, with a timeout.
"""

import threading
from collections.abc import Callable
from typing import TypeVar

import msgspec

from services.problems.errors import FilesError, Problem, ProblemKind
from services.system.language import _
from services.system.worker_threads import WorkerThreads

DEADLINE = 10.0
"""Seconds that a keyring may take, including the time to type a password."""

SYSTEM_KEYRINGS = {
    "keyring.backends.SecretService": "Secret Service",
    "keyring.backends.libsecret": "Secret Service",
    "keyring.backends.kwallet": "KWallet",
    "keyring.backends.Windows": "Windows Credential Manager",
    "keyring.backends.macOS": "Keychain",
}
"""Modules of the trusted backends, and the names users know them by. Any other backend, such as the
plain-text file of keyrings.alt, isn't used."""

_SERVICE = "io.github.filewharf.Filewharf"
_USER = "api-key"
_PROXY = "proxy:"
"""Before the account's ID, for the password of its proxy."""

Result = TypeVar("Result")


class SavedKey(msgspec.Struct, frozen=True):
    """Where a key was saved."""

    sentence: str
    """For the user."""
    memory_only: bool


class KeyStore:
    """Stores one key per account. Methods block, up to the deadline."""

    def __init__(
        self,
        *,
        trusted: Callable[[str], str | None] = SYSTEM_KEYRINGS.get,
        deadline: float = DEADLINE,
    ) -> None:
        """Create an empty store, without accessing the keyring yet.

        `trusted` maps a backend's module to its name for users, or to None if it must not be used;
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
        """The key, or None if there is none. Raises FilesError if the keyring fails."""
        in_memory = self._memory.get(account_id)
        if in_memory is not None:
            return in_memory
        found = self._call(lambda: _read(self._trusted, account_id))
        if found:
            self._memory[account_id] = found
        return found or None

    def keep_in_memory(self, account_id: str, key: str) -> None:
        """Store a key only in memory, for the environment's account and the sandbox."""
        self._memory[account_id] = key

    def save(self, account_id: str, key: str) -> SavedKey:
        """Save a key in the keyring, or only for this session if that fails."""
        return self._save(account_id, key, _("{why}. The key is kept only until you quit."))

    def proxy_password_of(self, account_id: str) -> str:
        """The saved password of an account's own proxy, or, for an empty ID, of the default one.

        Empty if there is none. Raises FilesError if the keyring fails.
        """
        return self.key_of(_PROXY + account_id) or ""

    def save_proxy_password(self, account_id: str, password: str) -> SavedKey:
        """Save the password of an account's own proxy like a key."""
        sentence = _("{why}. The proxy's password is kept only until you quit.")
        return self._save(_PROXY + account_id, password, sentence)

    def delete_proxy_password(self, account_id: str) -> None:
        """Delete the password of an account's own proxy like a key."""
        self.delete(_PROXY + account_id)

    def _save(self, account_id: str, key: str, if_not_saved: str) -> SavedKey:
        self._memory[account_id] = key
        try:
            name = self._call(lambda: _write(self._trusted, account_id, key))
        except FilesError as error:
            return SavedKey(if_not_saved.format(why=error.problem.title), memory_only=True)
        return SavedKey(_("Saved in the system keyring ({name}).").format(name=name), False)

    def delete(self, account_id: str) -> None:
        """Delete a key from memory and the keyring; does nothing if there is none.

        Raises FilesError if the keyring fails; the key may still be in it then.
        """
        self._memory.pop(account_id, None)
        self._call(lambda: _delete(self._trusted, account_id))

    def close(self) -> None:
        """Stop waiting for the keyring, and end the thread unless the keyring blocks it."""
        with self._condition:
            self._closed = True
            self._condition.notify_all()
        self._thread.stop()

    def _call(self, call: Callable[[], Result]) -> Result:
        """Run `call` on the keyring's thread and wait for it, up to the deadline."""
        results: list[Result] = []
        errors: list[Exception] = []

        def job() -> None:
            try:
                results.append(call())
            except Exception as error:  # noqa: BLE001 - backends can raise anything
                errors.append(error)
            finally:
                with self._condition:
                    self._stuck = False
                    self._condition.notify_all()

        with self._condition:
            if self._stuck or self._closed:
                raise _not_responding()
            self._thread.submit(job)
            self._condition.wait_for(lambda: results or errors or self._closed, self._deadline)
            if not results and not errors:
                self._stuck = True
                raise _not_responding()
        if errors:
            raise _translated(errors[0]) from None
        return results[0]


class _NotUsable(Exception):
    """There is no trusted keyring."""


def _service(account_id: str) -> str:
    # A separate service per account, because Windows stores only one user per service name.
    return f"{_SERVICE}:{account_id}"


def _backend_name(trusted: Callable[[str], str | None]) -> str:
    """The name of the keyring in use, for users. Raises _NotUsable if it isn't trusted."""
    import keyring  # takes 80 ms, so it's imported on this thread instead of at startup

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
    # Read it back: a backend can be present without working.
    if keyring.get_password(_service(account_id), _USER) != key:
        raise _NotUsable
    return name


def _delete(trusted: Callable[[str], str | None], account_id: str) -> None:
    import keyring
    import keyring.errors

    try:
        _backend_name(trusted)
        keyring.delete_password(_service(account_id), _USER)
    except (_NotUsable, keyring.errors.PasswordDeleteError):
        return


def _translated(error: Exception) -> FilesError:
    # Compare by name, because keyring.errors must not be imported on this thread.
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


def _not_responding() -> FilesError:
    return _failed(
        _("The system keyring isn't responding"),
        _(
            "It may be asking for a password in another window. Answer it, then open the account again."
        ),
    )


def _failed(title: str, advice: str, detail: str = "") -> FilesError:
    return FilesError(Problem(ProblemKind.KEYRING_FAILED, title, advice, detail))

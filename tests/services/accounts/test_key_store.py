import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator

import keyring
import keyring.backend
import keyring.backends.fail
import keyring.errors
import pytest

from services.accounts.key_store import SYSTEM_KEYRINGS, KeyStore, SavedKey
from services.problems.errors import FilesError, ProblemKind
from tests.support.memory_keyring import HangingKeyring, MemoryKeyring

KEY = "sk-canary-0123456789"


def trusting_tests(module: str) -> str | None:
    """Trust the keyrings defined in the tests."""
    return "Test Keyring" if module.startswith("tests.") else None


@pytest.fixture
def make_store() -> Iterator[Callable[..., KeyStore]]:
    made: list[KeyStore] = []

    def make(**named: object) -> KeyStore:
        made.append(KeyStore(**({"trusted": trusting_tests} | named)))  # type: ignore[arg-type]
        return made[-1]

    yield make
    for store in made:
        store.close()


MakeStore = Callable[..., KeyStore]


class FailingKeyring(MemoryKeyring):
    """Raises the same error in every method."""

    def __init__(self, error: Exception) -> None:
        super().__init__()
        self.error = error

    def get_password(self, service: str, username: str) -> str | None:
        raise self.error

    def set_password(self, service: str, username: str, password: str) -> None:
        raise self.error

    def delete_password(self, service: str, username: str) -> None:
        raise self.error


class ForgetfulKeyring(MemoryKeyring):
    def set_password(self, service: str, username: str, password: str) -> None:
        super().set_password(service, username, password[:4])


def test_a_key_is_saved_in_the_keyring_and_found_by_another_store(
    make_store: MakeStore, memory_keyring: MemoryKeyring
) -> None:
    saved = make_store().save("acme", KEY)
    assert saved == SavedKey("Saved in the system keyring (Test Keyring).", memory_only=False)
    assert make_store().key_of("acme") == KEY
    assert list(memory_keyring.passwords.values()) == [KEY]


def test_each_account_has_its_own_service_name(
    make_store: MakeStore, memory_keyring: MemoryKeyring
) -> None:
    store = make_store()
    store.save("one", "k1")
    store.save("two", "k2")
    assert len({service for service, _user in memory_keyring.passwords}) == 2
    assert len({user for _service, user in memory_keyring.passwords}) == 1
    assert (make_store().key_of("one"), make_store().key_of("two")) == ("k1", "k2")


def test_a_missing_key_is_none(make_store: MakeStore) -> None:
    assert make_store().key_of("acme") is None


def test_a_key_is_read_from_the_keyring_once(
    make_store: MakeStore, memory_keyring: MemoryKeyring
) -> None:
    make_store().save("acme", KEY)
    store = make_store()
    store.key_of("acme")
    memory_keyring.passwords.clear()
    assert store.key_of("acme") == KEY


def test_a_deleted_key_is_gone_from_the_keyring_too(
    make_store: MakeStore, memory_keyring: MemoryKeyring
) -> None:
    store = make_store()
    store.save("acme", KEY)
    store.delete("acme")
    assert store.key_of("acme") is None
    assert memory_keyring.passwords == {}
    store.delete("acme")


def test_a_key_kept_in_memory_never_reaches_the_keyring(
    make_store: MakeStore, memory_keyring: MemoryKeyring
) -> None:
    store = make_store()
    store.keep_in_memory("environment", KEY)
    assert store.key_of("environment") == KEY
    assert memory_keyring.passwords == {}


UNUSABLE: dict[str, Callable[[], keyring.backend.KeyringBackend]] = {
    "untrusted": lambda: MemoryKeyring(),
    "none": lambda: keyring.backends.fail.Keyring(),
    "locked": lambda: FailingKeyring(keyring.errors.KeyringLocked("the collection")),
    "prompt dismissed": lambda: FailingKeyring(keyring.errors.InitError("Prompt dismissed")),
    "broken": lambda: FailingKeyring(RuntimeError("stub received bad data")),
    "write fails": lambda: FailingKeyring(keyring.errors.PasswordSetError("no")),
    "returns something else": lambda: ForgetfulKeyring(),
}


@pytest.mark.parametrize("what", UNUSABLE)
def test_without_a_usable_keyring_a_key_is_kept_for_the_session(
    make_store: MakeStore, what: str
) -> None:
    backend = UNUSABLE[what]()
    keyring.set_keyring(backend)
    trusted = SYSTEM_KEYRINGS.get if what == "untrusted" else trusting_tests
    store = make_store(trusted=trusted)
    saved = store.save("acme", KEY)
    assert saved.memory_only
    assert saved.sentence.endswith("The key is kept only until you quit.")
    assert store.key_of("acme") == KEY
    if isinstance(backend, MemoryKeyring):
        assert KEY not in backend.passwords.values()


@pytest.mark.parametrize(
    ("what", "title"),
    [
        ("locked", "The system keyring is locked"),
        ("prompt dismissed", "The system keyring failed"),
        ("broken", "The system keyring failed"),
    ],
)
def test_a_failing_keyring_is_reported(make_store: MakeStore, what: str, title: str) -> None:
    keyring.set_keyring(UNUSABLE[what]())
    store = make_store()
    for ask in (store.key_of, store.delete):
        with pytest.raises(FilesError) as caught:
            ask("acme")
        assert caught.value.problem.kind is ProblemKind.KEYRING_FAILED
        assert caught.value.problem.title == title
        assert caught.value.problem.advice


@pytest.mark.parametrize("what", ["untrusted", "none"])
def test_an_untrusted_keyring_has_no_keys_and_is_not_an_error(
    make_store: MakeStore, what: str
) -> None:
    keyring.set_keyring(UNUSABLE[what]())
    store = make_store(trusted=SYSTEM_KEYRINGS.get)
    assert store.key_of("acme") is None
    store.delete("acme")


def test_a_chain_with_a_plain_text_keyring_is_not_used(
    make_store: MakeStore,
) -> None:
    class PlainText(MemoryKeyring):
        pass

    PlainText.__module__ = "keyrings.alt.file"

    class Chain(MemoryKeyring):
        backends = (MemoryKeyring(), PlainText())

    Chain.__module__ = "keyring.backends.chainer"
    keyring.set_keyring(Chain())
    assert make_store().save("acme", KEY).memory_only


def test_a_chain_of_system_keyrings_is_used(make_store: MakeStore) -> None:
    class Chain(MemoryKeyring):
        backends = (MemoryKeyring(), MemoryKeyring())

    Chain.__module__ = "keyring.backends.chainer"
    keyring.set_keyring(Chain())
    assert make_store().save("acme", KEY) == SavedKey(
        "Saved in the system keyring (Test Keyring).", memory_only=False
    )


def test_the_real_backends_are_trusted() -> None:
    names = {type(backend).__module__ for backend in keyring.backend.get_all_keyring()}
    assert "keyring.backends.SecretService" in SYSTEM_KEYRINGS
    assert not [name for name in names & SYSTEM_KEYRINGS.keys() if "fail" in name]


# A keyring that does not respond


def test_waiting_for_a_hanging_keyring_times_out(
    make_store: MakeStore, hanging_keyring: HangingKeyring
) -> None:
    store = make_store(deadline=0.05)
    started = time.monotonic()
    with pytest.raises(FilesError, match="isn't responding"):
        store.key_of("acme")
    assert time.monotonic() - started < 5


@pytest.mark.slow
def test_other_calls_fail_immediately_while_the_keyring_hangs(
    make_store: MakeStore, hanging_keyring: HangingKeyring
) -> None:
    store = make_store(deadline=2)
    with pytest.raises(FilesError):
        store.key_of("acme")
    started = time.monotonic()
    with pytest.raises(FilesError):
        store.key_of("other")
    assert store.save("third", KEY).memory_only
    assert store.key_of("third") == KEY
    assert time.monotonic() - started < 2


def test_the_keyring_is_used_again_once_it_responds(
    make_store: MakeStore, hanging_keyring: HangingKeyring
) -> None:
    hanging_keyring.passwords[("io.github.filewharf.Filewharf:acme", "api-key")] = KEY
    store = make_store(deadline=0.05)
    with pytest.raises(FilesError):
        store.key_of("acme")
    hanging_keyring.unlocked.set()
    answered, limit = threading.Event(), time.monotonic() + 10
    while store.save("third", "k3").memory_only and time.monotonic() < limit:
        answered.wait(0.001)
    assert store.key_of("acme") == KEY


def test_close_ends_waiting_for_a_hanging_keyring(
    make_store: MakeStore, hanging_keyring: HangingKeyring
) -> None:
    store = make_store()
    errors: list[FilesError] = []

    def ask() -> None:
        with pytest.raises(FilesError) as caught:
            store.key_of("acme")
        errors.append(caught.value)

    asking = threading.Thread(target=ask)
    asking.start()
    assert hanging_keyring.prompted.wait(10)
    store.close()
    asking.join(5)
    assert errors[0].problem.kind is ProblemKind.KEYRING_FAILED


def test_calls_after_close_fail_immediately(make_store: MakeStore) -> None:
    store = make_store()
    store.keep_in_memory("environment", KEY)
    store.close()
    started = time.monotonic()
    with pytest.raises(FilesError):
        store.key_of("acme")
    assert store.key_of("environment") == KEY
    assert store.save("acme", KEY).memory_only
    assert time.monotonic() - started < 5


# The real system keyring


@pytest.mark.real_keyring
def test_a_key_stays_in_the_real_keyring_until_deleted(make_store: MakeStore) -> None:
    account = f"test-{os.getpid()}"
    first, second, third = (make_store(trusted=SYSTEM_KEYRINGS.get) for _ in range(3))
    saved = first.save(account, KEY)
    assert (saved.memory_only, saved.sentence) == (
        False,
        "Saved in the system keyring (Secret Service).",
    )
    try:
        assert second.key_of(account) == KEY
    finally:
        second.delete(account)
    assert third.key_of(account) is None
    third.delete(account)


LOCKED = f"""
import sys
from services.accounts.key_store import KeyStore
from services.problems.errors import FilesError
store = KeyStore(deadline=20)
print(store.save("acme", {KEY!r}).sentence)
if sys.argv[1] == "locked":
    try:
        print(KeyStore(deadline=20).key_of("acme"))
    except FilesError as error:
        print(error.problem.title)
"""


@pytest.mark.slow
@pytest.mark.real_keyring
def test_a_locked_real_keyring_is_reported(tmp_path: os.PathLike[str]) -> None:
    environment = {
        name: value
        for name, value in os.environ.items()
        if name not in ("DISPLAY", "WAYLAND_DISPLAY")
    }
    environment |= {"HOME": str(tmp_path), "XDG_RUNTIME_DIR": str(tmp_path)}
    environment = {
        name: value
        for name, value in environment.items()
        if name == "XDG_RUNTIME_DIR" or not name.startswith("XDG_")
    }

    def session(password: str, expected: str) -> list[str]:
        script = (
            f"printf {password} | gnome-keyring-daemon --unlock --components=secrets >/dev/null; "
            'exec "$0" -c "$1" "$2"'
        )
        done = subprocess.run(
            ["dbus-run-session", "--", "sh", "-c", script, sys.executable, LOCKED, expected],
            env=environment,
            capture_output=True,
            text=True,
            timeout=60,
            check=True,
        )
        return done.stdout.splitlines()

    assert session("right", "open") == ["Saved in the system keyring (Secret Service)."]
    assert session("wrong", "locked") == [
        "The system keyring is locked. The key is kept only until you quit.",
        "The system keyring is locked",
    ]

"""Opens the program's window beside a real keyring, and prints what happens in which order.

The keyring is asked only once the window is on the screen: if the window waited for the keyring,
neither would ever come.
"""

import os
import signal
import sys
import threading
from collections.abc import Callable, Mapping
from pathlib import Path

from PySide6.QtCore import QEvent, QObject

from services.accounts import key_store
from services.accounts.account_book import AccountBook
from services.accounts.events import AccountFailed, AccountOpened
from services.accounts.key_store import KeyStore
from services.accounts.settings import SettingsStore
from services.engine import Engine
from services.system.events import Event, Listener
from services.system.paths import paths_under
from tests.support.factories import account
from ui.application import Program, Start, make_application

KEY = "sk-canary-0123456789"
PATIENCE = 30.0
_stopped: list[int] = []


def main(folder: Path, state: str) -> None:
    """Run until the account is open or has failed, then end the process."""
    if state == "locked":
        _lock()
    if state == "never answering":
        _stop_daemon()
    exposed = threading.Event()
    real = key_store._read

    def read(trusted: Callable[[str], str | None], account_id: str) -> str | None:
        assert exposed.wait(PATIENCE)
        _say("keyring asked")
        return real(trusted, account_id)

    key_store._read = read
    application = make_application(["filewharf"])
    settings = SettingsStore(folder / "settings.json", lambda job: job())
    saved = account("Acme", id="acme", base_url="http://127.0.0.1:9/v1")
    settings.change(accounts=(saved,), last_account="acme")
    keys = KeyStore(deadline=PATIENCE if state != "never answering" else 1.0)

    def make_engine(listener: Listener, wait_until_handled: Callable[[float], object]) -> Engine:
        def publish(event: Event) -> None:
            if isinstance(event, AccountOpened):
                _end("opened")
            if isinstance(event, AccountFailed):
                _end(event.problem.title)
            listener(event)

        environment: Mapping[str, str] = {}
        return Engine(
            publish,
            AccountBook(settings, keys, environment),
            paths_under(folder),
            wait_until_handled=wait_until_handled,
        )

    program = Program(application, make_engine, folder, Start())
    watch = _Watch(exposed)
    application.installEventFilter(watch)
    program.open()
    application.exec()


class _Watch(QObject):
    def __init__(self, exposed: threading.Event) -> None:
        super().__init__()
        self._exposed = exposed

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        if event.type() is QEvent.Type.Expose and not self._exposed.is_set():
            _say("window exposed")
            self._exposed.set()
        return False


def _lock() -> None:
    import secretstorage

    connection = secretstorage.dbus_init()
    secretstorage.get_default_collection(connection).lock()


def _stop_daemon() -> None:
    """Let the keyring's service be there, and answer nothing."""
    from jeepney import DBusAddress, new_method_call
    from jeepney.io.blocking import open_dbus_connection

    bus = DBusAddress(
        "/org/freedesktop/DBus", bus_name="org.freedesktop.DBus", interface="org.freedesktop.DBus"
    )
    with open_dbus_connection() as connection:
        call = new_method_call(bus, "GetConnectionUnixProcessID", "s", ("org.freedesktop.secrets",))
        (number,) = connection.send_and_get_reply(call).body
    os.kill(number, signal.SIGSTOP)
    _stopped.append(number)


def _say(words: str) -> None:
    print(words, flush=True)


def _end(words: str) -> None:
    _say(words)
    for number in _stopped:
        os.kill(number, signal.SIGKILL)  # or it would stay for ever
    os._exit(0)


if __name__ == "__main__":
    match sys.argv[1:]:
        case ["save"]:
            _say(KeyStore(deadline=PATIENCE).save("acme", KEY).sentence)
        case [folder, state]:
            main(Path(folder), state)

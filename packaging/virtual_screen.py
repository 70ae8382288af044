"""Run a command on a virtual screen, as if a user had just logged in.

    python3 packaging/virtual_screen.py [--secret-service] [--] COMMAND [ARGUMENT ...]

The command gets an X display with a window manager, a session bus, an empty home folder and, with
--secret-service, an unlocked secret store. It can't see the user's own session, settings or
secrets. When it ends, or when this program is interrupted, everything started here is stopped, and
the command's exit code is returned. Linux only.
"""

from __future__ import annotations

import argparse
import errno
import os
import secrets
import select
import shutil
import signal
import struct
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

SCREEN = "1600x1000x24"
START_SECONDS = 30.0
STOP_SECONDS = 10.0
SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
"""Signals that end this program. They are blocked throughout and received only where it waits, so
every started process is known and cleanup is never interrupted."""

# Removed from the command's environment: session, appearance, folders, accounts and proxies.
HIDDEN_NAMES = frozenset(
    {
        "DBUS_SESSION_BUS_ADDRESS",
        "DESKTOP_SESSION",
        "LANGUAGE",
        "WAYLAND_DISPLAY",
        "XAUTHORITY",
        "ALL_PROXY",
        "FTP_PROXY",
        "HTTP_PROXY",
        "HTTPS_PROXY",
    }
)
HIDDEN_PREFIXES = ("GNOME_", "GTK_", "KDE_", "OPENAI_", "QT_", "XDG_")


class Interrupted(Exception):
    """A signal told this program to end."""

    def __init__(self, number: int) -> None:
        super().__init__(number)
        self.number = number


class StartError(Exception):
    """A part of the session didn't start; the text is shown to the user."""


def session_environment(outer: Mapping[str, str], folder: Path) -> dict[str, str]:
    """Derive the command's environment from ours, with its folders in the given one."""
    inner = {
        name: value
        for name, value in outer.items()
        if name.upper() not in HIDDEN_NAMES and not name.startswith(HIDDEN_PREFIXES)
    }
    return inner | {
        "HOME": str(folder / "home"),
        "LC_ALL": "C.UTF-8",
        "XAUTHORITY": str(folder / "xauthority"),
        "XDG_RUNTIME_DIR": str(folder / "run"),
        "QT_LINUX_ACCESSIBILITY_ALWAYS_ON": "1",
        "QT_QPA_PLATFORM": "xcb",
    }


def authority_entry(cookie: bytes) -> bytes:
    """Return an X authority entry that is valid for every display number on this machine."""
    fields = (b"", b"", b"MIT-MAGIC-COOKIE-1", cookie)
    any_address = struct.pack(">H", 0xFFFF)
    return any_address + b"".join(struct.pack(">H", len(field)) + field for field in fields)


def exit_code(returned: int) -> int:
    """Convert a return code of `subprocess` to an exit code, as shells do."""
    return 128 - returned if returned < 0 else returned


class Session:
    """The screen and the services for the command; a context manager that stops what it starts."""

    def __init__(self, *, secret_service: bool) -> None:
        self._secret_service = secret_service
        self._stack = ExitStack()
        self.environment: dict[str, str] = {}

    def __enter__(self) -> Session:
        with self._stack:
            self._folder = self._stack.enter_context(_temporary_folder())
            self.environment = session_environment(os.environ, self._folder)
            for name in ("home", "run"):
                (self._folder / name).mkdir(mode=0o700)
            self._start_screen()
            self._start_bus()
            self._start_window_manager()
            if self._secret_service:
                self._start_secret_service()
            self._stack = self._stack.pop_all()
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    def _start_screen(self) -> None:
        authority = self._folder / "xauthority"
        authority.write_bytes(authority_entry(secrets.token_bytes(16)))
        command = ["Xvfb", "-screen", "0", SCREEN, "-nolisten", "tcp", "-noreset"]
        number = self._start_and_read_line([*command, "-auth", str(authority), "-displayfd"])
        self.environment["DISPLAY"] = f":{number}"

    def _start_bus(self) -> None:
        command = ["dbus-daemon", "--session", "--nofork", "--nopidfile", "--print-address"]
        address = self._start_and_read_line(command)
        self.environment["DBUS_SESSION_BUS_ADDRESS"] = address

    def _start_window_manager(self) -> None:
        process = self._start(["openbox"])
        question = ["xprop", "-root", "_NET_SUPPORTING_WM_CHECK"]
        self._wait("openbox", process, lambda: "window id" in self._ask(question))

    def _start_secret_service(self) -> None:
        # No newline after the password: it would become part of it.
        command = ["gnome-keyring-daemon", "--foreground", "--unlock", "--components=secrets"]
        process = self._start(command, stdin=secrets.token_hex(8).encode())
        question = ["dbus-send", "--session", "--print-reply", "--dest=org.freedesktop.DBus"]
        question += ["/org/freedesktop/DBus", "org.freedesktop.DBus.NameHasOwner"]
        question += ["string:org.freedesktop.secrets"]
        self._wait(command[0], process, lambda: "boolean true" in self._ask(question))

    def _start(
        self, command: list[str], *, stdin: bytes = b"", pass_fds: tuple[int, ...] = ()
    ) -> subprocess.Popen[bytes]:
        """Start a service; it is stopped when the session ends."""
        log = self._stack.enter_context((self._folder / f"{command[0]}.log").open("wb"))
        try:
            process = subprocess.Popen(
                command,
                env=self.environment,
                stdin=subprocess.PIPE,
                stdout=log,
                stderr=log,
                pass_fds=pass_fds,
                preexec_fn=_unblock_signals,
                # Ctrl-C in the terminal is for the command; the services stop after it.
                start_new_session=True,
            )
        except FileNotFoundError:
            message = f"{command[0]} is missing; packaging/prepare.py test installs it."
            raise StartError(message) from None
        self._stack.callback(_stop, process)
        if process.stdin is not None:
            with process.stdin as pipe, suppress(BrokenPipeError):
                pipe.write(stdin)
        return process

    def _start_and_read_line(self, command: list[str]) -> str:
        """Start a service, and return the line it writes to the descriptor in its last argument."""
        reading, writing = os.pipe()
        with os.fdopen(reading, "rb", buffering=0) as pipe:
            option = command[-1]
            last = [f"{option}={writing}"] if option.startswith("--") else [option, str(writing)]
            try:
                process = self._start([*command[:-1], *last], pass_fds=(writing,))
            finally:
                os.close(writing)
            line = b""

            def line_is_complete() -> bool:
                nonlocal line
                while select.select([pipe], [], [], 0)[0] and (piece := pipe.read(1024)):
                    line += piece
                return line.endswith(b"\n")

            self._wait(command[0], process, line_is_complete)
        return line.decode().strip()

    def _ask(self, question: list[str]) -> str:
        answer = subprocess.run(
            question,
            check=False,
            env=self.environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            timeout=START_SECONDS,
            preexec_fn=_unblock_signals,
        )
        return answer.stdout.decode(errors="replace")

    def _wait(self, name: str, process: subprocess.Popen[bytes], ready: Callable[[], bool]) -> None:
        limit = time.monotonic() + START_SECONDS
        while not ready():
            if process.poll() is not None or time.monotonic() > limit:
                log = (self._folder / f"{name}.log").read_text(errors="replace")
                raise StartError(f"{name} did not start.\n{log}".rstrip())
            _wait_for_signals(SIGNALS, 0.02)


@contextmanager
def _temporary_folder() -> Iterator[Path]:
    folder = Path(tempfile.mkdtemp(prefix="filewharf-"))
    try:
        yield folder
    finally:
        # Services started by the bus end on their own and may still write a file.
        for pause in (0.0, 0.1, 0.5):
            time.sleep(pause)
            shutil.rmtree(folder, ignore_errors=True)
            if not folder.exists():
                break


def _stop(process: subprocess.Popen[bytes]) -> None:
    if process.poll() is None:
        process.terminate()
        try:
            process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _signal_group(process: subprocess.Popen[bytes], number: int) -> None:
    """Signal the command and all processes in its group."""
    with suppress(ProcessLookupError):
        os.killpg(process.pid, number)


def _run(command: list[str], environment: Mapping[str, str]) -> int:
    """Run the command and return its exit code; an interruption is passed on to it first."""
    try:
        process = subprocess.Popen(
            command, env=environment, start_new_session=True, preexec_fn=_unblock_signals
        )
    except OSError as error:
        raise StartError(f"{command[0]} could not be started: {error.strerror}.") from None
    try:
        while process.poll() is None:
            _wait_for_signals((*SIGNALS, signal.SIGCHLD))
        return exit_code(process.returncode)
    except Interrupted as interruption:
        _signal_group(process, interruption.number)
        with suppress(subprocess.TimeoutExpired):
            process.wait(STOP_SECONDS)
        raise
    finally:
        _signal_group(process, signal.SIGTERM)
        _stop(process)


def _block_signals() -> None:
    signal.pthread_sigmask(signal.SIG_BLOCK, (*SIGNALS, signal.SIGCHLD))


def _unblock_signals() -> None:
    """Unblock the signals in a new process, which inherits the mask."""
    signal.pthread_sigmask(signal.SIG_UNBLOCK, (*SIGNALS, signal.SIGCHLD))


def _wait_for_signals(numbers: Iterable[int], seconds: float | None = None) -> None:
    """Wait for one of the signals, or until the time is up.

    Raises Interrupted if the signal ends this program.
    """
    received = (
        signal.sigwaitinfo(numbers) if seconds is None else signal.sigtimedwait(numbers, seconds)
    )
    if received is not None and received.si_signo in SIGNALS:
        raise Interrupted(received.si_signo)


def main(arguments: list[str] | None = None) -> int:
    """Run the command named on the command line."""
    parser = argparse.ArgumentParser(description="Run a command on a virtual screen.")
    parser.add_argument(
        "--secret-service", action="store_true", help="also start an unlocked secret store"
    )
    parser.add_argument("command", nargs=argparse.REMAINDER, help="the command to run")
    options = parser.parse_args(arguments)
    command = options.command[1:] if options.command[:1] == ["--"] else options.command
    if not command:
        parser.error("no command given")
    _block_signals()
    try:
        with Session(secret_service=options.secret_service) as session:
            return _run(command, session.environment)
    except StartError as error:
        print(error, file=sys.stderr)
        return 1
    except Interrupted as interruption:
        return 128 + interruption.number
    except OSError as error:
        if error.errno not in (errno.ENOSPC, errno.EDQUOT):
            raise
        print(f"No space left in {tempfile.gettempdir()}.", file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main())

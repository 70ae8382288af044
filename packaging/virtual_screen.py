"""Run a command on a screen of its own, in memory, as if a person had just logged in.

    python3 packaging/virtual_screen.py [--secret-service] [--] COMMAND [ARGUMENT ...]

The command finds an X display with a window manager, a session bus, an empty home folder and, with
--secret-service, an unlocked secret store. Nothing of the person's own session, settings or
secrets is visible to it. When it ends, or when this program is interrupted, everything that was
started here is ended too, and the exit code of the command is passed on. Linux only.
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
"""They ask this program to end. They are blocked from its first step to its last, and taken only
where it waits: so whatever it has begun is known, and cleaning up is never interrupted."""

# Left out of the command's environment: the person's session, looks, folders, accounts and proxies.
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
    """A signal asked this program to end."""

    def __init__(self, number: int) -> None:
        super().__init__(number)
        self.number = number


class StartError(Exception):
    """A part of the session did not start; the text is for the person."""


def session_environment(outer: Mapping[str, str], folder: Path) -> dict[str, str]:
    """Make the command's environment out of ours, with its folders below the one given."""
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
    """Write one entry of an X authority file, good for every display number on this machine."""
    fields = (b"", b"", b"MIT-MAGIC-COOKIE-1", cookie)
    any_address = struct.pack(">H", 0xFFFF)
    return any_address + b"".join(struct.pack(">H", len(field)) + field for field in fields)


def exit_code(returned: int) -> int:
    """Turn what a process returned into an exit code, as shells do."""
    return 128 - returned if returned < 0 else returned


class Session:
    """The screen and the services around the command; a context that ends what it began."""

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
        number = self._start_announced([*command, "-auth", str(authority), "-displayfd"])
        self.environment["DISPLAY"] = f":{number}"

    def _start_bus(self) -> None:
        command = ["dbus-daemon", "--session", "--nofork", "--nopidfile", "--print-address"]
        address = self._start_announced(command)
        self.environment["DBUS_SESSION_BUS_ADDRESS"] = address

    def _start_window_manager(self) -> None:
        process = self._start(["openbox"])
        question = ["xprop", "-root", "_NET_SUPPORTING_WM_CHECK"]
        self._wait("openbox", process, lambda: "window id" in self._ask(question))

    def _start_secret_service(self) -> None:
        # The password comes without a line end, which would be taken as a part of it.
        command = ["gnome-keyring-daemon", "--foreground", "--unlock", "--components=secrets"]
        process = self._start(command, stdin=secrets.token_hex(8).encode())
        question = ["dbus-send", "--session", "--print-reply", "--dest=org.freedesktop.DBus"]
        question += ["/org/freedesktop/DBus", "org.freedesktop.DBus.NameHasOwner"]
        question += ["string:org.freedesktop.secrets"]
        self._wait(command[0], process, lambda: "boolean true" in self._ask(question))

    def _start(
        self, command: list[str], *, stdin: bytes = b"", pass_fds: tuple[int, ...] = ()
    ) -> subprocess.Popen[bytes]:
        """Start a service; it is ended, by its process id, with the session."""
        log = self._stack.enter_context((self._folder / f"{command[0]}.log").open("wb"))
        try:
            process = subprocess.Popen(
                command,
                env=self.environment,
                stdin=subprocess.PIPE,
                stdout=log,
                stderr=log,
                pass_fds=pass_fds,
                preexec_fn=_release_signals,
                # Ctrl-C in the terminal is for the command; the services go after it.
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

    def _start_announced(self, command: list[str]) -> str:
        """Start a service that writes one line to the descriptor named by its last argument."""
        reading, writing = os.pipe()
        with os.fdopen(reading, "rb", buffering=0) as pipe:
            option = command[-1]
            last = [f"{option}={writing}"] if option.startswith("--") else [option, str(writing)]
            try:
                process = self._start([*command[:-1], *last], pass_fds=(writing,))
            finally:
                os.close(writing)
            line = b""

            def announced() -> bool:
                nonlocal line
                while select.select([pipe], [], [], 0)[0] and (piece := pipe.read(1024)):
                    line += piece
                return line.endswith(b"\n")

            self._wait(command[0], process, announced)
        return line.decode().strip()

    def _ask(self, question: list[str]) -> str:
        answer = subprocess.run(
            question,
            check=False,
            env=self.environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            timeout=START_SECONDS,
            preexec_fn=_release_signals,
        )
        return answer.stdout.decode(errors="replace")

    def _wait(self, name: str, process: subprocess.Popen[bytes], ready: Callable[[], bool]) -> None:
        limit = time.monotonic() + START_SECONDS
        while not ready():
            if process.poll() is not None or time.monotonic() > limit:
                said = (self._folder / f"{name}.log").read_text(errors="replace")
                raise StartError(f"{name} did not start.\n{said}".rstrip())
            _wait_for_signals(SIGNALS, 0.02)


@contextmanager
def _temporary_folder() -> Iterator[Path]:
    folder = Path(tempfile.mkdtemp(prefix="filewharf-"))
    try:
        yield folder
    finally:
        # Services that the bus started go away by themselves, perhaps writing a last file.
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
    """Signal the command and the processes it left in its group."""
    with suppress(ProcessLookupError):
        os.killpg(process.pid, number)


def _run(command: list[str], environment: Mapping[str, str]) -> int:
    """Run the command to its end; an interruption is passed on to it first."""
    try:
        process = subprocess.Popen(
            command, env=environment, start_new_session=True, preexec_fn=_release_signals
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


def _hold_signals() -> None:
    signal.pthread_sigmask(signal.SIG_BLOCK, (*SIGNALS, signal.SIGCHLD))


def _release_signals() -> None:
    """What each new process does first: it is not to inherit that they are blocked."""
    signal.pthread_sigmask(signal.SIG_UNBLOCK, (*SIGNALS, signal.SIGCHLD))


def _wait_for_signals(numbers: Iterable[int], seconds: float | None = None) -> None:
    """Wait until one of the signals comes, or for so long; Interrupted if it asks us to end."""
    came = signal.sigwaitinfo(numbers) if seconds is None else signal.sigtimedwait(numbers, seconds)
    if came is not None and came.si_signo in SIGNALS:
        raise Interrupted(came.si_signo)


def main(arguments: list[str] | None = None) -> int:
    """Run the command named on the command line."""
    parser = argparse.ArgumentParser(description="Run a command on a screen of its own.")
    parser.add_argument("--secret-service", action="store_true", help="with an open secret store")
    parser.add_argument("command", nargs=argparse.REMAINDER, help="what to run")
    options = parser.parse_args(arguments)
    command = options.command[1:] if options.command[:1] == ["--"] else options.command
    if not command:
        parser.error("what is to be run?")
    _hold_signals()
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
        print(f"There is no room left in {tempfile.gettempdir()}.", file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main())

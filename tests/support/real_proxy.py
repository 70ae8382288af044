"""Real proxy servers from the package index, as child processes on the loopback interface.

To them, all names in `.invalid` are this computer, so tests can reach their own servers under names
that count as another computer's.
"""

import asyncio
import contextlib
import os
import signal
import socket
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import Any, Self

_ROOT = Path(__file__).resolve().parents[2]
HTTP, SOCKS = "http", "socks5"


class RealProxy:
    """A running proxy of one kind: HTTP, which is proxy.py, or SOCKS, which is pproxy."""

    def __init__(self, kind: str, login: str = "", *, port: int = 0) -> None:
        """`login` is required from clients: `user:password`."""
        self.kind = kind
        self.lines: list[str] = []
        """What it prints: among other things, a line for each connection or request."""
        self._printed = threading.Condition()
        arguments = ["-m", "tests.support.real_proxy", kind, str(port)]
        self._process = subprocess.Popen(
            [sys.executable, *arguments],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
            cwd=_ROOT,
            start_new_session=True,
        )
        assert self._process.stdin is not None
        self._process.stdin.write(login + "\n")
        self._process.stdin.flush()
        self._reader = threading.Thread(target=self._read, name="real-proxy")
        self._reader.start()
        self.port = int(self.wait_for("port ").partition(" ")[2])

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        value: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def wait_for(self, text: str, seconds: float = 30) -> str:
        """The first printed line that contains the text, as soon as there is one."""

        def found() -> str | None:
            return next((line for line in self.lines if text in line), None)

        with self._printed:
            assert self._printed.wait_for(lambda: found() is not None, seconds), self.lines
        return found() or ""

    def close(self) -> None:
        """End the program and its own children."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()
        self._reader.join()
        for pipe in (self._process.stdin, self._process.stdout):
            assert pipe is not None
            with contextlib.suppress(BrokenPipeError):
                pipe.close()

    def _read(self) -> None:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            with self._printed:
                self.lines.append(line.rstrip("\n"))
                self._printed.notify_all()


def _resolve_invalid_names() -> None:
    look_up = socket.getaddrinfo

    def look_up_here(host: Any, *arguments: Any, **named: Any) -> Any:
        name = host.decode() if isinstance(host, bytes) else host
        here = isinstance(name, str) and name.endswith(".invalid")
        return look_up("127.0.0.1" if here else host, *arguments, **named)

    socket.getaddrinfo = look_up_here


def _run_http(port: int, login: str) -> None:
    from proxy.proxy import Proxy, sleep_loop

    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "port")
        options = ["--hostname", "127.0.0.1", "--port", str(port), "--port-file", str(file)]
        options += ["--num-workers", "1", "--num-acceptors", "1"]
        with Proxy(options + (["--basic-auth", login] if login else [])) as running:
            print(f"port {running.flags.port}", flush=True)
            sleep_loop()


def _run_socks(port: int, login: str) -> None:
    import pproxy

    async def serve() -> None:
        suffix = f"#{login}" if login else ""
        server = pproxy.Server(f"socks5://127.0.0.1:{port}/{suffix}")
        options = {
            "rserver": [pproxy.Connection("direct://")],
            "verbose": lambda text: print(text, flush=True),
            # By default, it remembers the addresses of those who were let in.
            "authtime": 0,
        }
        listening = await server.start_server(options)
        print(f"port {listening.sockets[0].getsockname()[1]}", flush=True)
        await listening.serve_forever()

    asyncio.run(serve())


@contextlib.contextmanager
def unused_port() -> Iterator[int]:
    """A port that nothing listens on, as long as the block lasts."""
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        yield held.getsockname()[1]


if __name__ == "__main__":
    _resolve_invalid_names()
    _kind, _port = sys.argv[1:]
    _login = sys.stdin.readline().rstrip("\n")
    (_run_http if _kind == HTTP else _run_socks)(int(_port), _login)

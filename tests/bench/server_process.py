"""Servers for benchmarks, each in a process of its own, so that the client has its own to itself."""

import contextlib
import json
import subprocess
import sys
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from tests.bench.report import ROOT


@contextlib.contextmanager
def server_process(module: str, *arguments: str) -> Iterator[str]:
    """Run a module of `tests.bench` as a server; yields the address that it prints."""
    with subprocess.Popen(
        [sys.executable, "-m", f"tests.bench.{module}", *arguments],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        try:
            yield process.stdout.readline().strip()
        finally:
            process.terminate()


class JsonHandler(BaseHTTPRequestHandler):
    """Keeps connections open and logs nothing."""

    protocol_version = "HTTP/1.1"

    def log_message(self, *_: object) -> None:
        """Log nothing."""

    def answer(self, body: bytes, status: int = 200) -> None:
        """Send a response with JSON."""
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        with contextlib.suppress(OSError):  # the client may have read enough
            self.wfile.write(body)

    def answer_list(self, files: list[dict[str, object]]) -> None:
        """Send these files as the whole listing."""
        self.answer(json.dumps({"object": "list", "data": files, "has_more": False}).encode())


def described(number: int, name: str, size: int, purpose: str) -> dict[str, object]:
    """A file as the API describes it."""
    return {
        "object": "file",
        "id": f"file-{number}",
        "purpose": purpose,
        "filename": name,
        "bytes": size,
        "created_at": 1_790_000_000 + number,
        "status": "processed",
    }


def serve(handler: type[BaseHTTPRequestHandler], port: int = 0) -> None:
    """Print the address and serve until the process is terminated."""
    with ThreadingHTTPServer(("127.0.0.1", port), handler) as server:
        print(f"http://127.0.0.1:{server.server_port}", flush=True)
        server.serve_forever()

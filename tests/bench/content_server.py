"""A Files API server with a few large JSON Lines files, which ignores ranges as the official one does.

    python -m tests.bench.content_server --files 3 --size 500000000

Prints its address, without `/v1`, and accepts any key. `GET /sent` says how many bytes of content
it has passed to the system since the last time; its send buffer is small, so that the system holds
few of them back.
"""

import argparse
import contextlib
import json
import socket
import subprocess
import sys
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit

from tests.bench.fast_server import ROOT

_PIECE = 16 * 1024
_SEND_BUFFER = 64 * 1024


@contextlib.contextmanager
def content_server(files: int, size: int) -> Iterator[str]:
    """Run the server in a process; yields its address."""
    command = ["-m", "tests.bench.content_server", "--files", str(files), "--size", str(size)]
    with subprocess.Popen(
        [sys.executable, *command], cwd=ROOT, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        try:
            yield process.stdout.readline().strip()
        finally:
            process.terminate()


def result(number: int) -> bytes:
    """A line of a batch output."""
    message = {"role": "assistant", "content": "An answer of some length. " * 20}
    body = {"model": "gpt-4o-mini", "choices": [{"index": 0, "message": message}]}
    response = {"status_code": 200, "request_id": f"req_{number}", "body": body}
    line = {"custom_id": f"request-{number}", "response": response, "error": None}
    return json.dumps(line).encode() + b"\n"


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    files = 1
    size = 0
    block = b"".join(map(result, range(1_000)))
    sent = 0

    def setup(self) -> None:
        super().setup()
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, _SEND_BUFFER)

    def do_GET(self) -> None:
        path = urlsplit(self.path).path
        if path == "/sent":
            self._answer(json.dumps(_Handler.sent).encode())
            _Handler.sent = 0
        elif path.endswith("/content"):
            self._send_content()
        elif path.endswith("/files"):
            data = [_described(number, self.size) for number in range(self.files)]
            self._answer(json.dumps({"object": "list", "data": data, "has_more": False}).encode())
        else:
            number = int(path.rpartition("-")[2])
            self._answer(json.dumps(_described(number, self.size)).encode())

    def log_message(self, *_: object) -> None:
        """Log nothing."""

    def _send_content(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "application/octet-stream")
        self.send_header("Content-Length", str(self.size))
        self.end_headers()
        left = self.size
        with contextlib.suppress(OSError):  # the client has read enough
            while left > 0:
                start = (self.size - left) % len(self.block)
                piece = self.block[start : start + min(_PIECE, left)]
                self.wfile.write(piece)
                _Handler.sent += len(piece)
                left -= len(piece)
        self.close_connection = left > 0

    def _answer(self, body: bytes) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


def _described(number: int, size: int) -> dict[str, object]:
    return {
        "object": "file",
        "id": f"file-{number}",
        "purpose": "batch_output",
        "filename": f"output-{number}.jsonl",
        "bytes": size,
        "created_at": 1_790_000_000 + number,
        "status": "processed",
    }


def main() -> None:
    """Serve until the process is terminated."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--files", type=int, default=3)
    parser.add_argument("--size", type=int, default=500_000_000)
    options = parser.parse_args()
    _Handler.files, _Handler.size = options.files, options.size
    with ThreadingHTTPServer(("127.0.0.1", 0), _Handler) as server:
        print(f"http://127.0.0.1:{server.server_port}", flush=True)
        server.serve_forever()


if __name__ == "__main__":
    main()

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
from urllib.parse import urlsplit

from tests.bench.server_process import JsonHandler, described, serve, server_process

_PIECE = 16 * 1024
_SEND_BUFFER = 64 * 1024


def content_server(files: int, size: int) -> contextlib.AbstractContextManager[str]:
    """Run the server in a process; the block gets its address."""
    return server_process("content_server", "--files", str(files), "--size", str(size))


def result(number: int) -> bytes:
    """A line of a batch output."""
    message = {"role": "assistant", "content": "An answer of some length. " * 20}
    body = {"model": "gpt-4o-mini", "choices": [{"index": 0, "message": message}]}
    response = {"status_code": 200, "request_id": f"req_{number}", "body": body}
    line = {"custom_id": f"request-{number}", "response": response, "error": None}
    return json.dumps(line).encode() + b"\n"


class _Handler(JsonHandler):
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
            self.answer(json.dumps(_Handler.sent).encode())
            _Handler.sent = 0
        elif path.endswith("/content"):
            self._send_content()
        elif path.endswith("/files"):
            self.answer_list([self._described(number) for number in range(self.files)])
        else:
            number = int(path.rpartition("-")[2])
            self.answer(json.dumps(self._described(number)).encode())

    def _described(self, number: int) -> dict[str, object]:
        return described(number, f"output-{number}.jsonl", self.size, "batch_output")

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


def main() -> None:
    """Serve until the process is terminated."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--files", type=int, default=3)
    parser.add_argument("--size", type=int, default=500_000_000)
    options = parser.parse_args()
    _Handler.files, _Handler.size = options.files, options.size
    serve(_Handler)


if __name__ == "__main__":
    main()

"""A Files API server with very many files and precomputed pages.

    python -m tests.bench.page_server --files 100000 [--port N]

Prints its address, without `/v1`, and accepts any key. Besides the listing:

    POST /change    from now on, every 100th file is renamed, every 100th is gone, and as many
                    files are new
    POST /restore   back to the original files
    GET  /sent      when the small first page was last sent, in seconds of the monotonic clock
"""

import argparse
import contextlib
import json
import time
from urllib.parse import parse_qs, urlsplit

from services.api.page_limit import LARGEST_PAGE
from tests.bench.server_process import JsonHandler, serve, server_process

_PURPOSES = ("batch", "batch_output", "fine-tune", "user_data", "assistants", "evals")
_FIRST = 1_700_000_000
EVERY = 100
"""Of this many files, one is renamed, one is gone and one is new."""


def page_server(files: int) -> contextlib.AbstractContextManager[str]:
    """Run the server in a process; the block gets its address."""
    return server_process("page_server", "--files", str(files))


class Pages:
    """The files as JSON, newest first."""

    def __init__(self, ids: list[str], items: list[bytes]) -> None:
        self._ids = ids
        self._items = items
        self._places = {file_id: place for place, file_id in enumerate(ids)}
        self._cache: dict[tuple[int, int], bytes] = {}

    def page(self, limit: int, after: str | None) -> bytes:
        """The response body for these parameters."""
        start = 0 if after is None else self._places[after] + 1
        if (start, limit) not in self._cache:
            self._cache[start, limit] = self._render(start, limit)
        return self._cache[start, limit]

    def prepare(self, limits: tuple[int, ...]) -> None:
        """Precompute the pages of a listing; the last limit applies to all further pages."""
        start = 0
        for limit in limits:
            self._cache[start, limit] = self._render(start, limit)
            start += limit
        while start < len(self._ids):
            self._cache[start, limits[-1]] = self._render(start, limits[-1])
            start += limits[-1]

    def _render(self, start: int, limit: int) -> bytes:
        ids = self._ids[start : start + limit]
        more = start + limit < len(self._ids)
        end = {
            "first_id": ids[0] if ids else "",
            "last_id": ids[-1] if ids else "",
            "has_more": more,
        }
        items = b", ".join(self._items[start : start + limit])
        return b'{"object": "list", "data": [' + items + b"], " + json.dumps(end).encode()[1:]


def pages_of(files: int) -> tuple[Pages, Pages]:
    """The pages before and after the change."""
    ids = [id_of(number) for number in range(files)]
    items = [_item(number, id_of(number)) for number in range(files)]
    new = range(files, files + files // EVERY)
    changed = list(items)
    for number in range(0, files, EVERY):
        changed[number] = _item(number, id_of(number), "renamed")
    remaining = [number for number in range(files) if number % EVERY != 1]
    return (
        Pages(ids[::-1], items[::-1]),
        Pages(
            [id_of(number) for number in reversed(new)]
            + [ids[number] for number in reversed(remaining)],
            [_item(number, id_of(number)) for number in reversed(new)]
            + [changed[number] for number in reversed(remaining)],
        ),
    )


def id_of(number: int) -> str:
    """The ID of a file by number; larger numbers are newer."""
    return f"file-{number * 0x9E3779B97F4A7C15 & 0xFFFFFFFFFFFFFFFF:016x}{number:08x}"


def _item(number: int, file_id: str, word: str = "requests") -> bytes:
    return json.dumps(
        {
            "object": "file",
            "id": file_id,
            "purpose": _PURPOSES[number % len(_PURPOSES)],
            "filename": f"{word}-2026-11-{number % 28 + 1:02}-run{number % 977}-{number}.jsonl",
            "bytes": number * 7919 % 50_000_000,
            "created_at": _FIRST + number * 60,
            "expires_at": _FIRST + number * 60 + 30 * 86400 if number % 3 else None,
            "status": "processed",
            "status_details": None,
        }
    ).encode()


class _Handler(JsonHandler):
    plain: Pages
    changed: Pages
    now: Pages
    sent = 0.0

    def do_GET(self) -> None:
        parts = urlsplit(self.path)
        if parts.path == "/sent":
            self.answer(json.dumps(_Handler.sent).encode())
        elif parts.path.endswith("/files"):
            query = parse_qs(parts.query)
            after = query.get("after", [None])[0]
            limit = int(query.get("limit", ["10000"])[0])
            body = _Handler.now.page(limit, after)
            # After this page, the client lists again with large pages.
            if after is None and limit < LARGEST_PAGE:
                _Handler.sent = time.monotonic()
            self.answer(body)
        else:
            self.answer(b'{"error": {"message": "No such file"}}', 404)

    def do_POST(self) -> None:
        _Handler.now = _Handler.changed if self.path == "/change" else _Handler.plain
        self.answer(b"{}")


def main() -> None:
    """Serve until the process is terminated."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--files", type=int, default=100_000)
    parser.add_argument("--port", type=int, default=0)
    options = parser.parse_args()
    _Handler.plain, _Handler.changed = pages_of(options.files)
    for pages in (_Handler.plain, _Handler.changed):
        pages.prepare((1000, 10_000))
        pages.prepare((10_000,))
    _Handler.now = _Handler.plain
    serve(_Handler, options.port)


if __name__ == "__main__":
    main()

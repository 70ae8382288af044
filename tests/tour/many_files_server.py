"""The servers for the account with very many files."""

import json
import urllib.request
from collections.abc import Iterator, Sequence
from typing import NamedTuple, Protocol


class Served(NamedTuple):
    """A file on the server."""

    filename: str
    purpose: str
    size: int


class ManyFilesServer(Protocol):
    """A server for the account."""

    needle: str
    """A part of a few file names."""

    @property
    def base_url(self) -> str: ...

    def served(self) -> Sequence[Served]:
        """All current files."""

    def change(self) -> None:
        """Add some files and delete others."""


class PageServer:
    """The page server of the benchmarks."""

    needle = "run976-"

    def __init__(self, address: str) -> None:
        self._address = address
        self.base_url = f"{address}/v1"

    def served(self) -> list[Served]:
        return list(self._listed())

    def change(self) -> None:
        with urllib.request.urlopen(f"{self._address}/change", data=b"") as answer:
            answer.read()

    def _listed(self) -> Iterator[Served]:
        after = ""
        while True:
            with urllib.request.urlopen(f"{self.base_url}/files?limit=10000{after}") as answer:
                page = json.loads(answer.read())
            for item in page["data"]:
                yield Served(item["filename"], item["purpose"], item["bytes"])
            if not page["has_more"]:
                return
            after = f"&after={page['last_id']}"

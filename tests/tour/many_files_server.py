"""What the account with very many files is at."""

import json
import urllib.request
from collections.abc import Iterator, Sequence
from typing import NamedTuple, Protocol


class Served(NamedTuple):
    """A file as its server has it."""

    filename: str
    purpose: str
    size: int


class ManyFilesServer(Protocol):
    """A server that the account is at."""

    needle: str
    """What a few of the names have in them."""

    @property
    def base_url(self) -> str: ...

    def served(self) -> Sequence[Served]:
        """All files that it has now."""

    def change(self) -> None:
        """Some files come and some go."""


class PageServer:
    """The server of the benchmarks, which has as many files as are asked for."""

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

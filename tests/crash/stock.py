"""The files of the crash test, with unique names and random content; checked at the end."""

import hashlib
import random
from pathlib import Path

import requests

from tests.crash.program import PURPOSE, REMOTE

LOCAL = "local-"


class Stock:
    """Local files to upload and remote files to download, with their hashes."""

    def __init__(self, source: Path, downloads: Path, base_url: str, key: str) -> None:
        self.source = source
        self.downloads = downloads
        self.local: dict[str, str] = {}
        """The SHA-256 of each local file, by name."""
        self.remote: dict[str, str] = {}
        self._base_url = base_url
        self._session = requests.Session()
        self._session.trust_env = False
        self._session.headers["Authorization"] = f"Bearer {key}"

    def grow(self, rng: random.Random, count: int) -> None:
        """Add `count` files of each, half of them up to 60 kB, half up to 1.5 MB."""
        for _ in range(count):
            name, content = self._new_file(rng, LOCAL, len(self.local))
            (self.source / name).write_bytes(content)
            self.local[name] = _sha256(content)
            name, content = self._new_file(rng, REMOTE, len(self.remote))
            answer = self._session.post(
                f"{self._base_url}/files",
                data={"purpose": PURPOSE},
                files={"file": (name, content)},
                timeout=30,
            )
            answer.raise_for_status()
            self.remote[name] = _sha256(content)

    def faults(self) -> list[str]:
        """Return what is wrong, in sentences; an empty list if nothing is."""
        return [*self._server_faults(), *self._folder_faults()]

    def close(self) -> None:
        """Close the connection."""
        self._session.close()

    def _server_faults(self) -> list[str]:
        listing = self._session.get(f"{self._base_url}/files?limit=10000", timeout=30)
        listing.raise_for_status()
        ids: dict[str, list[str]] = {}
        for file in listing.json()["data"]:
            if file["filename"].startswith(LOCAL):
                ids.setdefault(file["filename"], []).append(file["id"])
        wrong = [f"{name} is on the server, but was never sent" for name in ids.keys() - self.local]
        for name, expected in self.local.items():
            found = ids.get(name, [])
            if len(found) != 1:
                wrong.append(f"{name} is on the server {len(found)} times")
            for one in found:
                content = self._session.get(f"{self._base_url}/files/{one}/content", timeout=30)
                if content.status_code != 200 or _sha256(content.content) != expected:
                    wrong.append(f"{name} differs on the server")
        return wrong

    def _folder_faults(self) -> list[str]:
        found = {path.name: path for path in self.downloads.iterdir()}
        wrong = [
            f"{name} is in the folder, but was never requested"
            for name in found.keys() - self.remote
        ]
        for name, expected in self.remote.items():
            if name not in found:
                wrong.append(f"{name} is missing in the folder")
            elif _sha256(found[name].read_bytes()) != expected:
                wrong.append(f"{name} differs in the folder")
        return wrong

    def _new_file(self, rng: random.Random, kind: str, number: int) -> tuple[str, bytes]:
        size = rng.randrange(60_000) if rng.random() < 0.5 else rng.randrange(1_500_000)
        return f"{kind}{number:04d}.jsonl", rng.randbytes(size)


def _sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()

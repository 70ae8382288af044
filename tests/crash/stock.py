"""The files of the crash test: made with unique names and random content, and looked for at the end."""

import hashlib
import random
from pathlib import Path

import requests

from tests.crash.program import PURPOSE, REMOTE

LOCAL = "local-"


class Stock:
    """Local files to upload and remote files to download, and what they held."""

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

    def grow(self, chance: random.Random, count: int) -> None:
        """Make so many more of both, half of them a few kilobytes, half up to 1.5 megabytes."""
        for _ in range(count):
            name, content = self._made(chance, LOCAL, len(self.local))
            (self.source / name).write_bytes(content)
            self.local[name] = _sum(content)
            name, content = self._made(chance, REMOTE, len(self.remote))
            answer = self._session.post(
                f"{self._base_url}/files",
                data={"purpose": PURPOSE},
                files={"file": (name, content)},
                timeout=30,
            )
            answer.raise_for_status()
            self.remote[name] = _sum(content)

    def faults(self) -> list[str]:
        """What is not as it must be, in sentences; empty when all is well."""
        return [*self._faults_at_server(), *self._faults_in_folder()]

    def close(self) -> None:
        """End the connection."""
        self._session.close()

    def _faults_at_server(self) -> list[str]:
        listing = self._session.get(f"{self._base_url}/files?limit=10000", timeout=30)
        listing.raise_for_status()
        ids: dict[str, list[str]] = {}
        for file in listing.json()["data"]:
            if file["filename"].startswith(LOCAL):
                ids.setdefault(file["filename"], []).append(file["id"])
        wrong = [f"{name} is at the server, nobody sent it" for name in ids.keys() - self.local]
        for name, expected in self.local.items():
            found = ids.get(name, [])
            if len(found) != 1:
                wrong.append(f"{name} is at the server {len(found)} times")
            for one in found:
                content = self._session.get(f"{self._base_url}/files/{one}/content", timeout=30)
                if content.status_code != 200 or _sum(content.content) != expected:
                    wrong.append(f"{name} differs at the server")
        return wrong

    def _faults_in_folder(self) -> list[str]:
        found = {path.name: path for path in self.downloads.iterdir()}
        wrong = [
            f"{name} is in the folder, nobody wanted it" for name in found.keys() - self.remote
        ]
        for name, expected in self.remote.items():
            if name not in found:
                wrong.append(f"{name} is missing in the folder")
            elif _sum(found[name].read_bytes()) != expected:
                wrong.append(f"{name} differs in the folder")
        return wrong

    def _made(self, chance: random.Random, kind: str, number: int) -> tuple[str, bytes]:
        size = chance.randrange(60_000) if chance.random() < 0.5 else chance.randrange(1_500_000)
        return f"{kind}{number:04d}.jsonl", chance.randbytes(size)


def _sum(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()

"""Compares, by content, what was told with what is there: each sentence is a broken promise."""

import hashlib
import sqlite3
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from pathlib import Path

from services.problems.errors import ProblemKind
from services.transfers.transfer import UNDER_WAY, Transfer, TransferKind, TransferState
from tests.promise.asked import Asked
from tests.promise.store import Store

State = TransferState


class Judge:
    """Sees the end of one course."""

    def __init__(
        self,
        asked: Asked,
        transfers: Mapping[int, Transfer],
        store: Store,
        *,
        gives_content: bool = True,
    ) -> None:
        """`gives_content` is whether the server always gave uploads back as they are."""
        self._asked = asked
        self._transfers = transfers
        self._files = store.files
        self._gives_content = gives_content

    def all_faults(
        self, downloads: Path, history: Path, received: Mapping[bytes, int]
    ) -> Iterator[str]:
        """Everything that is not as it was promised."""
        wanted = {*self._asked.uploads, *self._asked.downloads, *self._asked.deletes}
        if wanted != self._transfers.keys():
            yield f"asked for {wanted}, and there are {self._transfers.keys()}"
            return
        yield from self._of_all()
        yield from self._of_done_uploads()
        yield from self._of_uploads_at_the_server()
        yield from self._of_cancelled_uploads(received)
        yield from self._of_history(history)
        yield from self._of_downloads()
        yield from self._of_folder(downloads)
        yield from self._of_deletes()

    def _of_all(self) -> Iterator[str]:
        for one in self._transfers.values():
            if one.problem is not None and one.problem.kind is ProblemKind.DISK_FULL:
                yield f"told that the disk is full, which it is not: {one}"
            if one.state in UNDER_WAY or one.state is State.QUEUED:
                yield f"does not end: {one}"
            said = one.problem is not None and one.problem.title and one.problem.advice
            if one.state in {State.FAILED, State.UNCERTAIN} and not said:
                yield f"does not say why: {one}"

    # Uploads

    def _of_done_uploads(self) -> Iterator[str]:
        owners: defaultdict[str, list[int]] = defaultdict(list)
        for transfer_id, content in self._asked.uploads.items():
            one = self._transfers[transfer_id]
            if one.state is not State.DONE:
                continue
            owners[one.file_id].append(transfer_id)
            file = self._files.get(one.file_id)
            if file is None:
                yield f"told done, but there was never such a file: {one}"
            elif file.versions[0] != content and (
                one.warning is None
                or (
                    self._gives_content
                    and transfer_id not in self._asked.unprovable
                    and not file.damaged
                )
            ):
                yield f"told done, but the file is another one: {one} {file.name} {file.ours}"
        yield from (f"{ids} are told to be one file, {it}" for it, ids in owners.items() if ids[1:])

    def _of_uploads_at_the_server(self) -> Iterator[str]:
        owned = {one.file_id for one in self._transfers.values() if one.kind is TransferKind.UPLOAD}
        # What was deleted before it was found is rightly sent again.
        there = Counter(
            file.versions[0]
            for file in self._files.values()
            if file.ours and not file.damaged and (not file.gone or file.id in owned)
        )
        asked = Counter(self._asked.uploads.values())
        failed = Counter(
            content
            for transfer_id, content in self._asked.uploads.items()
            if self._transfers[transfer_id].state is State.FAILED
        )
        for content, count in there.items():
            wanted = asked[content] + self._asked.said_again[content]
            if count > wanted:
                yield f"{count} times at the server, asked for {wanted}: {self._told(content)}"
            elif count > wanted - failed[content]:
                yield f"told failed, but it is at the server: {self._told(content)}"

    def _of_cancelled_uploads(self, received: Mapping[bytes, int]) -> Iterator[str]:
        for transfer_id, before in self._asked.cancelled.items():
            content = self._asked.uploads[transfer_id]
            alone = list(self._asked.uploads.values()).count(content) == 1
            if alone and received[content] > before:
                yield f"cancelled, and sent again by itself: {self._transfers[transfer_id]}"

    def _of_history(self, path: Path) -> Iterator[str]:
        if not path.exists():
            return
        history = sqlite3.connect(path)
        try:
            query = "SELECT file_id, lower(hex(sha256)) FROM uploads WHERE sha256 IS NOT NULL"
            rows = history.execute(query).fetchall()
        finally:
            history.close()
        for file_id, digest in rows:
            file = self._files.get(file_id)
            if file is None or hashlib.sha256(file.versions[0]).hexdigest() != digest:
                yield f"the history has our hash for a file that is not ours: {file_id}"

    def _told(self, content: bytes) -> list[Transfer]:
        return [self._transfers[one] for one, it in self._asked.uploads.items() if it == content]

    # Downloads

    def _of_downloads(self) -> Iterator[str]:
        possible: defaultdict[Path | None, list[bytes]] = defaultdict(list)
        done = []
        for transfer_id, file_id in self._asked.downloads.items():
            one, file = self._transfers[transfer_id], self._files[file_id]
            if one.state is State.DONE:
                done.append(one)
                possible[one.path] += file.versions
                if one.warning is not None and file.cut_short:
                    possible[one.path] += [it[: len(it) - 1] for it in file.versions]
        for one in done:
            if one.path is None or not one.path.is_file():
                yield f"told done, but there is no such file: {one}"
            elif one.path.read_bytes() not in possible[one.path]:
                yield f"told done, but the content is not what the server has: {one}"

    def _of_folder(self, downloads: Path) -> Iterator[str]:
        whole = {version for file in self._files.values() for version in file.versions}
        whole |= {
            it[: len(it) - 1]
            for file in self._files.values()
            if file.cut_short
            for it in file.versions
        }
        for path in downloads.parent.iterdir():
            if path != downloads:
                yield f"outside the folder: {path.name}"
        paused = sum(self._transfers[one].state is State.PAUSED for one in self._asked.downloads)
        parts = list(downloads.glob(".*.part"))
        if len(parts) > paused:
            yield f"{len(parts)} parts of {paused} paused downloads: {[it.name for it in parts]}"
        for path in downloads.iterdir():
            if path not in parts and (not path.is_file() or path.read_bytes() not in whole):
                yield f"under its final name, and not whole: {path.name}"

    # Deletes

    def _of_deletes(self) -> Iterator[str]:
        told: defaultdict[str, list[Transfer]] = defaultdict(list)
        for transfer_id, file_id in self._asked.deletes.items():
            one = self._transfers[transfer_id]
            told[file_id].append(one)
            if one.state is State.DONE and not self._files[file_id].gone:
                yield f"told deleted, but it is there: {one}"
        for file in self._files.values():
            if file.deleted_by_us and not told[file.id]:
                yield f"deleted, though nobody asked for it: {file.id}"
            elif file.deleted_by_us and all(_not_found(one) for one in told[file.id]):
                yield f"deleted by us, and told as not found: {told[file.id]}"


def _not_found(one: Transfer) -> bool:
    return (
        one.state is State.FAILED
        and one.problem is not None
        and one.problem.kind is ProblemKind.NOT_FOUND
    )

"""Compares, by content, what the program reported with what exists: each sentence is a broken promise."""

import hashlib
import sqlite3
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from pathlib import Path

from services.problems.errors import ProblemKind
from services.transfers.transfer import UNDER_WAY, Transfer, TransferKind, TransferState
from tests.promise.requested import Requested
from tests.promise.store import Store

State = TransferState


class Judge:
    """Judges the end of one scenario."""

    def __init__(
        self,
        requested: Requested,
        transfers: Mapping[int, Transfer],
        store: Store,
        *,
        gives_content: bool = True,
    ) -> None:
        """`gives_content`: whether the server always returned uploaded content correctly."""
        self._requested = requested
        self._transfers = transfers
        self._files = store.files
        self._gives_content = gives_content

    def all_faults(
        self, downloads: Path, history: Path, received: Mapping[bytes, int]
    ) -> Iterator[str]:
        """All broken promises."""
        wanted = {*self._requested.uploads, *self._requested.downloads, *self._requested.deletes}
        if wanted != self._transfers.keys():
            yield f"requested {wanted}, but there are {self._transfers.keys()}"
            return
        yield from self._check_all()
        yield from self._check_done_uploads()
        yield from self._check_uploads_on_the_server()
        yield from self._check_canceled_uploads(received)
        yield from self._check_history(history)
        yield from self._check_downloads()
        yield from self._check_folder(downloads)
        yield from self._check_deletes()

    def _check_all(self) -> Iterator[str]:
        for one in self._transfers.values():
            if one.problem is not None and one.problem.kind is ProblemKind.DISK_FULL:
                yield f"reported a full disk, but it isn't full: {one}"
            if one.state in UNDER_WAY or one.state is State.QUEUED:
                yield f"did not end: {one}"
            explained = one.problem is not None and one.problem.title and one.problem.advice
            if one.state in {State.FAILED, State.UNCERTAIN} and not explained:
                yield f"gives no reason: {one}"

    # Uploads

    def _check_done_uploads(self) -> Iterator[str]:
        owners: defaultdict[str, list[int]] = defaultdict(list)
        for transfer_id, content in self._requested.uploads.items():
            one = self._transfers[transfer_id]
            if one.state is not State.DONE:
                continue
            owners[one.file_id].append(transfer_id)
            file = self._files.get(one.file_id)
            if file is None:
                yield f"reported as done, but there never was such a file: {one}"
            elif file.versions[0] != content and (
                one.warning is None
                or (
                    self._gives_content
                    and transfer_id not in self._requested.unprovable
                    and not file.damaged
                )
            ):
                yield f"reported as done, but with a different file: {one} {file.name} {file.ours}"
        yield from (
            f"{ids} are all reported as the same file, {it}"
            for it, ids in owners.items()
            if ids[1:]
        )

    def _check_uploads_on_the_server(self) -> Iterator[str]:
        owned = {one.file_id for one in self._transfers.values() if one.kind is TransferKind.UPLOAD}
        # A file that was deleted before it was found may be sent again.
        there = Counter(
            file.versions[0]
            for file in self._files.values()
            if file.ours and not file.damaged and (not file.gone or file.id in owned)
        )
        requested = Counter(self._requested.uploads.values())
        failed = Counter(
            content
            for transfer_id, content in self._requested.uploads.items()
            if self._transfers[transfer_id].state is State.FAILED
        )
        for content, count in there.items():
            wanted = requested[content] + self._requested.resends[content]
            if count > wanted:
                yield f"{count} times on the server, but {wanted} requested: {self._uploads_of(content)}"
            elif count > wanted - failed[content]:
                yield f"reported as failed, but it is on the server: {self._uploads_of(content)}"

    def _check_canceled_uploads(self, received: Mapping[bytes, int]) -> Iterator[str]:
        for transfer_id, before in self._requested.canceled.items():
            content = self._requested.uploads[transfer_id]
            alone = list(self._requested.uploads.values()).count(content) == 1
            if alone and received[content] > before:
                yield f"canceled, but sent again: {self._transfers[transfer_id]}"

    def _check_history(self, path: Path) -> Iterator[str]:
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
                yield f"the history has the hash of our file for a different one: {file_id}"

    def _uploads_of(self, content: bytes) -> list[Transfer]:
        return [
            self._transfers[one] for one, it in self._requested.uploads.items() if it == content
        ]

    # Downloads

    def _check_downloads(self) -> Iterator[str]:
        possible: defaultdict[Path | None, list[bytes]] = defaultdict(list)
        done = []
        for transfer_id, file_id in self._requested.downloads.items():
            one, file = self._transfers[transfer_id], self._files[file_id]
            if one.state is State.DONE:
                done.append(one)
                possible[one.path] += file.versions
                if one.warning is not None and file.cut_short:
                    possible[one.path] += [it[: len(it) - 1] for it in file.versions]
        for one in done:
            if one.path is None or not one.path.is_file():
                yield f"reported as done, but the file doesn't exist: {one}"
            elif one.path.read_bytes() not in possible[one.path]:
                yield f"reported as done, but the content differs from the server's: {one}"

    def _check_folder(self, downloads: Path) -> Iterator[str]:
        complete = {version for file in self._files.values() for version in file.versions}
        complete |= {
            it[: len(it) - 1]
            for file in self._files.values()
            if file.cut_short
            for it in file.versions
        }
        for path in downloads.parent.iterdir():
            if path != downloads:
                yield f"outside the folder: {path.name}"
        paused = sum(
            self._transfers[one].state is State.PAUSED for one in self._requested.downloads
        )
        parts = list(downloads.glob(".*.part"))
        if len(parts) > paused:
            yield f"{len(parts)} partial files of {paused} paused downloads: {[it.name for it in parts]}"
        for path in downloads.iterdir():
            if path not in parts and (not path.is_file() or path.read_bytes() not in complete):
                yield f"incomplete under its final name: {path.name}"

    # Deletes

    def _check_deletes(self) -> Iterator[str]:
        reported: defaultdict[str, list[Transfer]] = defaultdict(list)
        for transfer_id, file_id in self._requested.deletes.items():
            one = self._transfers[transfer_id]
            reported[file_id].append(one)
            if one.state is State.DONE and not self._files[file_id].gone:
                yield f"reported as deleted, but it exists: {one}"
        for file in self._files.values():
            if file.deleted_by_us and not reported[file.id]:
                yield f"deleted, though nobody requested it: {file.id}"
            elif file.deleted_by_us and all(_not_found(one) for one in reported[file.id]):
                yield f"deleted by us, but reported as not found: {reported[file.id]}"


def _not_found(one: Transfer) -> bool:
    return (
        one.state is State.FAILED
        and one.problem is not None
        and one.problem.kind is ProblemKind.NOT_FOUND
    )

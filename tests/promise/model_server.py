"""A Files API server with a will of its own: real sockets and threads, virtual time."""

import json
import threading
from collections import Counter, deque
from collections.abc import Callable, Sequence
from dataclasses import replace
from email.utils import formatdate

from tests.promise.content_answers import content_delivery, content_reply
from tests.promise.fates import (
    MEANS_NOT_DONE,
    ContentFate,
    ContentRule,
    DeleteFate,
    MoreSaid,
    Paging,
    Said,
    ServerWill,
    UploadFate,
)
from tests.promise.parking import LineCut, Parking
from tests.promise.renaming import renamed
from tests.promise.store import Kept, Store
from tests.promise.virtual_clock import BEGINNING, VirtualClock
from tests.support.files_server import ScriptedFilesServer
from tests.support.http_connection import FilesConnection
from tests.support.recorded_request import RecordedRequest
from tests.support.served_files import Reply, error
from tests.support.server_faults import Fault

OUTPUT = "batch_output"
"""The purpose of files that are downloaded: their content is always given, in some way."""

_JSON = (("Content-Type", "application/json"),)
_SOON = (("retry-after-ms", "1"),)


class ModelServer(ScriptedFilesServer):
    """Does with each request what was drawn for it, and rightly what nothing was drawn for."""

    def __init__(self, will: ServerWill, clock: VirtualClock, changed: Callable[[], None]) -> None:
        """`changed` is called whenever a request has begun or ended to be held."""
        self.will = will
        self.clock = clock
        self.store = Store()
        self.parked = Parking(changed)
        self.fates: dict[bytes, deque[UploadFate]] = {}
        """What becomes of uploads, by their content."""
        self.delete_fates: deque[DeleteFate] = deque()
        self.content_fates: deque[ContentFate] = deque()
        self.proof_fates: deque[ContentFate] = deque()
        self.proofs_failed = False
        """Whether the content of an upload was once not given back as it is."""
        self.received: Counter[bytes] = Counter()
        """How often each content came whole."""
        self.answered: set[str] = set()
        """The ids that the client was told in the answer to an upload."""
        self.answers_lost = 0
        self.lock = threading.RLock()
        self._severed = False
        self._here = threading.local()
        super().__init__()

    # What the course does

    def sever(self) -> None:
        """Lose the client that there is: nothing that it sends from now on has any effect."""
        with self.lock:
            self._severed = True
        self.parked.cut_all()
        with self._condition:
            for connection in self._open:
                connection.shut()

    def reconnect(self) -> None:
        """Take another client."""
        with self.lock:
            self._severed = False

    @property
    def now(self) -> int:
        """By its own clock."""
        return int(self.clock()) + self.will.ahead

    def keep(self, name: str, purpose: str, content: bytes, *, ours: bool, late: float) -> Kept:
        """Have one more file, listed so many seconds later."""
        with self.lock:
            return self.store.keep(
                renamed(name, self.will.renaming),
                purpose,
                content,
                now=self.clock(),
                created_at=self.now,
                ours=ours,
                listed_after=late,
            )

    # What a connection asks

    def _serve(self, connection: FilesConnection, fault: Fault | None) -> None:
        self._here.connection = connection
        super()._serve(connection, fault)

    def record(self, request: RecordedRequest) -> Fault | None:
        """Find out how a content is given; all else is decided when the request is whole."""
        self._check_line()
        if request.method != "GET" or not request.path.endswith("/content"):
            return None
        with self.lock:
            file = self.store.find(request.path.split("/")[2])
            self._here.fate = fate = ContentFate()
            if file is None:
                return None
            if file.purpose != OUTPUT:
                return self._proof_delivery(file)
            if self.content_fates:
                self._here.fate = fate = self.content_fates.popleft()
            if fate.changes:
                file.change(file.content[::-1] + b"!")
            if fate.status != 200:
                return None
            delivery = content_delivery(len(file.content), file.told_size, fate)
            file.cut_short |= delivery.length_lie < 0
            return delivery

    def _proof_delivery(self, file: Kept) -> Fault | None:
        if self.will.content is not ContentRule.GIVEN or not self.proof_fates:
            return None
        self.proofs_failed = True
        # Whoever looks is the course itself, which could answer nothing that is held.
        fate = replace(self.proof_fates.popleft(), held=None, changes=False)
        self._here.fate = fate
        if fate.status != 200:
            return None
        return content_delivery(len(file.content), file.told_size, fate)

    def answer(self, request: RecordedRequest) -> Reply:
        """Carry a request out as its fate says."""
        self._check_line()
        reply = self._answer(request)
        if self.will.sends_date:
            date = ("Date", formatdate(self.now, usegmt=True))
            reply = Reply(reply.status, (*reply.headers, date), reply.body)
        return reply

    def stall(self) -> None:
        """Hold the connection of this thread."""
        connection: FilesConnection = self._here.connection
        self.parked.wait(lambda: self.closing.is_set() or connection.left)

    def _answer(self, request: RecordedRequest) -> Reply:
        match request.method, request.path.strip("/").split("/"):
            case "GET", ["files"]:
                return self._listing(request.query)
            case "POST", ["files"]:
                return self._upload(request)
            case "GET", ["files", file_id]:
                return self._retrieve(file_id)
            case "DELETE", ["files", file_id]:
                return self._delete(file_id)
            case "GET", ["files", file_id, "content"]:
                return self._content(file_id, request)
        return error(404, "Invalid URL")

    def _upload(self, request: RecordedRequest) -> Reply:
        reader = request.multipart
        assert reader is not None
        content = reader.content
        assert content is not None
        with self.lock:
            self._check_line()
            self.received[content] += 1
            fates = self.fates.get(content)
            fate = fates.popleft() if fates else UploadFate()
            made = None
            if fate.is_kept:
                purpose = reader.fields["purpose"]
                made = self.keep(
                    reader.filename or "",
                    purpose,
                    content[:-1] if fate.damaged else content,
                    ours=True,
                    late=fate.listed_after,
                )
                made.damaged = fate.damaged and content != b""
            if fate.said is not Said.RIGHT and fate.said not in MEANS_NOT_DONE:
                self.answers_lost += 1
        if fate.held:
            self.stall()
        right = json.dumps(self._described(made)).encode() if made is not None else b""
        if made is not None and fate.said is Said.RIGHT:
            with self.lock:
                self._check_line()
                self.answered.add(made.id)
        return _as_said(fate.said, right)

    def _delete(self, file_id: str) -> Reply:
        with self.lock:
            self._check_line()
            file = self.store.find(file_id)
            if file is None:
                return error(404, f"No such File object: {file_id}")
            fate = self.delete_fates.popleft() if self.delete_fates else DeleteFate()
            if fate.is_carried_out:
                file.gone = file.deleted_by_us = True
        if fate.held:
            self.stall()
        return _as_said(fate.said, json.dumps({"id": file_id, "deleted": True}).encode())

    def _retrieve(self, file_id: str) -> Reply:
        with self.lock:
            file = self.store.find(file_id)
            if file is None:
                return error(404, f"No such File object: {file_id}")
            return Reply(200, _JSON, json.dumps(self._described(file)).encode())

    def _content(self, file_id: str, request: RecordedRequest) -> Reply:
        with self.lock:
            file = self.store.find(file_id)
            if file is None:
                return error(404, f"No such File object: {file_id}")
            if file.purpose != OUTPUT and self.will.content is ContentRule.REFUSED:
                return error(400, f"Not allowed to download files of purpose: {file.purpose}")
            if file.purpose != OUTPUT and self.will.content is ContentRule.FAILS:
                return error(500, "The server had an error")
            return content_reply(file.content, self._here.fate, request.headers)

    def _listing(self, query: dict[str, str]) -> Reply:
        begin, end = self.will.unlisted_between
        if not self.will.lists:
            return error(405, "Method Not Allowed")
        if begin <= self.clock() - BEGINNING < end:
            return error(500, "The server had an error")
        with self.lock:
            files = [
                file
                for file in self.store.listed(self.clock())
                if query.get("purpose") in {None, file.purpose}
            ]
            files = self._in_order(files)
            ids = [file.id for file in files]
            after = query.get("after")
            if after is not None:
                if after not in ids:
                    return error(400, f"No such File object: {after}")
                files = files[ids.index(after) + 1 :]
            breaks_off = self.will.more_said is MoreSaid.BREAKS_OFF and after is not None
            page = (
                []
                if breaks_off
                else files[: min(int(query.get("limit", 10_000)), self.will.largest_page)]
            )
            listing: dict[str, object] = {
                "object": "list",
                "data": [self._described(file) for file in page],
                "has_more": len(page) < len(files) or self.will.more_said is MoreSaid.ALWAYS,
            }
        if self.will.more_said is MoreSaid.MISSING:
            del listing["has_more"]
        return Reply(200, _JSON, json.dumps(listing).encode())

    def _in_order(self, files: Sequence[Kept]) -> list[Kept]:
        match self.will.paging:
            case Paging.NEWEST:
                return list(reversed(files))
            case Paging.OLDEST:
                return list(files)
            case _:
                return sorted(files, key=lambda file: file.id[::-1])

    def _described(self, file: Kept) -> dict[str, object]:
        fields: dict[str, object] = {
            "object": "file",
            "id": file.id,
            "purpose": file.purpose,
            "filename": file.name,
            "bytes": file.told_size,
            "status": "processed",
        }
        return fields | ({"created_at": file.created_at} if self.will.dated else {})

    def _check_line(self) -> None:
        if self._severed:
            raise LineCut


def _as_said(said: Said, right: bytes) -> Reply:
    match said:
        case Said.CUT:
            raise LineCut
        case Said.FAILED:
            return error(500, "The server had an error")
        case Said.GATEWAY:
            return Reply(502, (("Content-Type", "text/html"),), b"<html>Bad Gateway</html>")
        case Said.GARBLED:
            return Reply(200, _JSON, b'{"object": "file", "id": "fi')
        case Said.ODD:
            return Reply(200, _JSON, b'{"ok": true}')
        case Said.REFUSED:
            return error(400, "Invalid file format")
        case Said.BUSY:
            busy = error(429, "Rate limit reached")
            return Reply(429, (*busy.headers, *_SOON), busy.body)
        case Said.OVERLOADED:
            overloaded = error(503, "Overloaded")
            return Reply(503, (*overloaded.headers, *_SOON), overloaded.body)
        case _:
            return Reply(200, _JSON, right)

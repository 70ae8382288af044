"""A misbehaving Files API server with real sockets and threads, but virtual time."""

import json
import threading
from collections import Counter, deque
from collections.abc import Callable, Sequence
from dataclasses import replace
from email.utils import formatdate

from tests.promise.behaviors import (
    REJECTIONS,
    ContentBehavior,
    ContentRule,
    DeleteBehavior,
    HasMore,
    Paging,
    Response,
    ServerTraits,
    UploadBehavior,
)
from tests.promise.content_replies import content_delivery, content_reply
from tests.promise.held_requests import ConnectionCut, HeldRequests
from tests.promise.renaming import renamed
from tests.promise.store import Store, StoredFile
from tests.promise.virtual_clock import START, VirtualClock
from tests.support.files_server import ScriptedFilesServer
from tests.support.http_connection import FilesConnection
from tests.support.recorded_request import RecordedRequest
from tests.support.served_files import Reply, error
from tests.support.server_faults import Fault

OUTPUT = "batch_output"
"""The purpose of files to download; their content is always available in some way."""

_JSON = (("Content-Type", "application/json"),)
_SOON = (("retry-after-ms", "1"),)


class ModelServer(ScriptedFilesServer):
    """Handles each request with the behavior drawn for it, or else correctly."""

    def __init__(
        self, traits: ServerTraits, clock: VirtualClock, changed: Callable[[], None]
    ) -> None:
        """`changed` is called whenever a request starts or stops being held."""
        self.traits = traits
        self.clock = clock
        self.store = Store()
        self.held_requests = HeldRequests(changed)
        self.behaviors: dict[bytes, deque[UploadBehavior]] = {}
        """What happens to uploads, by content."""
        self.delete_behaviors: deque[DeleteBehavior] = deque()
        self.content_behaviors: deque[ContentBehavior] = deque()
        self.proof_behaviors: deque[ContentBehavior] = deque()
        self.proofs_failed = False
        """Whether a download of an uploaded file ever failed or was faulty."""
        self.received: Counter[bytes] = Counter()
        """How often each content was received completely."""
        self.answered: set[str] = set()
        """The file IDs sent in upload responses."""
        self.answers_lost = 0
        self.lock = threading.RLock()
        self._severed = False
        self._local = threading.local()
        super().__init__()

    # Called by the scenario

    def sever(self) -> None:
        """Disconnect the current client: nothing it sends from now on has any effect."""
        with self.lock:
            self._severed = True
        self.held_requests.cut_all()
        with self._condition:
            for connection in self._open:
                connection.shut()

    def reconnect(self) -> None:
        """Accept a new client."""
        with self.lock:
            self._severed = False

    @property
    def now(self) -> int:
        """The time by the server's clock."""
        return int(self.clock()) + self.traits.ahead

    def add_file(
        self, name: str, purpose: str, content: bytes, *, ours: bool, late: float
    ) -> StoredFile:
        """Add a file, which listings include after `late` seconds."""
        with self.lock:
            return self.store.add(
                renamed(name, self.traits.renaming),
                purpose,
                content,
                now=self.clock(),
                created_at=self.now,
                ours=ours,
                listed_after=late,
            )

    # Called by connections

    def _serve(self, connection: FilesConnection, fault: Fault | None) -> None:
        self._local.connection = connection
        super()._serve(connection, fault)

    def record(self, request: RecordedRequest) -> Fault | None:
        """Choose how a download is delivered; everything else is decided once the request is complete."""
        self._check_connection()
        if request.method != "GET" or not request.path.endswith("/content"):
            return None
        with self.lock:
            file = self.store.find(request.path.split("/")[2])
            self._local.behavior = behavior = ContentBehavior()
            if file is None:
                return None
            if file.purpose != OUTPUT:
                return self._proof_delivery(file)
            if self.content_behaviors:
                self._local.behavior = behavior = self.content_behaviors.popleft()
            if behavior.changes:
                file.change(file.content[::-1] + b"!")
            if behavior.status != 200:
                return None
            delivery = content_delivery(len(file.content), file.listed_size, behavior)
            file.cut_short |= delivery.length_lie < 0
            return delivery

    def _proof_delivery(self, file: StoredFile) -> Fault | None:
        if self.traits.content is not ContentRule.GIVEN or not self.proof_behaviors:
            return None
        self.proofs_failed = True
        # The scenario waits for this download, so it couldn't release it.
        behavior = replace(self.proof_behaviors.popleft(), held=None, changes=False)
        self._local.behavior = behavior
        if behavior.status != 200:
            return None
        return content_delivery(len(file.content), file.listed_size, behavior)

    def answer(self, request: RecordedRequest) -> Reply:
        """Carry out a request as its behavior says."""
        self._check_connection()
        reply = self._answer(request)
        if self.traits.sends_date:
            date = ("Date", formatdate(self.now, usegmt=True))
            reply = Reply(reply.status, (*reply.headers, date), reply.body)
        return reply

    def stall(self) -> None:
        """Hold this thread's connection."""
        connection: FilesConnection = self._local.connection
        self.held_requests.wait(lambda: self.closing.is_set() or connection.left)

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
            self._check_connection()
            self.received[content] += 1
            behaviors = self.behaviors.get(content)
            behavior = behaviors.popleft() if behaviors else UploadBehavior()
            created = None
            if behavior.is_stored:
                purpose = reader.fields["purpose"]
                created = self.add_file(
                    reader.filename or "",
                    purpose,
                    content[:-1] if behavior.damaged else content,
                    ours=True,
                    late=behavior.listed_after,
                )
                created.damaged = behavior.damaged and content != b""
            if behavior.response is not Response.CORRECT and behavior.response not in REJECTIONS:
                self.answers_lost += 1
        if behavior.held:
            self.stall()
        body = json.dumps(self._described(created)).encode() if created is not None else b""
        if created is not None and behavior.response is Response.CORRECT:
            with self.lock:
                self._check_connection()
                self.answered.add(created.id)
        return _reply(behavior.response, body)

    def _delete(self, file_id: str) -> Reply:
        with self.lock:
            self._check_connection()
            file = self.store.find(file_id)
            if file is None:
                return error(404, f"No such File object: {file_id}")
            behavior = (
                self.delete_behaviors.popleft() if self.delete_behaviors else DeleteBehavior()
            )
            if behavior.is_carried_out:
                file.gone = file.deleted_by_us = True
        if behavior.held:
            self.stall()
        return _reply(behavior.response, json.dumps({"id": file_id, "deleted": True}).encode())

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
            if file.purpose != OUTPUT and self.traits.content is ContentRule.REJECTED:
                return error(400, f"Not allowed to download files of purpose: {file.purpose}")
            if file.purpose != OUTPUT and self.traits.content is ContentRule.FAILS:
                return error(500, "The server had an error")
            return content_reply(file.content, self._local.behavior, request.headers)

    def _listing(self, query: dict[str, str]) -> Reply:
        begin, end = self.traits.unlisted_between
        if not self.traits.lists:
            return error(405, "Method Not Allowed")
        if begin <= self.clock() - START < end:
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
            breaks_off = self.traits.has_more is HasMore.CUT_SHORT and after is not None
            page = (
                []
                if breaks_off
                else files[: min(int(query.get("limit", 10_000)), self.traits.largest_page)]
            )
            listing: dict[str, object] = {
                "object": "list",
                "data": [self._described(file) for file in page],
                "has_more": len(page) < len(files) or self.traits.has_more is HasMore.ALWAYS,
            }
        if self.traits.has_more is HasMore.MISSING:
            del listing["has_more"]
        return Reply(200, _JSON, json.dumps(listing).encode())

    def _in_order(self, files: Sequence[StoredFile]) -> list[StoredFile]:
        match self.traits.paging:
            case Paging.NEWEST:
                return list(reversed(files))
            case Paging.OLDEST:
                return list(files)
            case _:
                return sorted(files, key=lambda file: file.id[::-1])

    def _described(self, file: StoredFile) -> dict[str, object]:
        fields: dict[str, object] = {
            "object": "file",
            "id": file.id,
            "purpose": file.purpose,
            "filename": file.name,
            "bytes": file.listed_size,
            "status": "processed",
        }
        return fields | ({"created_at": file.created_at} if self.traits.dated else {})

    def _check_connection(self) -> None:
        if self._severed:
            raise ConnectionCut


def _reply(response: Response, body: bytes) -> Reply:
    match response:
        case Response.CUT:
            raise ConnectionCut
        case Response.FAILED:
            return error(500, "The server had an error")
        case Response.GATEWAY:
            return Reply(502, (("Content-Type", "text/html"),), b"<html>Bad Gateway</html>")
        case Response.GARBLED:
            return Reply(200, _JSON, b'{"object": "file", "id": "fi')
        case Response.ODD:
            return Reply(200, _JSON, b'{"ok": true}')
        case Response.REJECTED:
            return error(400, "Invalid file format")
        case Response.BUSY:
            busy = error(429, "Rate limit reached")
            return Reply(429, (*busy.headers, *_SOON), busy.body)
        case Response.OVERLOADED:
            overloaded = error(503, "Overloaded")
            return Reply(503, (*overloaded.headers, *_SOON), overloaded.body)
        case _:
            return Reply(200, _JSON, body)

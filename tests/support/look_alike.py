"""A server that resembles the official one, described as data, and served on the loopback interface.

    with LookAlikeServer(LOOK_ALIKES["groq"], many_files(3)) as server:
        ...

It refuses what the description doesn't mention, so that a client that sends anything else fails.
With `strict=False`, it ignores that instead, as most servers do.
"""

import json
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from enum import Enum, auto

from tests.support.files_server import ScriptedFilesServer
from tests.support.recorded_request import RecordedRequest
from tests.support.served_files import Reply, ServedFile, error, json_reply, served_file

Fields = dict[str, object]


class Pages(Enum):
    """What the next page is requested by."""

    AFTER = auto()
    """The last ID."""
    TOKEN = auto()
    NUMBER = auto()
    """The first page has the number 0."""
    NUMBER_FROM_1 = auto()
    ONE = auto()
    """Nothing: there is one page."""


class HasMore(Enum):
    """Whether a page says that there is another one."""

    SAID = auto()
    MISSING = auto()
    ALWAYS = auto()
    """It says so even if there is none."""


def as_sent(seconds: int) -> object:
    """A time in seconds since 1970."""
    return seconds


def in_words(seconds: int) -> object:
    """A time as servers in Go write it, with nanoseconds."""
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%S.123456789Z")


def plain(answer: Fields) -> Fields:
    """No envelope."""
    return answer


def deletion(file: ServedFile, _described: Fields) -> Fields:
    """The official answer to a delete."""
    return {"id": file.id, "object": "file", "deleted": True}


def unknown_file(file_id: str) -> Reply:
    """The official answer about an unknown file."""
    return error(404, f"No such File object: {file_id}", param="id")


@dataclass(frozen=True)
class LookAlike:
    """How a server behaves; by default, as the official one."""

    base_path: str = "/v1"
    key_header: str = "authorization"
    query: Mapping[str, str] = field(default_factory=dict)
    """Parameters without which it answers nothing."""
    files_path: str = "/files"

    pages: Pages = Pages.AFTER
    cursor: str = "after"
    limit: str = "limit"
    page_size: int = 10_000
    """Files on a page if no limit is given."""
    largest: int = 10_000
    clamps: bool = False
    """Whether a larger limit means the largest one, instead of an error."""
    has_more: HasMore = HasMore.SAID
    list_parameters: frozenset[str] = frozenset({"purpose", "order"})
    """Besides the cursor and the limit."""
    order: frozenset[str] = frozenset({"asc", "desc"})
    """What `order` may be."""
    needed: Mapping[str, str] = field(default_factory=dict)
    """Parameters without which it doesn't list."""
    items: str = "data"
    token: str = ""
    """The field for the next token; also told if there is no next page, as an empty text."""
    counts: bool = False
    """Whether a page has the total."""
    around: Mapping[str, object] = field(default_factory=lambda: {"object": "list"})
    """Other fields of a page."""
    has_ids: bool = True
    """Whether a page has `first_id` and `last_id`."""

    names: Mapping[str, str] = field(default_factory=dict)
    """Official names of fields to its own; empty for those it doesn't have."""
    more: Mapping[str, object] = field(default_factory=dict)
    """Fields that the official service doesn't have, or with other values."""
    time: Callable[[int], object] = as_sent
    path_of_id: str = ""
    """What comes before the ID in an object."""
    envelope: Callable[[Fields], Fields] = plain

    upload_path: str = "/files"
    upload_status: int = 200
    fields: frozenset[str] = frozenset({"purpose"})
    """The fields that an upload must have."""
    optional_fields: frozenset[str] = frozenset()
    purposes: frozenset[str] | None = None
    """The purposes that it accepts; None for any."""
    expires: Callable[[Mapping[str, str]], int | None] = lambda _fields: None
    """After how many seconds an upload with these fields expires."""
    unique_names: bool = False

    deleted: Callable[[ServedFile, Fields], Fields] = deletion
    unknown: Callable[[str], Reply] = unknown_file
    content: Callable[[ServedFile], Reply] = lambda file: Reply(200, (), file)
    lists: frozenset[str] = frozenset()
    """The lists of jobs that it has, by the value of the `JobKind`; all of them empty."""
    lacks: frozenset[str] = frozenset()
    """Of `upload`, `download` and `delete`, those that it answers with 404."""


_PATHS_OF_LISTS = {
    "/batches": "batches",
    "/fine_tuning/jobs": "fine_tuning",
    "/vector_stores": "vector_stores",
}


class LookAlikeServer(ScriptedFilesServer):
    """Behaves as described, from its creation until `close`."""

    def __init__(
        self, like: LookAlike, files: Iterable[ServedFile] = (), *, strict: bool = True
    ) -> None:
        self.like = like
        self._strict = strict
        self._stored = list(files)
        """The oldest first."""
        super().__init__(base_path=like.base_path)

    @property
    def stored(self) -> list[ServedFile]:
        """The files that it has now, the oldest first."""
        return list(self._stored)

    def answer(self, request: RecordedRequest) -> Reply:
        """Carry out a request and return the correct response."""
        like = self.like
        bearer = request.headers.get("authorization", "") == f"Bearer {self.key}"
        if like.key_header == "authorization" or not self._strict:
            accepted = bearer
        else:
            accepted = request.headers.get(like.key_header) == self.key
        if not accepted:
            return error(401, "Incorrect API key provided.")
        if any(request.query.get(name) != value for name, value in like.query.items()):
            return error(404, "Resource not found")
        query = {name: value for name, value in request.query.items() if name not in like.query}
        method, path = request.method, request.path
        if (method, path) == ("POST", like.upload_path) and "upload" not in like.lacks:
            return self._uploaded(request)
        if method == "GET" and _PATHS_OF_LISTS.get(path) in like.lists:
            return json_reply({"object": "list", "data": [], "has_more": False})
        if not path.startswith(like.files_path):
            return error(404, f"Invalid URL ({method} {path})")
        parts = path.removeprefix(like.files_path).strip("/").split("/")
        if parts == [""]:
            return self._page(query) if method == "GET" else error(405, "Method Not Allowed")
        file = next((file for file in self._stored if file.id == parts[0]), None)
        if query and self._strict:
            return error(400, f"Unknown parameters: {sorted(query)}")
        if file is None:
            return like.unknown(parts[0])
        described = self._described(file)
        match method, *parts[1:]:
            case ["GET"]:
                return json_reply(like.envelope(described))
            case ["GET", "content"] if "download" not in like.lacks:
                return like.content(file)
            case ["DELETE"] if "delete" not in like.lacks:
                self._stored.remove(file)
                return json_reply(like.envelope(like.deleted(file, described)))
        return error(404, f"Invalid URL ({method} {path})")

    def _page(self, query: dict[str, str]) -> Reply:
        like = self.like
        known = {like.cursor, like.limit} | like.list_parameters | set(like.needed)
        if self._strict and not query.keys() <= known:
            return error(400, f"Unknown parameters: {sorted(query.keys() - known)}")
        for name, value in like.needed.items():
            if query.get(name) != value:
                return error(400, f"{name} is required", param=name)
        if "order" in like.list_parameters and query.get("order") not in {None, *like.order}:
            return error(400, "order is invalid", param="order")
        size = int(query.get(like.limit, like.page_size)) if like.limit else like.page_size
        if size > like.largest and not like.clamps:
            return error(400, f"limit must be at most {like.largest}", param="limit")
        size = min(size, like.largest)
        files = self._stored[::-1]
        if "purpose" in query and "purpose" in known:
            files = [file for file in files if file.purpose == query["purpose"]]
        start = self._start_at(files, query.get(like.cursor) if like.cursor else None, size)
        if start is None:
            return error(400, "unknown cursor", param=like.cursor)
        shown = files[start : start + size]
        return json_reply(like.envelope(self._around(files, shown, start)))

    def _start_at(self, files: Sequence[ServedFile], cursor: str | None, size: int) -> int | None:
        if cursor is None:
            return 0
        match self.like.pages:
            case Pages.AFTER:
                ids = [file.id for file in files]
                return ids.index(cursor) + 1 if cursor in ids else None
            case Pages.TOKEN:
                return int(cursor.removeprefix("from ")) if cursor.startswith("from ") else None
            case Pages.NUMBER:
                return int(cursor) * size
            case Pages.NUMBER_FROM_1:
                return (int(cursor) - 1) * size
        return 0

    def _around(
        self, files: Sequence[ServedFile], shown: Sequence[ServedFile], start: int
    ) -> Fields:
        like = self.like
        end = start + len(shown)
        page: Fields = {**like.around, like.items: [self._described(file) for file in shown]}
        if like.has_more is not HasMore.MISSING:
            page["has_more"] = like.has_more is HasMore.ALWAYS or end < len(files)
        if like.token:
            page[like.token] = f"from {end}" if end < len(files) else ""
        if like.counts:
            page["total"] = len(files)
        if like.has_ids:
            page |= {
                "first_id": shown[0].id if shown else "",
                "last_id": shown[-1].id if shown else "",
            }
        return page

    def _described(self, file: ServedFile) -> Fields:
        like = self.like
        fields = file.described() | {"created_at": like.time(file.created_at)}
        fields["id"] = like.path_of_id + file.id
        named = {like.names.get(name, name): value for name, value in fields.items()}
        named.pop("", None)
        return {**named, **like.more}

    def _uploaded(self, request: RecordedRequest) -> Reply:
        like, reader = self.like, request.multipart
        if reader is None or not reader.complete or reader.filename is None:
            return error(400, "'file' is a required property")
        sent = set(reader.fields)
        if not like.fields <= sent:
            return error(400, f"missing: {sorted(like.fields - sent)}")
        if self._strict and not sent <= like.fields | like.optional_fields:
            return error(400, f"not expected: {sorted(sent - like.fields - like.optional_fields)}")
        if reader.order[-1] != "file":
            return error(400, "the file must be the last field")
        purpose = reader.fields["purpose"]
        if like.purposes is not None and purpose not in like.purposes:
            return error(400, f"'{purpose}' is not one of {sorted(like.purposes)}")
        if like.unique_names and any(one.filename == reader.filename for one in self._stored):
            return Reply(400, (("Content-Type", "text/plain"),), b"File already exists")
        file = served_file(
            reader.filename,
            purpose=purpose,
            content=reader.content or b"",
            created_at=int(time.time()),
        )
        seconds = like.expires(reader.fields)
        if seconds is not None:
            file = replace(file, expires_at=file.created_at + seconds)
        self._stored.append(file)
        return json_reply(like.envelope(self._described(file)), like.upload_status)


def text_reply(status: int, text: str) -> Reply:
    """Plain text."""
    return Reply(status, (("Content-Type", "text/plain"),), text.encode())


def json_content(value: object) -> Callable[[ServedFile], Reply]:
    """Content that isn't the file's."""
    body = json.dumps(value).encode()
    return lambda _file: Reply(200, (("Content-Type", "application/json"),), body)

"""The files of a `ScriptedFilesServer`, and the responses of its five endpoints."""

import hashlib
import json
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from enum import Enum, auto
from itertools import count
from urllib.parse import quote

_numbers = count(1)
_UPLOAD_PURPOSES = ["assistants", "batch", "fine-tune", "vision", "user_data", "evals"]


@dataclass
class ServedFile:
    """One file; if `content` is None, it consists of `size` zero bytes."""

    id: str
    filename: str
    purpose: str
    size: int
    content: bytes | None = None
    created_at: int = 1_700_000_000
    expires_at: int | None = None
    status: str = "processed"
    extra: dict[str, object] = field(default_factory=dict)

    def described(self) -> dict[str, object]:
        """The file object of the API."""
        fields: dict[str, object] = {
            "object": "file",
            "id": self.id,
            "purpose": self.purpose,
            "filename": self.filename,
            "bytes": self.size,
            "created_at": self.created_at,
            "status": self.status,
            "status_details": None,
        }
        if self.expires_at is not None:
            fields["expires_at"] = self.expires_at
        return fields | self.extra

    def pieces(self) -> Iterator[bytes]:
        """The content, 64 KiB at a time."""
        piece = 65536
        for start in range(0, self.size, piece):
            length = min(piece, self.size - start)
            yield bytes(length) if self.content is None else self.content[start : start + length]


def served_file(
    filename: str = "requests.jsonl",
    *,
    id: str | None = None,  # noqa: A002 - the name in the API
    purpose: str = "batch",
    content: bytes = b'{"custom_id": "1"}\n',
    size: int | None = None,
    created_at: int | None = None,
    expires_at: int | None = None,
    **extra: object,
) -> ServedFile:
    """A file to serve; with `size`, that many zero bytes, which use no memory."""
    number = next(_numbers)
    return ServedFile(
        id=id or f"file-{number:08d}",
        filename=filename,
        purpose=purpose,
        size=len(content) if size is None else size,
        content=content if size is None else None,
        created_at=1_700_000_000 + number if created_at is None else created_at,
        expires_at=expires_at,
        extra=extra,
    )


def many_files(number: int, purpose: str = "batch") -> list[ServedFile]:
    """`number` small files, the oldest first."""
    return [served_file(f"requests-{index:05d}.jsonl", purpose=purpose) for index in range(number)]


class ListingQuirk(Enum):
    """Quirks that were seen in the listings of compatible servers."""

    HAS_MORE_MISSING = auto()
    HAS_MORE_ALWAYS = auto()
    """`has_more` is true on every page."""
    LIMIT_IGNORED = auto()
    OWN_PAGE_SIZE = auto()
    """A page has at most `OWN_PAGE_SIZE` files, whatever the limit."""
    LOSES_BETWEEN_PAGES = auto()
    """The first `LOST` files after a cursor are missing."""
    AFTER_IGNORED = auto()
    REPEATED_IDS = auto()
    """Every object appears twice on its page."""
    ODD_OBJECTS = auto()
    """Each page starts with `ODD_OBJECTS`."""
    FIRST_ID_NULL = auto()


class Ranges(Enum):
    """Support for range requests."""

    NONE = auto()
    """As seen from the official service: it ignores Range and sends no ETag."""
    STRONG = auto()
    """As in RFC 9110, with an ETag that changes with the content."""
    WEAK = auto()
    """With weak ETags, which don't guarantee identical bytes."""


OWN_PAGE_SIZE = 500
LOST = 91

ODD_OBJECTS: tuple[object, ...] = (
    None,
    7,
    {"object": "file", "filename": "no id.txt"},
    {"id": "file-odd", "bytes": "12", "created_at": "2024-05-06T07:08:09Z", "filename": None},
)
"""Three that can't be shown, and one that can despite its unusual types."""


@dataclass(frozen=True, slots=True)
class Reply:
    """A response: JSON or the content of a file."""

    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes | ServedFile

    @property
    def size(self) -> int:
        """The size of the body in bytes."""
        return self.body.size if isinstance(self.body, ServedFile) else len(self.body)

    def pieces(self) -> Iterator[bytes]:
        """The body in pieces."""
        if isinstance(self.body, ServedFile):
            yield from self.body.pieces()
        elif self.body:
            yield self.body


class ServedFiles:
    """Implements the five endpoints. The caller holds a lock."""

    def __init__(self, files: Iterable[ServedFile] = ()) -> None:
        self.files = list(files)
        self.quirks: set[ListingQuirk] = set()
        self.ranges = Ranges.NONE
        self.refuse_limit: Callable[[str], tuple[int, object] | None] = lambda _limit: None
        """Returns the status and JSON to reject a `limit` with, or None."""

    def answer(
        self,
        method: str,
        path: str,
        query: dict[str, str],
        upload: ServedFile | Reply | None,
        headers: dict[str, str],
    ) -> Reply:
        """The correct response; `path` has no version, and header names are lowercase."""
        parts = path.strip("/").split("/")
        if parts[0] != "files" or len(parts) > 3:
            return error(404, f"Invalid URL ({method} {path})")
        if len(parts) == 1 and method == "GET":
            return self._page(query)
        if len(parts) == 1 and method == "POST":
            if isinstance(upload, ServedFile):
                self.files.append(upload)
                return json_reply(upload.described())
            return upload or error(400, "'file' is a required property")
        file = next((file for file in self.files if parts[1:2] == [file.id]), None)
        if file is None:
            return error(404, f"No such File object: {''.join(parts[1:2])}", param="id")
        if len(parts) == 3 and parts[2] == "content" and method == "GET":
            return _content(file, self.ranges, headers)
        if len(parts) == 2 and method == "GET":
            return json_reply(file.described())
        if len(parts) == 2 and method == "DELETE":
            self.files.remove(file)
            return json_reply({"object": "file", "id": file.id, "deleted": True})
        return error(405, f"Not allowed to {method} on {path}")

    def _page(self, query: dict[str, str]) -> Reply:
        quirks = self.quirks
        refused = self.refuse_limit(query["limit"]) if "limit" in query else None
        if refused is not None:
            return json_reply(refused[1], refused[0])
        try:
            limit = int(query.get("limit", "10000"))
        except ValueError:
            limit = 0
        if not 1 <= limit <= 10_000:
            return error(400, "'limit' is out of range", param="limit")
        if "" in (query.get("after"), query.get("purpose")):
            return error(400, "Empty parameter")
        newest_first = query.get("order", "desc") == "desc"
        # Of two files from the same second, the one added later is newer, so pages never overlap.
        numbered = enumerate(self.files)
        ordered = sorted(numbered, key=lambda pair: (pair[1].created_at, pair[0]))
        files = [file for _, file in (reversed(ordered) if newest_first else ordered)]
        if "purpose" in query:
            files = [file for file in files if file.purpose == query["purpose"]]
        if "after" in query and ListingQuirk.AFTER_IGNORED not in quirks:
            ids = [file.id for file in files]
            if query["after"] not in ids:
                return error(400, f"No such File object: {query['after']}", param="after")
            files = files[ids.index(query["after"]) + 1 :]
            if ListingQuirk.LOSES_BETWEEN_PAGES in quirks:
                files = files[LOST:]
        if ListingQuirk.OWN_PAGE_SIZE in quirks:
            limit = min(limit, OWN_PAGE_SIZE)
        page = files if ListingQuirk.LIMIT_IGNORED in quirks else files[:limit]
        data: list[object] = [file.described() for file in page]
        if ListingQuirk.REPEATED_IDS in quirks:
            data = [item for item in data for _twice in range(2)]
        if ListingQuirk.ODD_OBJECTS in quirks:
            data = [*ODD_OBJECTS, *data]
        listing: dict[str, object] = {
            "object": "list",
            "data": data,
            "first_id": page[0].id if page else "",
            "last_id": page[-1].id if page else "",
            "has_more": len(files) > len(page) or ListingQuirk.HAS_MORE_ALWAYS in quirks,
        }
        if ListingQuirk.FIRST_ID_NULL in quirks:
            listing["first_id"] = listing["last_id"] = None
        if ListingQuirk.HAS_MORE_MISSING in quirks:
            del listing["has_more"]
        return json_reply(listing)


def uploaded(
    fields: dict[str, str], filename: str | None, size: int, content: bytes | None, now: int
) -> ServedFile | Reply:
    """The file created by an upload, or the error response."""
    if filename is None:
        return error(400, "'file' is a required property")
    purpose = fields.get("purpose", "")
    if purpose not in _UPLOAD_PURPOSES:
        return error(400, f"'{purpose}' is not one of {_UPLOAD_PURPOSES} - 'purpose'")
    expires_at = now + 30 * 86400 if purpose == "batch" else None
    unknown = fields.keys() - {"purpose", "expires_after[anchor]", "expires_after[seconds]"}
    if unknown:
        return error(400, f"Additional properties are not allowed ({sorted(unknown)})")
    if "expires_after[seconds]" in fields:
        if fields.get("expires_after[anchor]") != "created_at":
            return error(400, "'created_at' was expected", param="expires_after.anchor")
        expires_at = now + int(fields["expires_after[seconds]"])
    file = served_file(filename, purpose=purpose, size=size, created_at=now, expires_at=expires_at)
    file.content = content
    return file


def error(status: int, message: str, param: str | None = None, code: str | None = None) -> Reply:
    """An error in the format of the official service."""
    fields = {"message": message, "type": "invalid_request_error", "param": param, "code": code}
    return json_reply({"error": fields}, status)


def json_reply(value: object, status: int = 200) -> Reply:
    """A JSON response."""
    return Reply(status, (("Content-Type", "application/json"),), json.dumps(value).encode())


def etag_of(file: ServedFile) -> str:
    """The strong ETag of a file's content."""
    return f'"{hashlib.sha256(b"".join(file.pieces())).hexdigest()[:16]}"'


def _content(file: ServedFile, ranges: Ranges, request_headers: dict[str, str]) -> Reply:
    full = _whole_content(file)
    if ranges is Ranges.NONE:
        return full
    etag = etag_of(file) if ranges is Ranges.STRONG else f"W/{etag_of(file)}"
    headers = (*full.headers, ("Accept-Ranges", "bytes"), ("ETag", etag))
    wanted = re.fullmatch(r"bytes=(\d+)-(\d*)", request_headers.get("range", ""))
    # A weak ETag never matches If-Range (RFC 9110, 13.1.5).
    holds = request_headers.get("if-range") in {None, etag} and ranges is Ranges.STRONG
    if wanted is None or not holds:
        return Reply(200, headers, file)
    start = int(wanted.group(1))
    if start >= file.size:
        return Reply(416, (("Content-Range", f"bytes */{file.size}"),), b"")
    last = min(int(wanted.group(2) or file.size), file.size - 1)
    rest = replace(
        file,
        size=last + 1 - start,
        content=None if file.content is None else file.content[start : last + 1],
    )
    content_range = ("Content-Range", f"bytes {start}-{last}/{file.size}")
    return Reply(206, (*headers, content_range), rest)


def _whole_content(file: ServedFile) -> Reply:
    disposition = f"attachment; filename*=UTF-8''{quote(file.filename)}"
    headers = (("Content-Type", "application/octet-stream"), ("Content-Disposition", disposition))
    return Reply(200, headers, file)

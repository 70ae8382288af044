"""How the model server answers downloads: correctly, or as the behavior says."""

import hashlib
import itertools
import re

from tests.promise.behaviors import ContentBehavior, ETag, RangeSupport
from tests.support.served_files import Reply, error
from tests.support.server_faults import Delivery, Framing

_times = itertools.count(1)


def content_reply(
    content: bytes, behavior: ContentBehavior, request_headers: dict[str, str]
) -> Reply:
    """The response to a download request with these headers."""
    if behavior.status != 200:
        return error(behavior.status, "The server had an error")
    etag = _etag(content, behavior.tag)
    headers = [("Content-Type", "application/octet-stream")]
    if etag:
        headers += [("ETag", etag), ("Accept-Ranges", "bytes")]
    wanted = re.fullmatch(r"bytes=(\d+)-", request_headers.get("range", ""))
    # A weak ETag never matches If-Range (RFC 9110, 13.1.5).
    holds = behavior.tag is ETag.STRONG and request_headers.get("if-range") in {None, etag}
    if wanted is None or behavior.ranges is RangeSupport.IGNORED or not holds:
        return Reply(200, tuple(headers), content)
    start = int(wanted[1])
    if behavior.ranges is RangeSupport.REJECTED or start >= len(content):
        return Reply(416, (("Content-Range", f"bytes */{len(content)}"),), b"")
    if behavior.ranges is RangeSupport.WRONG_START:
        start //= 2
    if behavior.ranges is RangeSupport.WRONG_ETAG:
        headers = [*headers[:1], ("ETag", '"another"'), ("Accept-Ranges", "bytes")]
    content_range = f"bytes {start}-{len(content) - 1}/{len(content)}"
    return Reply(206, (*headers, ("Content-Range", content_range)), content[start:])


def content_delivery(size: int, listed: int | None, behavior: ContentBehavior) -> Delivery:
    """How that response is sent, for content of `size` bytes that is listed with `listed` bytes."""
    cut, held, lie = behavior.cut, behavior.held, behavior.length_lie
    if behavior.framing is Framing.CLOSE and (listed != size or behavior.gzip):
        # The client couldn't tell a truncated file from a complete one.
        cut = held = None
    if behavior.gzip or behavior.tag is not ETag.NONE or listed != size or size + lie < 0:
        lie = max(0, lie)  # otherwise the client would have no correct size at all
    if behavior.framing is not Framing.LENGTH:
        lie = 0
    if held is not None and size * held // 10 >= size + min(lie, 0):
        held = None  # the client has everything by then
    return Delivery(
        framing=behavior.framing,
        gzip=behavior.gzip,
        length_lie=lie,
        cut_after=None if cut is None else size * cut // 10,
        stall_after=None if held is None else size * held // 10,
    )


def _etag(content: bytes, tag: ETag) -> str:
    mark = hashlib.sha256(content).hexdigest()[:16]
    match tag:
        case ETag.STRONG:
            return f'"{mark}"'
        case ETag.WEAK:
            return f'W/"{mark}"'
        case ETag.NEW_EACH_TIME:
            return f'"{next(_times)}"'
        case _:
            return ""

"""How a model server gives a content: right, or as its fate says."""

import hashlib
import itertools
import re

from tests.promise.fates import ContentFate, RangeHabit, Tag
from tests.support.served_files import Reply, error
from tests.support.server_faults import Delivery, Framing

_times = itertools.count(1)


def content_reply(content: bytes, fate: ContentFate, asked: dict[str, str]) -> Reply:
    """The answer to a request with these headers."""
    if fate.status != 200:
        return error(fate.status, "The server had an error")
    etag = _etag(content, fate.tag)
    headers = [("Content-Type", "application/octet-stream")]
    if etag:
        headers += [("ETag", etag), ("Accept-Ranges", "bytes")]
    wanted = re.fullmatch(r"bytes=(\d+)-", asked.get("range", ""))
    # A weak tag never fits a condition (RFC 9110, 13.1.5).
    holds = fate.tag is Tag.STRONG and asked.get("if-range") in {None, etag}
    if wanted is None or fate.ranges is RangeHabit.PASSED_OVER or not holds:
        return Reply(200, tuple(headers), content)
    start = int(wanted[1])
    if fate.ranges is RangeHabit.REFUSED or start >= len(content):
        return Reply(416, (("Content-Range", f"bytes */{len(content)}"),), b"")
    if fate.ranges is RangeHabit.ANOTHER_START:
        start //= 2
    if fate.ranges is RangeHabit.ANOTHER_ETAG:
        headers = [*headers[:1], ("ETag", '"another"'), ("Accept-Ranges", "bytes")]
    stated = f"bytes {start}-{len(content) - 1}/{len(content)}"
    return Reply(206, (*headers, ("Content-Range", stated)), content[start:])


def content_delivery(size: int, told: int | None, fate: ContentFate) -> Delivery:
    """How that answer is sent, of a content of `size` bytes of which the listing told `told`."""
    cut, held, lie = fate.cut, fate.held, fate.length_lie
    if fate.framing is Framing.CLOSE and (told != size or fate.packed):
        # The end of half a file would look like the end of it, also when what is held is cut.
        cut = held = None
    if fate.packed or fate.tag is not Tag.NONE or told != size or size + lie < 0:
        lie = max(0, lie)  # or nothing that is told would be true
    if fate.framing is not Framing.LENGTH:
        lie = 0
    if held is not None and size * held // 10 >= size + min(lie, 0):
        held = None  # the client has all by then
    return Delivery(
        framing=fate.framing,
        gzip=fate.packed,
        length_lie=lie,
        cut_after=None if cut is None else size * cut // 10,
        stall_after=None if held is None else size * held // 10,
    )


def _etag(content: bytes, tag: Tag) -> str:
    mark = hashlib.sha256(content).hexdigest()[:16]
    match tag:
        case Tag.STRONG:
            return f'"{mark}"'
        case Tag.WEAK:
            return f'W/"{mark}"'
        case Tag.NEW_EACH_TIME:
            return f'"{next(_times)}"'
        case _:
            return ""

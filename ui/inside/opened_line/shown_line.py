"""What the view of one line is given."""

import msgspec

from services.previews.content.content_kind import ContentKind
from services.previews.lines.line_value import LineValue


class ShownLine(msgspec.Struct, frozen=True):
    """One line of a file, opened."""

    title: str
    """Such as “q-0031” or “Line 1,206”."""
    content: bytes
    """The line without its line end, in UTF-8."""
    kind: ContentKind
    """Of the file."""
    fields: bytes = b""
    """If the line isn't JSON itself, what it says as a JSON object."""
    value: LineValue | None = None
    """What the line holds, if it was read already."""
    subtitle: str = ""
    """Such as “Line 1,187 · gpt-4.1-mini · 2,148 tokens in, 61 out”."""
    status: str = ""
    """Such as “200 succeeded”."""
    has_succeeded: bool | None = None
    """Whether the status is a good one; None if it's neither good nor bad."""
    is_whole: bool = True
    """Whether `content` is all of the line."""
    request: bytes | None = None
    """The line of the input file that a result answers."""
    request_source: str = ""
    """Where the request is, such as “eval-sweep-0412, line 31”."""
    source: str = ""
    """Where the line is, if a request is shown with it, such as “line 1,187”."""

"""What the requests in a batch file have in common: their endpoint and model, and how many there are."""

from collections import Counter

import msgspec

_MOST_VALUES = 20
"""Different endpoints or models that are told apart."""
_LONGEST = 200
"""Characters of an endpoint or a model."""


class BatchInput(msgspec.Struct, frozen=True):
    """The requests in a file, or at its beginning."""

    endpoints: tuple[str, ...] = ()
    """The commonest first."""
    models: tuple[str, ...] = ()
    """The commonest first."""
    lines: int = 0
    """How many lines aren't blank; estimated from the size of the file if it isn't `counted`."""
    counted: bool = True


def read_batch_input(data: bytes, size: int | None, *, is_whole: bool) -> BatchInput:
    """What is in a file that begins with `data`; `size` is that of the whole file in bytes."""
    endpoints: Counter[str] = Counter()
    models: Counter[str] = Counter()
    *ended, rest = data.removeprefix(b"\xef\xbb\xbf").split(b"\n")
    lines = [line for line in (*ended, rest if is_whole else b"") if line.strip()]
    for line in lines:
        try:
            request = msgspec.json.decode(line, type=_Request)
        except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
            continue
        for found, value in ((endpoints, request.url), (models, request.body.model)):
            if isinstance(value, str) and (value in found or len(found) < _MOST_VALUES):
                found[value[:_LONGEST]] += 1
    number = len(lines)
    if not is_whole and size is not None and ended:
        read = len(data) - len(rest)
        number = max(number, round(size * number / read)) if read else number
    return BatchInput(
        tuple(value for value, _number in endpoints.most_common()),
        tuple(value for value, _number in models.most_common()),
        number,
        is_whole,
    )


class _Body(msgspec.Struct, gc=False):
    model: object = None


class _Request(msgspec.Struct, gc=False):
    url: object = None
    body: _Body = msgspec.field(default_factory=_Body)

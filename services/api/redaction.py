"""The one door for what a server says: secrets are struck out before it is kept, logged or shown.

A server, or a proxy in front of it, may echo the key in a body, a header or a status line; a proxy
may echo the login that it gets from us. What is cut short is cut after it has passed this door,
since half a secret would not be recognized.
"""

import functools
import re
import threading
import weakref
from collections.abc import Callable, Iterable, MutableMapping
from dataclasses import replace

from services.api.echoes import Echoes, merged
from services.api.file_page import FilePage, Strike, texts_of, with_texts
from services.api.proxy_logins import login_echoes
from services.problems.errors import FilesError, Problem

MASK = "•••"
"""Stands where a secret was."""

_LONGEST_SENTENCE = 2_000
_LONGEST_DETAIL = 2_000
_LONGEST_REQUEST_ID = 200
_LONGEST_HEADER = 8192

_ESCAPED_ASCII = re.compile(rb"\\u00([2-7][0-9a-fA-F])")
_UNUSUAL = re.compile(r"[\s\x00-\x1f\u00ad\u200b-\u200d\u2060\ufeff\\%&<=:,]")
"""What stands in a key that was wrapped or escaped, but not in most names."""
_USUAL_BYTES = _UNUSUAL.sub("", "".join(map(chr, range(128)))).encode()
_SLICE = 1024 * 1024

_changing = threading.Lock()
_in_use: "weakref.WeakSet[Redaction]" = weakref.WeakSet()


class Redaction:
    """Strikes secrets out of whatever comes from a server: the key, and the logins of proxies.

    Descriptions of files, which `value` and `page` are for, can hold the key alone: a proxy that
    echoes its login answers in the server's place. Thread-safe.
    """

    def __init__(self, key: str) -> None:
        """An empty key is in no text."""
        self._key = key
        self._echoes = Echoes(key)
        with _changing:
            _in_use.add(self)

    @property
    def margin(self) -> int:
        """Bytes that a secret takes in its longest usual form: so much more is read than kept."""
        return max(echoes.longest for echoes in (self._echoes, *login_echoes()))

    def text(self, text: str) -> str:
        """The text without secrets."""
        return _struck(text, (self._echoes, *login_echoes()))

    def holds(self, text: str) -> bool:
        """Whether the key is in the text."""
        return bool(self._echoes.places(text))

    def body(self, body: bytes) -> bytes:
        """The body of a refusal, as UTF-8, without secrets."""
        return self.text(body.decode("utf-8", "replace")).encode()

    def headers(self, headers: MutableMapping[str, str]) -> None:
        """Strike secrets out of the values of headers, in place; very long ones are dropped.

        A short password of a proxy is left: it may be a word or a number with a meaning.
        """
        secrets = (self._echoes, *(one for one in login_echoes() if not one.is_short))
        for name, value in list(headers.items()):
            if len(value) > _LONGEST_HEADER:
                del headers[name]
                continue
            struck = _struck(value, secrets)
            if struck is not value:
                headers[name] = struck

    def value(self, value: object) -> object:
        """Decoded JSON without the key. A short one is left: it may be a word in a name."""
        return value if self._echoes.is_short else _with_texts(value, self._without_key)

    def page(self, page: FilePage) -> FilePage:
        """A page of a listing without the key, in whatever form. A short one is left, as by `value`.

        No form of a key is shorter than the key, while nearly all names are; most others have
        nothing unusual in them.
        """
        if self._echoes.is_short:
            return page
        length = len(self._key)
        texts = texts_of(page)
        if max(map(len, texts), default=0) < length or not self._may_be_in_text("/".join(texts)):
            return page
        return replace(page, files=with_texts(page.files, length, self._unusual))

    def for_body(self, body: bytes) -> Strike | None:
        """What strikes the key out of each object of a large body of JSON.

        None where the key is nowhere in it in a usual form.
        """
        return self.value if self._may_be_in(body) else None

    def problem(self, problem: Problem) -> Problem:
        """The problem without secrets, and with texts of bounded length."""
        request_id = problem.request_id
        return replace(
            problem,
            title=_cut(self.text(problem.title), _LONGEST_SENTENCE),
            advice=_cut(self.text(problem.advice), _LONGEST_SENTENCE),
            detail=_cut(self.text(problem.detail), _LONGEST_DETAIL),
            request_id=request_id and _cut(self.text(request_id), _LONGEST_REQUEST_ID),
        )

    def strike_from(self, error: FilesError) -> None:
        """Leave no secret in an error's problem, and so in its text."""
        error.problem = self.problem(error.problem)

    def _may_be_in(self, body: bytes) -> bool:
        if self._has_needle(body):
            return True
        if b"\\u00" not in body:
            return False
        # In slices, as the interpreter belongs to each search.
        return any(
            self._has_needle(
                _ESCAPED_ASCII.sub(_character, body[start : start + _SLICE + self._echoes.longest])
            )
            for start in range(0, len(body), _SLICE)
        )

    def _may_be_in_text(self, text: str) -> bool:
        """Whether a decoded text may hold the key; of a plain one it takes next to nothing."""
        lower = text.encode("utf-8", "replace").lower()
        return bool(lower.translate(None, _USUAL_BYTES)) or any(
            needle in lower for needle in self._lower_needles
        )

    def _unusual(self, text: str) -> str:
        return self._without_key(text) if self._may_be_in_text(text) else text

    def _without_key(self, text: str) -> str:
        return _struck(text, (self._echoes,))

    def _has_needle(self, body: bytes) -> bool:
        return any(needle in body for needle in self._needles)

    @functools.cached_property
    def _needles(self) -> tuple[bytes, ...]:
        return self._echoes.needles()

    @functools.cached_property
    def _lower_needles(self) -> frozenset[bytes]:
        return frozenset(needle.lower() for needle in self._needles)


def without_secrets(text: str) -> str:
    """The text without the keys of all accounts in use, and the logins of proxies; for the log."""
    with _changing:
        in_use = tuple(_in_use)
    if not in_use:
        return text
    keys = {redaction._key: redaction._echoes for redaction in in_use}
    return _struck(text, (*keys.values(), *login_echoes()))


def _struck(text: str, secrets: Iterable[Echoes]) -> str:
    """The text itself where none of the secrets is in it."""
    places = [place for secret in secrets for place in secret.places(text)]
    pieces = []
    done = 0
    for start, end in merged(places):
        pieces += [text[done:start], MASK]
        done = end
    return "".join(pieces) + text[done:] if pieces else text


def _character(escape: re.Match[bytes]) -> bytes:
    return bytes.fromhex(escape.group(1).decode())


def _with_texts(value: object, change: Callable[[str], str]) -> object:
    """Decoded JSON with all its texts changed, in place; however deep it is."""
    holder: dict[str, object] = {"": value}
    waiting: list[dict[str, object] | list[object]] = [holder]
    while waiting:
        container = waiting.pop()
        if isinstance(container, dict):
            changed = {change(name): _changed(item, change) for name, item in container.items()}
            container.clear()
            container.update(changed)
            items = list(container.values())
        else:
            container[:] = items = [_changed(item, change) for item in container]
        waiting += [item for item in items if isinstance(item, dict | list)]
    return holder[""]


def _changed(item: object, change: Callable[[str], str]) -> object:
    return change(item) if isinstance(item, str) else item


def _cut(text: str, longest: int) -> str:
    return text if len(text) <= longest else text[: longest - 1] + "…"

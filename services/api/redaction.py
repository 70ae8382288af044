"""Removes secrets from everything a server sends, before it is stored, logged or shown.

A server, or a proxy in front of it, may echo the key in a body, a header or a status line; a proxy
may echo its login. Text must be redacted before it is truncated, because half a secret wouldn't be
recognized.
"""

import functools
import re
import threading
import weakref
from collections.abc import Iterable, MutableMapping
from dataclasses import replace

from services.api.echoes import Echoes, merge_overlapping
from services.api.file_page import FilePage, Redactor, texts_of, with_texts
from services.api.json_values import change_texts
from services.api.proxy_logins import login_echoes
from services.problems.errors import FilesError, Problem

MASK = "•••"
"""Replaces a secret."""

_LONGEST_SENTENCE = 2_000
_LONGEST_DETAIL = 2_000
_LONGEST_REQUEST_ID = 200
_LONGEST_HEADER = 8192

_ESCAPED_ASCII = re.compile(rb"\\u00([2-7][0-9a-fA-F])")
_UNUSUAL = re.compile(r"[\s\x00-\x1f\u00ad\u200b-\u200d\u2060\ufeff\\%&<=:,]")
"""Characters that occur in a wrapped or escaped key, but not in most names."""
_USUAL_BYTES = _UNUSUAL.sub("", "".join(map(chr, range(128)))).encode()
_SLICE = 1024 * 1024

_changing = threading.Lock()
_in_use: "weakref.WeakSet[Redaction]" = weakref.WeakSet()


class Redaction:
    """Removes secrets from a server's responses: the key and the logins of proxies.

    `value` and `page`, for descriptions of files, look only for the key: if a proxy echoes its
    login, its response replaces the server's. Thread-safe.
    """

    def __init__(self, key: str) -> None:
        """An empty key is never found."""
        self._key = key
        self._echoes = Echoes(key)
        with _changing:
            _in_use.add(self)

    @property
    def margin(self) -> int:
        """Bytes to read beyond what is kept: the length of the longest common form of a secret."""
        return max(echoes.longest for echoes in (self._echoes, *login_echoes()))

    def text(self, text: str) -> str:
        """The text without secrets."""
        return _masked(text, (self._echoes, *login_echoes()))

    def is_in_any(self, texts: Iterable[str]) -> bool:
        """Whether any of the texts contains a secret. One search, since each takes a while."""
        # Between them is a character that no escape or encoding uses: of a line break, `0` and `x`
        # would be left.
        together = "|".join(texts)
        return self.text(together) is not together

    def holds(self, text: str) -> bool:
        """Whether the text contains the key."""
        return bool(self._echoes.places(text))

    def body(self, body: bytes) -> bytes:
        """The body of an error response, as UTF-8, without secrets."""
        return self.text(body.decode("utf-8", "replace")).encode()

    def headers(self, headers: MutableMapping[str, str]) -> None:
        """Remove secrets from header values, in place; drop very long headers.

        A short proxy password is left in: it may be an ordinary word or number.
        """
        for name in [name for name, value in headers.items() if len(value) > _LONGEST_HEADER]:
            del headers[name]
        if not self.is_in_any(headers.values()):
            return
        secrets = (self._echoes, *(one for one in login_echoes() if not one.is_short))
        for name, value in list(headers.items()):
            headers[name] = _masked(value, secrets)

    def value(self, value: object) -> object:
        """Decoded JSON without the key. A short key is left in: it may be part of a name."""
        return value if self._echoes.is_short else change_texts(value, self._without_key)

    def page(self, page: FilePage) -> FilePage:
        """A page of a listing without the key, in any form. A short key is left in, as in `value`.

        For speed, only texts that could contain the key are searched: no form of a key is shorter
        than the key, but nearly all names are, and most others have no unusual characters.
        """
        if not self.may_be_in(texts_of(page)):
            return page
        return replace(page, files=with_texts(page.files, len(self._key), self._redact_unusual))

    def may_be_in(self, texts: Iterable[str]) -> bool:
        """Whether any of the texts may contain the key, in any form; fast, as for `page`.

        A short key isn't looked for, as in `value`.
        """
        shortest = len(self._key)
        return not self._echoes.is_short and self._may_be_in_text(
            "/".join([text for text in texts if len(text) >= shortest])
        )

    def may_be_in_json(self, body: bytes) -> bool:
        """Whether any text in JSON may contain the key, in any form, as for `may_be_in`.

        Much faster than decoding the texts, but not sure of texts with escapes or beyond ASCII.
        """
        if self._echoes.is_short:
            return False
        if b"\\" in body or not body.isascii():
            return True
        return self._may_be_in_text("/".join(self._long_in_json.findall(body.decode())))

    def redactor_for(self, body: bytes) -> Redactor | None:
        """The function that removes the key from each object in a large JSON body.

        None if the body doesn't contain the key in any common form.
        """
        return self.value if self._may_be_in(body) else None

    def problem(self, problem: Problem) -> Problem:
        """The problem without secrets, with long texts truncated."""
        request_id = problem.request_id
        return replace(
            problem,
            title=_truncated(self.text(problem.title), _LONGEST_SENTENCE),
            advice=_truncated(self.text(problem.advice), _LONGEST_SENTENCE),
            detail=_truncated(self.text(problem.detail), _LONGEST_DETAIL),
            request_id=request_id and _truncated(self.text(request_id), _LONGEST_REQUEST_ID),
        )

    def redact_error(self, error: FilesError) -> None:
        """Remove secrets from an error's problem, and so from its text."""
        error.problem = self.problem(error.problem)

    def _may_be_in(self, body: bytes) -> bool:
        if self._has_needle(body):
            return True
        if b"\\u00" not in body:
            return False
        # In slices, because each search holds the GIL.
        return any(
            self._has_needle(
                _ESCAPED_ASCII.sub(_character, body[start : start + _SLICE + self._echoes.longest])
            )
            for start in range(0, len(body), _SLICE)
        )

    def _may_be_in_text(self, text: str) -> bool:
        """Whether a decoded text may contain the key; very fast for plain text."""
        lower = text.encode("utf-8", "replace").lower()
        return (
            bool(lower.translate(None, _USUAL_BYTES))
            or any(needle in lower for needle in self._lower_needles)
            # In most names are hyphens, so they aren't unusual.
            or self._hex in lower.replace(b"0x", b"").replace(b"-", b"")
        )

    def _redact_unusual(self, text: str) -> str:
        return self._without_key(text) if self._may_be_in_text(text) else text

    def _without_key(self, text: str) -> str:
        return _masked(text, (self._echoes,))

    def _has_needle(self, body: bytes) -> bool:
        return any(needle in body for needle in self._needles)

    @functools.cached_property
    def _long_in_json(self) -> re.Pattern[str]:
        """All texts in JSON without escapes that are as long as the key, or longer."""
        return re.compile(f'"[^"]{{{len(self._key)},}}')

    @functools.cached_property
    def _needles(self) -> tuple[bytes, ...]:
        return self._echoes.needles()

    @functools.cached_property
    def _hex(self) -> bytes:
        return self._echoes.hex_digits.encode()

    @functools.cached_property
    def _lower_needles(self) -> frozenset[bytes]:
        return frozenset(needle.lower() for needle in self._needles)


def without_secrets(text: str) -> str:
    """The text without the keys of all open accounts and the logins of proxies; for the log."""
    with _changing:
        in_use = tuple(_in_use)
    if not in_use:
        return text
    keys = {redaction._key: redaction._echoes for redaction in in_use}
    return _masked(text, (*keys.values(), *login_echoes()))


def _masked(text: str, secrets: Iterable[Echoes]) -> str:
    """The text with secrets masked; the same object if it contains none."""
    places = [place for secret in secrets for place in secret.places(text)]
    pieces = []
    done = 0
    for start, end in merge_overlapping(places):
        pieces += [text[done:start], MASK]
        done = end
    return "".join(pieces) + text[done:] if pieces else text


def _character(escape: re.Match[bytes]) -> bytes:
    return bytes.fromhex(escape.group(1).decode())


def _truncated(text: str, longest: int) -> str:
    return text if len(text) <= longest else text[: longest - 1] + "…"

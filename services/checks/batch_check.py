"""Checks the lines of a file of requests for a batch.

Sources: the API reference for batch input lines, the specification's list of addresses, the
guide's numbers of requests and embedding inputs, and the error codes that Azure documents.
"""

import re
from collections.abc import Callable, Mapping

import msgspec

from services.checks.batch_endpoints import (
    EMBEDDINGS,
    MODERATIONS,
    NEED_MODEL,
    RESPONSES,
    Needs,
    has_stored_prompt,
    meant_url,
    needs_of,
)
from services.checks.batch_form import other_form
from services.checks.json_text import LONG, more_values
from services.checks.line_report import LineReport
from services.checks.lines import Line, Report
from services.checks.seen_ids import MOST_IDS, SeenIds
from services.checks.shown import shown
from services.problems.severity import Severity
from services.providers.limits import OFFICIAL, Limits
from services.system.language import _, ngettext
from services.system.locale_format import whole

THOROUGH = 1024 * 1024
"""Bytes of a file that are not read quickly, to see repeated keys and numbers beyond range.

A person's slip in a small file is found so, and what a program writes wrong in every line.
"""

_MOST_VALUES = 500_000
"""Values in a line; to read over more would hold the interpreter for too long."""

_NEED_INPUT = (EMBEDDINGS, MODERATIONS)
_MOST_URLS_TOLD = 20


class _Body(msgspec.Struct, gc=False):
    """What is looked at of a request's body; the rest is only read over."""

    model: str | None = None
    messages: msgspec.Raw = msgspec.Raw()
    input: msgspec.Raw = msgspec.Raw()
    prompt: msgspec.Raw = msgspec.Raw()
    stream: bool | None = None


class _Request(msgspec.Struct, gc=False):
    custom_id: str
    method: str
    url: str
    body: _Body


_UNREAD = (msgspec.DecodeError, UnicodeDecodeError)
_quick = msgspec.json.Decoder(_Request).decode
_parts = msgspec.json.Decoder(str | list[msgspec.Raw]).decode
_something = re.compile(rb"[^n]").match
"""Matches a value that is not null."""
_filled = re.compile(rb"[^n\[]|\[\s*+[^]\s]").match
"""Matches a value that is neither null nor an empty list."""
_object = re.compile(rb"\{").match
_is_placeholder = re.compile(r".*[{}<>$%]|(?:replace|your|insert)(?![a-z])", re.IGNORECASE).match
"""Matches what a template has in place of a model."""


def _giving(needs: Needs | None) -> Callable[[_Body], object]:
    """What tells whether a body has what is needed; made once, as every line is asked."""
    if needs is None:
        return lambda _body: True
    key = needs.keys[0]
    if needs.filled:
        return lambda body: _filled(getattr(body, key))
    return lambda body: _something(getattr(body, key))


class BatchCheck:
    """Takes line by line; a good one costs little more than reading it.

    The quick way decodes the few keys that matter and lets the decoder read over the rest; only
    when something does not fit is the line read again, to tell what and where.
    """

    def __init__(self, report: Report, limits: Limits) -> None:
        self._report = report
        self._tell = LineReport(report)
        self._limits = limits
        self._read = 0
        self._requests = 0
        self._inputs = 0
        self._ids = SeenIds()
        self._url: str | None = None
        self._is_given = _giving(None)
        self._has_inputs = False
        self._model: str | None = None
        self._mixed_urls = self._mixed_models = False
        self._unknown_urls: set[str] = set()
        self._known_urls = limits.batch_urls or OFFICIAL.batch_urls

    @property
    def facts(self) -> tuple[str, ...]:
        """What was learned: “50,000 requests to /v1/responses”, the model."""
        if not self._requests:
            return ()
        count = whole(self._requests)
        if self._url is None or self._mixed_urls:
            told = ngettext("{count} request", "{count} requests", self._requests)
            told = told.format(count=count)
        else:
            told = ngettext("{count} request to {url}", "{count} requests to {url}", self._requests)
            told = told.format(
                count=count, url=self._url if self._url in self._known_urls else shown(self._url)
            )
        model = self._model if not self._mixed_models else None
        return (told,) if model is None else (told, shown(model)[1:-1])

    def accept(self, raw: bytes, number: int) -> bool:
        """Whether a line is good, and like the first; if so it counts, else it wants `take`."""
        size = len(raw)
        if size > LONG:
            if more_values(raw, _MOST_VALUES):
                return False
        elif self._read < THOROUGH:
            self._read += size
            return False
        try:
            request = _quick(raw)
        except _UNREAD:
            return False
        body = request.body
        if (
            request.url != self._url
            or body.model != self._model
            or request.method != "POST"
            or body.stream
            or not self._asks(body)
            or self._ids.add(request.custom_id, number) != number
            or (self._has_inputs and not self._take_inputs(body.input))
        ):
            return False
        self._requests += 1
        return True

    def take(self, line: Line) -> None:
        """Look at a line in which something may be wrong."""
        value = line.value
        if not isinstance(value, dict):
            self._requests += 1
            return
        self._tell.begin(line)
        other = other_form(value, among_requests=self._url is not None)
        if other is not None:
            path = (other.key,) if other.key else ()
            self._tell.tell(
                Severity.ERROR, other.rule, other.text, path, at_key=True, purpose=other.purpose
            )
            return
        self._requests += 1
        self._look_at_id(line.number, value)
        self._look_at_method(value)
        self._look_at_url(value)
        self._look_at_body(value)

    def end(self) -> None:
        """Report what only the whole file tells."""
        most = self._limits.batch_requests
        if most is not None and self._requests > most:
            told = _(
                "{count} requests are too many for one batch. The limit is {most}. Split the file."
            )
            told = told.format(count=whole(self._requests), most=whole(most))
            self._tell.about_the_file(Severity.ERROR, "batch.too_many_requests", told)
        most = self._limits.batch_inputs
        if most is not None and self._inputs > most:
            told = _("{count} embedding inputs are too many for one batch. The limit is {most}.")
            told = told.format(count=whole(self._inputs), most=whole(most))
            self._tell.about_the_file(Severity.ERROR, "batch.too_many_inputs", told)
        if len(self._ids) >= MOST_IDS:
            told = _("Only the first {most} IDs were checked for duplicates.")
            told = told.format(most=whole(MOST_IDS))
            self._tell.about_the_file(Severity.WARNING, "batch.ids_not_compared", told)

    def _asks(self, body: _Body) -> bool:
        """Whether it holds what the endpoint needs; False when it must be looked at closer."""
        if body.model is not None and self._is_given(body):
            return True
        return self._url == RESPONSES and _object(body.prompt) is not None  # a stored one

    def _take_inputs(self, raw: msgspec.Raw) -> bool:
        """Count the inputs of a request; False when it must be looked at closer."""
        try:
            parts = _parts(raw)
        except _UNREAD:
            return False
        if not parts:
            return False
        if isinstance(parts, str) or bytes(parts[0]).strip()[:1].isdigit():
            self._count_inputs(1)  # a text, or the tokens of one
        else:
            self._count_inputs(len(parts))
        return True

    def _count_inputs(self, count: int) -> None:
        if self._url == EMBEDDINGS:
            self._inputs += count

    def _look_at_id(self, number: int, value: Mapping[str, object]) -> None:
        match value:
            case {"custom_id": str(custom_id)}:
                first = self._ids.add(custom_id, number)
                if first != number:
                    told = _(
                        "custom_id {id} is already used in line {line}. Each request needs a unique one."
                    )
                    told = told.format(id=shown(custom_id), line=whole(first))
                    self._tell.error("custom_id.repeated", told, "custom_id")
            case {"custom_id": _}:
                told = _("custom_id must be a string, in quotation marks.")
                self._tell.error("custom_id.not_text", told, "custom_id")
            case _:
                told = _("custom_id is missing. It matches each answer to its request.")
                self._tell.error("custom_id.missing", told)

    def _look_at_method(self, value: Mapping[str, object]) -> None:
        if "method" not in value:
            told = _('method is missing. Write "method": "POST".')
            self._tell.tell(self._limits.severity, "method.missing", told)
        elif value["method"] != "POST":
            told = _("method is {found}. Batch requests must use POST.")
            told = told.format(found=shown(value["method"]))
            self._tell.tell(self._limits.severity, "method.not_post", told, ("method",))

    def _look_at_url(self, value: Mapping[str, object]) -> None:
        severity = self._limits.severity
        if "url" not in value:
            told = _("url is missing. Use an endpoint path, such as /v1/responses.")
            self._tell.tell(severity, "url.missing", told)
            return
        url = value["url"]
        if not isinstance(url, str):
            told = _("url is {found}. It must be a string, such as /v1/responses.")
            self._tell.error("url.not_text", told.format(found=shown(url)), "url")
            return
        if self._url is None:
            self._url = url
            needs = needs_of(url, with_version=self._limits.batch_urls_have_version)
            self._is_given = _giving(needs)
            self._has_inputs = url in _NEED_INPUT
        elif url != self._url:
            self._mixed_urls = True
            told = _(
                "This request goes to {url}, the first one to {first}. All requests in a batch must use the same url."
            )
            told = told.format(url=shown(url), first=shown(self._url))
            self._tell.tell(severity, "url.mixed", told, ("url",))
        self._tell_unknown(url)

    def _tell_unknown(self, url: str) -> None:
        """Once for each url, and not for ever more of them."""
        known = url in self._known_urls or (
            not self._limits.batch_urls_have_version and f"/v1{url}" in self._known_urls
        )
        if known or url in self._unknown_urls or len(self._unknown_urls) >= _MOST_URLS_TOLD:
            return
        self._unknown_urls.add(url)
        meant = meant_url(url, self._known_urls)
        if meant is not None:
            told = _("url is {url}. Use {path}.").format(url=shown(url), path=meant)
        else:
            told = _("{url} isn't a known batch endpoint. Check for a typo.")
            told = told.format(url=shown(url))
        self._tell.tell(self._limits.severity, "url.unknown", told, ("url",))

    def _look_at_body(self, value: Mapping[str, object]) -> None:
        body = value.get("body")
        if "body" not in value:
            told = _("body is missing. It holds the request to the model.")
            self._tell.error("body.missing", told)
        elif not isinstance(body, dict):
            told = _("body is {found}. It must be an object.").format(found=shown(body))
            self._tell.error("body.not_object", told, "body")
        else:
            self._look_at_model(value, body)
            self._look_at_stream(value, body)
            self._look_at_needs(value, body)

    def _look_at_model(self, value: Mapping[str, object], body: Mapping[str, object]) -> None:
        model = body.get("model")
        if model is None and has_stored_prompt(value.get("url"), body):
            return
        if model is None:
            needed = value.get("url") in NEED_MODEL
            severity = self._limits.severity if needed else Severity.WARNING
            self._tell.tell(severity, "model.missing", _("The body has no model."), ("body",))
        elif not isinstance(model, str):
            told = _("model is {found}. It must be a string.").format(found=shown(model))
            self._tell.error("model.not_text", told, "body", "model")
        else:
            self._take_model(model)

    def _take_model(self, model: str) -> None:
        if _is_placeholder(model):
            told = _("model is {found}, a placeholder. Use the name of a model.")
            told = told.format(found=shown(model))
            self._tell.warn_once("model.placeholder", told, "body", "model")
        if self._model is None:
            self._model = model
        elif model != self._model:
            self._mixed_models = True
            told = _(
                "This request uses {model}, the first one {first}. All requests in a batch must use the same model."
            )
            told = told.format(model=shown(model), first=shown(self._model))
            self._tell.tell(self._limits.severity, "model.mixed", told, ("body", "model"))

    def _look_at_stream(self, value: Mapping[str, object], body: Mapping[str, object]) -> None:
        if body.get("stream") is True:
            told = (
                _("Moderations can't be streamed. Remove stream.")
                if value.get("url") == MODERATIONS
                else _("Batch answers can't be streamed. Remove stream.")
            )
            self._tell.tell(self._limits.severity, "stream.on", told, ("body", "stream"))

    def _look_at_needs(self, value: Mapping[str, object], body: Mapping[str, object]) -> None:
        needs = needs_of(value.get("url"), with_version=self._limits.batch_urls_have_version)
        if needs is None:
            return
        key = needs.keys[0]
        if all(body.get(one) is None for one in needs.keys):
            told = _("`{key}` is null.") if key in body else _("The body has no `{key}`.")
            self._tell.error("body.key_missing", told.format(key=key), "body", key)
        elif needs.filled and body.get(key) == []:
            told = _("`{key}` is an empty list.").format(key=key)
            self._tell.error("body.key_empty", told, "body", key)
        elif value.get("url") == EMBEDDINGS:
            self._look_at_inputs(body[key])

    def _look_at_inputs(self, given: object) -> None:
        several = isinstance(given, list) and not isinstance(given[0], int)
        self._count_inputs(len(given) if several and isinstance(given, list) else 1)

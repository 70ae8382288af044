"""Checks the lines of a batch input file.

Sources: the API reference for batch input lines, the endpoints in the specification, the limits on
requests and embedding inputs in the guide, and the error codes that Azure documents.
"""

import re
from collections.abc import Callable, Mapping

import msgspec

from services.checks.batch_endpoints import (
    EMBEDDINGS,
    MODEL_REQUIRED,
    MODERATIONS,
    RESPONSES,
    RequiredKeys,
    has_stored_prompt,
    intended_url,
    required_keys,
)
from services.checks.batch_mismatch import find_mismatch
from services.checks.finding import ReportFinding
from services.checks.json_reader import LONG_LINE_BYTES, has_more_values
from services.checks.line import Line
from services.checks.line_report import LineReport
from services.checks.seen_ids import MAX_IDS, SeenIds
from services.checks.short_repr import short_repr
from services.problems.severity import Severity
from services.providers.limits import OFFICIAL, Limits
from services.system.language import _, ngettext
from services.system.locale_format import whole

THOROUGH_BYTES = 1024 * 1024
"""How much of a file skips the fast path, in bytes, so that repeated keys and huge numbers are
found.

This catches mistakes in small hand-written files, and those that a program makes on every line.
"""

_MAX_VALUES = 500_000
"""A line with more values skips the fast path. Decoding it would hold the GIL for too long."""

_INPUT_ENDPOINTS = (EMBEDDINGS, MODERATIONS)
_MAX_UNKNOWN_URLS = 20


class _Body(msgspec.Struct, gc=False):
    """The keys of a request body that are checked. The decoder skips the rest."""

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


_DECODE_ERRORS = (msgspec.DecodeError, UnicodeDecodeError)
_decode = msgspec.json.Decoder(_Request).decode
_decode_input = msgspec.json.Decoder(str | list[msgspec.Raw]).decode
_not_null = re.compile(rb"[^n]").match
"""Matches a value other than null."""
_nonempty = re.compile(rb"[^n\[]|\[\s*+[^]\s]").match
"""Matches a value other than null and an empty list."""
_object = re.compile(rb"\{").match
_is_placeholder = re.compile(r".*[{}<>$%]|(?:replace|your|insert)(?![a-z])", re.IGNORECASE).match
"""Matches what templates use in place of a model name."""


def _key_matcher(required: RequiredKeys | None) -> Callable[[_Body], object]:
    """Return a function that checks whether a body has the required key.

    It is built once, since it runs on every line.
    """
    if required is None:
        return lambda _body: True
    key = required.keys[0]
    if required.nonempty:
        return lambda body: _nonempty(getattr(body, key))
    return lambda body: _not_null(getattr(body, key))


class BatchCheck:
    """Checks a batch line by line. A good line costs little more than reading it.

    The fast path decodes only the few keys that matter. If anything is off, the line is parsed
    again, to report what and where.
    """

    def __init__(self, report: ReportFinding, limits: Limits) -> None:
        self._report = LineReport(report)
        self._limits = limits
        self._bytes_read = 0
        self._requests = 0
        self._inputs = 0
        self._ids = SeenIds()
        self._url: str | None = None
        self._has_required_key = _key_matcher(None)
        self._has_inputs = False
        self._model: str | None = None
        self._mixed_urls = self._mixed_models = False
        self._unknown_urls: set[str] = set()
        self._known_urls = limits.batch_urls or OFFICIAL.batch_urls

    @property
    def facts(self) -> tuple[str, ...]:
        """The number of requests, their endpoint and model: “50,000 requests to /v1/responses”."""
        if not self._requests:
            return ()
        count = whole(self._requests)
        if self._url is None or self._mixed_urls:
            text = ngettext("{count} request", "{count} requests", self._requests)
            text = text.format(count=count)
        else:
            text = ngettext("{count} request to {url}", "{count} requests to {url}", self._requests)
            text = text.format(
                count=count,
                url=self._url if self._url in self._known_urls else short_repr(self._url),
            )
        model = self._model if not self._mixed_models else None
        return (text,) if model is None else (text, short_repr(model)[1:-1])

    def accept(self, raw: bytes, number: int) -> bool:
        """Whether a line is good and like the first one. If not, pass it to `check_line`."""
        size = len(raw)
        if size > LONG_LINE_BYTES:
            if has_more_values(raw, _MAX_VALUES):
                return False
        elif self._bytes_read < THOROUGH_BYTES:
            self._bytes_read += size
            return False
        try:
            request = _decode(raw)
        except _DECODE_ERRORS:
            return False
        body = request.body
        if (
            request.url != self._url
            or body.model != self._model
            or request.method != "POST"
            or body.stream
            or not self._is_complete(body)
            or self._ids.add(request.custom_id, number) != number
            or (self._has_inputs and not self._add_inputs(body.input))
        ):
            return False
        self._requests += 1
        return True

    def check_line(self, line: Line) -> None:
        """Check a line that may have something wrong with it."""
        value = line.value
        if not isinstance(value, dict):
            self._requests += 1
            return
        self._report.start_line(line)
        mismatch = find_mismatch(value, after_requests=self._url is not None)
        if mismatch is not None:
            path = (mismatch.key,) if mismatch.key else ()
            self._report.add(
                Severity.ERROR,
                mismatch.rule,
                mismatch.text,
                path,
                at_key=True,
                purpose=mismatch.purpose,
            )
            return
        self._requests += 1
        self._check_id(line.number, value)
        self._check_method(value)
        self._check_url(value)
        self._check_body(value)

    def finish(self) -> None:
        """Report what only shows at the end of the file."""
        limit = self._limits.batch_requests
        if limit is not None and self._requests > limit:
            text = _(
                "{count} requests are too many for one batch. The limit is {limit}. Split the file."
            )
            text = text.format(count=whole(self._requests), limit=whole(limit))
            self._report.add_file_finding(Severity.ERROR, "batch.too_many_requests", text)
        limit = self._limits.batch_inputs
        if limit is not None and self._inputs > limit:
            text = _("{count} embedding inputs are too many for one batch. The limit is {limit}.")
            text = text.format(count=whole(self._inputs), limit=whole(limit))
            self._report.add_file_finding(Severity.ERROR, "batch.too_many_inputs", text)
        if len(self._ids) >= MAX_IDS:
            text = _("Only the first {limit} IDs were checked for duplicates.")
            text = text.format(limit=whole(MAX_IDS))
            self._report.add_file_finding(Severity.WARNING, "batch.ids_not_compared", text)

    def _is_complete(self, body: _Body) -> bool:
        """Whether the body has what the endpoint requires. If False, take a closer look."""
        if body.model is not None and self._has_required_key(body):
            return True
        return self._url == RESPONSES and _object(body.prompt) is not None  # stored prompt

    def _add_inputs(self, raw: msgspec.Raw) -> bool:
        """Count the inputs of a request. If False, take a closer look."""
        try:
            parts = _decode_input(raw)
        except _DECODE_ERRORS:
            return False
        if not parts:
            return False
        if isinstance(parts, str) or bytes(parts[0]).strip()[:1].isdigit():
            self._count_inputs(1)  # a string, or the tokens of one
        else:
            self._count_inputs(len(parts))
        return True

    def _count_inputs(self, count: int) -> None:
        if self._url == EMBEDDINGS:
            self._inputs += count

    def _check_id(self, number: int, value: Mapping[str, object]) -> None:
        match value:
            case {"custom_id": str(custom_id)}:
                first = self._ids.add(custom_id, number)
                if first != number:
                    text = _(
                        "custom_id {id} is already used on line {line}. Each request needs a unique one."
                    )
                    text = text.format(id=short_repr(custom_id), line=whole(first))
                    self._report.error("custom_id.repeated", text, "custom_id")
            case {"custom_id": _}:
                text = _("custom_id must be a string, in quotation marks.")
                self._report.error("custom_id.not_string", text, "custom_id")
            case _:
                text = _("custom_id is missing. It matches each answer to its request.")
                self._report.error("custom_id.missing", text)

    def _check_method(self, value: Mapping[str, object]) -> None:
        if "method" not in value:
            text = _('method is missing. Write "method": "POST".')
            self._report.add(self._limits.severity, "method.missing", text)
        elif value["method"] != "POST":
            text = _("method is {found}. Batch requests must use POST.")
            text = text.format(found=short_repr(value["method"]))
            self._report.add(self._limits.severity, "method.not_post", text, ("method",))

    def _check_url(self, value: Mapping[str, object]) -> None:
        severity = self._limits.severity
        if "url" not in value:
            text = _("url is missing. Use an endpoint path, such as /v1/responses.")
            self._report.add(severity, "url.missing", text)
            return
        url = value["url"]
        if not isinstance(url, str):
            text = _("url is {found}. It must be a string, such as /v1/responses.")
            self._report.error("url.not_string", text.format(found=short_repr(url)), "url")
            return
        if self._url is None:
            self._url = url
            required = required_keys(url, version_required=self._limits.batch_urls_have_version)
            self._has_required_key = _key_matcher(required)
            self._has_inputs = url in _INPUT_ENDPOINTS
        elif url != self._url:
            self._mixed_urls = True
            text = _(
                "This request goes to {url}, the first one to {first}. All requests in a batch must use the same url."
            )
            text = text.format(url=short_repr(url), first=short_repr(self._url))
            self._report.add(severity, "url.mixed", text, ("url",))
        self._report_unknown_url(url)

    def _report_unknown_url(self, url: str) -> None:
        """Report each unknown URL once, up to a limit."""
        known = url in self._known_urls or (
            not self._limits.batch_urls_have_version and f"/v1{url}" in self._known_urls
        )
        if known or url in self._unknown_urls or len(self._unknown_urls) >= _MAX_UNKNOWN_URLS:
            return
        self._unknown_urls.add(url)
        intended = intended_url(url, self._known_urls)
        if intended is not None:
            text = _("url is {url}. Use {path}.").format(url=short_repr(url), path=intended)
        else:
            text = _("{url} isn't a known batch endpoint. Check for a typo.")
            text = text.format(url=short_repr(url))
        self._report.add(self._limits.severity, "url.unknown", text, ("url",))

    def _check_body(self, value: Mapping[str, object]) -> None:
        body = value.get("body")
        if "body" not in value:
            text = _("body is missing. It holds the request to the model.")
            self._report.error("body.missing", text)
        elif not isinstance(body, dict):
            text = _("body is {found}. It must be an object.").format(found=short_repr(body))
            self._report.error("body.not_object", text, "body")
        else:
            self._check_model(value, body)
            self._check_stream(value, body)
            self._check_required_keys(value, body)

    def _check_model(self, value: Mapping[str, object], body: Mapping[str, object]) -> None:
        model = body.get("model")
        if model is None and has_stored_prompt(value.get("url"), body):
            return
        if model is None:
            needed = value.get("url") in MODEL_REQUIRED
            severity = self._limits.severity if needed else Severity.WARNING
            self._report.add(severity, "model.missing", _("The body has no model."), ("body",))
        elif not isinstance(model, str):
            text = _("model is {found}. It must be a string.").format(found=short_repr(model))
            self._report.error("model.not_string", text, "body", "model")
        else:
            self._check_model_name(model)

    def _check_model_name(self, model: str) -> None:
        if _is_placeholder(model):
            text = _("model is {found}, a placeholder. Use the name of a model.")
            text = text.format(found=short_repr(model))
            self._report.warn_once("model.placeholder", text, "body", "model")
        if self._model is None:
            self._model = model
        elif model != self._model:
            self._mixed_models = True
            text = _(
                "This request uses {model}, the first one {first}. All requests in a batch must use the same model."
            )
            text = text.format(model=short_repr(model), first=short_repr(self._model))
            self._report.add(self._limits.severity, "model.mixed", text, ("body", "model"))

    def _check_stream(self, value: Mapping[str, object], body: Mapping[str, object]) -> None:
        if body.get("stream") is True:
            text = (
                _("Moderations can't be streamed. Remove stream.")
                if value.get("url") == MODERATIONS
                else _("Batch answers can't be streamed. Remove stream.")
            )
            self._report.add(self._limits.severity, "stream.on", text, ("body", "stream"))

    def _check_required_keys(self, value: Mapping[str, object], body: Mapping[str, object]) -> None:
        required = required_keys(
            value.get("url"), version_required=self._limits.batch_urls_have_version
        )
        if required is None:
            return
        key = required.keys[0]
        if all(body.get(one) is None for one in required.keys):
            text = _("`{key}` is null.") if key in body else _("The body has no `{key}`.")
            self._report.error("body.key_missing", text.format(key=key), "body", key)
        elif required.nonempty and body.get(key) == []:
            text = _("`{key}` is an empty list.").format(key=key)
            self._report.error("body.key_empty", text, "body", key)
        elif value.get("url") == EMBEDDINGS:
            self._check_inputs(body[key])

    def _check_inputs(self, given: object) -> None:
        several = isinstance(given, list) and not isinstance(given[0], int)
        self._count_inputs(len(given) if several and isinstance(given, list) else 1)

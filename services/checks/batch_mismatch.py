"""Recognizes lines of a batch file that aren't requests.

Sources: the batch formats in the guides of other services (Anthropic, Gemini, Bedrock).
"""

from collections.abc import Mapping
from dataclasses import dataclass

from services.checks.line_shape import purpose_of, shape_of
from services.checks.miscased_keys import lowercase_advice, miscased_key
from services.system.language import _

_REQUEST_KEYS = frozenset({"custom_id", "method", "url", "body"})
_OTHER_SERVICE_KEYS = ("params", "request", "modelInput")
"""Keys under which other services expect the request."""
_OTHER_SERVICE_IDS = frozenset({"custom_id", "key", "recordId"})
_PROMPT_KEYS = frozenset({"messages", "contents"})


@dataclass(frozen=True, slots=True)
class Mismatch:
    """What a line is instead of a request."""

    rule: str
    text: str
    key: str = ""
    """The key that gives it away, if there is one."""
    purpose: str = ""
    """The purpose that fits it, if there is one."""


def find_mismatch(value: Mapping[str, object], *, after_requests: bool) -> Mismatch | None:
    """Return what a line is instead of a request, or None if it is meant to be one.

    `after_requests` says that earlier lines were requests.
    """
    if {"custom_id", "response"} <= value.keys() and "body" not in value:
        text = _("This is a batch answer, not a request. Upload the file with the requests.")
        return Mismatch("batch.answer", text)
    if key := _other_service_key(value):
        text = _("“{key}” is another service's batch format. Use custom_id, method, url and body.")
        return Mismatch("batch.other_service", text.format(key=key), key)
    if _looks_like_request(value):
        return None
    purpose = purpose_of(shape_of(value))
    if purpose is None and (key := miscased_key(value, _REQUEST_KEYS)):
        return Mismatch("key.uppercase", lowercase_advice(key), key)
    if purpose is None:
        text = _("This isn't a batch request. It needs custom_id, method, url and body.")
        return Mismatch("batch.unknown", text)
    if after_requests:
        return Mismatch("batch.other_purpose", _("This isn't a batch request. Remove the line."))
    text = _("This isn't a batch request. Change the purpose to {purpose}.")
    return Mismatch("batch.other_purpose", text.format(purpose=purpose), purpose=purpose)


def _other_service_key(value: Mapping[str, object]) -> str | None:
    """Return the key under which a line has a request to another service, or None.

    These keys alone don't prove it: RPC calls also have params, and logs have a request.
    """
    if "body" in value:
        return None
    for key in _OTHER_SERVICE_KEYS:
        request = value.get(key)
        if isinstance(request, dict) and (
            value.keys() & _OTHER_SERVICE_IDS or request.keys() & _PROMPT_KEYS
        ):
            return key
    return None


def _looks_like_request(value: Mapping[str, object]) -> bool:
    """Whether a line has enough of a request. Web pages have a url too, and articles a body."""
    if "custom_id" in value or isinstance(value.get("body"), dict):
        return True
    return len(value.keys() & _REQUEST_KEYS) > 1

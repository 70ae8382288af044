"""What a line in a file of requests is, if it is no request.

Sources: the batches of other services as their guides show them (Anthropic, Gemini, Bedrock).
"""

from collections.abc import Mapping
from dataclasses import dataclass

from services.checks.line_shape import purpose_of, shape_of
from services.checks.other_case import key_in_capitals, why_small
from services.system.language import _

_OWN_KEYS = frozenset({"custom_id", "method", "url", "body"})
_KEYS_ELSEWHERE = ("params", "request", "modelInput")
"""Under which other services have what is asked."""
_IDS_ELSEWHERE = frozenset({"custom_id", "key", "recordId"})
_ASKED_ELSEWHERE = frozenset({"messages", "contents"})


@dataclass(frozen=True, slots=True)
class OtherForm:
    """Something else than a request."""

    rule: str
    text: str
    key: str = ""
    """By which it is seen, when by one."""
    purpose: str = ""
    """Under which it could be uploaded."""


def other_form(value: Mapping[str, object], *, among_requests: bool) -> OtherForm | None:
    """What a line is instead of a request; None when it is meant as one.

    `among_requests` says that lines before it were requests.
    """
    if {"custom_id", "response"} <= value.keys() and "body" not in value:
        told = _("This is a batch answer, not a request. Upload the file with the requests.")
        return OtherForm("batch.answer", told)
    if key := _key_elsewhere(value):
        told = _("“{key}” is another service's batch format. Use custom_id, method, url and body.")
        return OtherForm("batch.other_service", told.format(key=key), key)
    if _meant_as_request(value):
        return None
    purpose = purpose_of(shape_of(value))
    if purpose is None and (key := key_in_capitals(value, _OWN_KEYS)):
        return OtherForm("key.capitals", why_small(key), key)
    if purpose is None:
        told = _("This isn't a batch request. It needs custom_id, method, url and body.")
        return OtherForm("batch.unknown", told)
    if among_requests:
        return OtherForm("batch.other_purpose", _("This isn't a batch request. Remove the line."))
    told = _("This isn't a batch request. Change the purpose to {purpose}.")
    return OtherForm("batch.other_purpose", told.format(purpose=purpose), purpose=purpose)


def _key_elsewhere(value: Mapping[str, object]) -> str | None:
    """Under which key a line has what it asks of another service; None when it asks none.

    Lines of other things have such keys too: calls have params, logs have a request.
    """
    if "body" in value:
        return None
    for key in _KEYS_ELSEWHERE:
        asked = value.get(key)
        if isinstance(asked, dict) and (
            value.keys() & _IDS_ELSEWHERE or asked.keys() & _ASKED_ELSEWHERE
        ):
            return key
    return None


def _meant_as_request(value: Mapping[str, object]) -> bool:
    """Whether a line has enough of a request; pages have a url and articles a body as well."""
    if "custom_id" in value or isinstance(value.get("body"), dict):
        return True
    return len(value.keys() & _OWN_KEYS) > 1

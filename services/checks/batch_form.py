"""What a line in a file of requests is, if it is no request.

Sources: the batches of other services as their guides show them (Anthropic, Gemini, Bedrock).
"""

from collections.abc import Mapping
from dataclasses import dataclass

from services.checks.line_shape import purpose_of, shape_of
from services.language import _

OWN_KEYS = frozenset({"custom_id", "method", "url", "body"})
_KEYS_ELSEWHERE = ("params", "request", "modelInput")
"""Under which other services have what is asked."""


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
    if "response" in value and "body" not in value:
        told = _("This is an answer of a batch, not a request. Upload the file of requests.")
        return OtherForm("batch.answer", told)
    for key in _KEYS_ELSEWHERE:
        if isinstance(value.get(key), dict) and "body" not in value:
            told = _(
                "“{key}” is the form of another service's batches. "
                "Write custom_id, method, url and body."
            )
            return OtherForm("batch.other_service", told.format(key=key), key)
    if value.keys() & OWN_KEYS:
        return None
    purpose = purpose_of(shape_of(value))
    if purpose is None:
        told = _("This isn't a batch request. It needs custom_id, method, url and body.")
        return OtherForm("batch.unknown", told)
    if among_requests:
        return OtherForm("batch.other_purpose", _("This isn't a batch request. Remove the line."))
    told = _("This isn't a batch request. Change the purpose to {purpose}.")
    return OtherForm("batch.other_purpose", told.format(purpose=purpose), purpose=purpose)

"""What each batch endpoint requires in a request body, and which URL a wrong one was meant to be.

Sources: the API reference of each endpoint, and batch errors that users have posted, such as
“Messages parameter is required.”
"""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass

EMBEDDINGS = "/v1/embeddings"
MODERATIONS = "/v1/moderations"
RESPONSES = "/v1/responses"
CHAT = "/v1/chat/completions"
COMPLETIONS = "/v1/completions"

MODEL_REQUIRED = frozenset({CHAT, COMPLETIONS, EMBEDDINGS})
"""Not /v1/responses, because a stored prompt can specify the model."""


@dataclass(frozen=True, slots=True)
class RequiredKeys:
    """What a body must have besides a model."""

    keys: tuple[str, ...]
    """At least one of these must be there. The usual one comes first."""
    nonempty: bool = False
    """Whether an empty list isn't enough."""


_PROMPT = RequiredKeys(("prompt",))
_REQUIRED_KEYS = {
    CHAT: RequiredKeys(("messages",), nonempty=True),
    COMPLETIONS: RequiredKeys(("prompt", "prompt_embeds")),
    EMBEDDINGS: RequiredKeys(("input",), nonempty=True),
    MODERATIONS: RequiredKeys(("input",), nonempty=True),
    RESPONSES: RequiredKeys(("input", "prompt", "previous_response_id", "conversation")),
    "/v1/images/generations": _PROMPT,
    "/v1/images/edits": _PROMPT,
    "/v1/videos": _PROMPT,
}


def required_keys(url: object, *, version_required: bool) -> RequiredKeys | None:
    """Return what a request to this URL requires, or None if unknown.

    `version_required` says that the server doesn't accept URLs without /v1, unlike Azure and
    others.
    """
    if not isinstance(url, str):
        return None
    return _REQUIRED_KEYS.get(url) or (
        None if version_required else _REQUIRED_KEYS.get(f"/v1{url}")
    )


def has_stored_prompt(url: object, body: Mapping[str, object]) -> bool:
    """Whether a stored prompt provides the input and the model."""
    return url == RESPONSES and isinstance(body.get("prompt"), dict)


def intended_url(url: str, known: Collection[str]) -> str | None:
    """Return the known URL that this one was probably meant to be, or None.

    This ignores a host and uppercase letters, and adds missing slashes and versions.
    """
    path = re.sub(r"^https?://[^/]*", "", url.strip(), flags=re.IGNORECASE)
    path = re.sub(r"/+", "/", f"/{path.partition('?')[0]}".lower()).rstrip("/")
    tail = "/v1/" + path.partition("/v1/")[2]
    return next((one for one in (path, f"/v1{path}", tail) if one in known), None)

"""What the endpoints that a batch can ask need in the body of a request, and how a URL is meant.

Sources: the API reference of each endpoint, and the errors of batches that people quote, such as
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

NEED_MODEL = frozenset({CHAT, COMPLETIONS, EMBEDDINGS})
"""A response may take its model from a stored prompt."""


@dataclass(frozen=True, slots=True)
class Needs:
    """What a body must hold beside its model."""

    keys: tuple[str, ...]
    """One of these must be there; the usual one comes first."""
    filled: bool = False
    """Whether a list for it must not be empty."""


_PROMPT = Needs(("prompt",))
_NEEDS = {
    CHAT: Needs(("messages",), filled=True),
    COMPLETIONS: Needs(("prompt", "prompt_embeds")),
    EMBEDDINGS: Needs(("input",), filled=True),
    MODERATIONS: Needs(("input",), filled=True),
    RESPONSES: Needs(("input", "prompt", "previous_response_id", "conversation")),
    "/v1/images/generations": _PROMPT,
    "/v1/images/edits": _PROMPT,
    "/v1/videos": _PROMPT,
}


def needs_of(url: object, *, with_version: bool) -> Needs | None:
    """What a request to this URL needs; None where that is not known.

    `with_version` says that the server takes no URL without it, as Azure and others do.
    """
    if not isinstance(url, str):
        return None
    return _NEEDS.get(url) or (None if with_version else _NEEDS.get(f"/v1{url}"))


def has_stored_prompt(url: object, body: Mapping[str, object]) -> bool:
    """Whether the request leaves input and model to a prompt that is stored at the service."""
    return url == RESPONSES and isinstance(body.get("prompt"), dict)


def meant_url(url: str, known: Collection[str]) -> str | None:
    """The known URL that somebody meant who wrote a host, no slash, no version, or capitals."""
    path = re.sub(r"^https?://[^/]*", "", url.strip(), flags=re.IGNORECASE)
    path = re.sub(r"/+", "/", f"/{path.partition('?')[0]}".lower()).rstrip("/")
    tail = "/v1/" + path.partition("/v1/")[2]
    return next((one for one in (path, f"/v1{path}", tail) if one in known), None)

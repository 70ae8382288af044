"""JSON responses."""

from collections.abc import Sequence
from typing import Any

import msgspec
from starlette.responses import Response


def json_response(fields: dict[str, Any]) -> Response:
    """An object as a response."""
    return Response(msgspec.json.encode(fields), media_type="application/json")


def list_response(objects: Sequence[dict[str, Any]], has_more: bool) -> Response:
    """A page of a list as a response."""
    return json_response(
        {
            "object": "list",
            "data": objects,
            "first_id": objects[0]["id"] if objects else None,
            "last_id": objects[-1]["id"] if objects else None,
            "has_more": has_more,
        }
    )

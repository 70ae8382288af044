"""What the official API document says about the answers of the job endpoints, as a table.

A shape names each field with what its value may be: a type, a set of allowed texts, another shape,
or a list with the one kind of its items. `required` fields are always there; `nullable` ones may be
null. `optional` fields may be missing or null, as in the document's examples.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

Kind = Any


@dataclass(frozen=True)
class Shape:
    required: Mapping[str, Kind]
    nullable: Mapping[str, Kind] = field(default_factory=dict)
    optional: Mapping[str, Kind] = field(default_factory=dict)


METADATA = {str: str}

BATCH = Shape(
    required={
        "id": str,
        "object": {"batch"},
        "endpoint": str,
        "input_file_id": str,
        "completion_window": str,
        "status": {
            "validating",
            "failed",
            "in_progress",
            "finalizing",
            "completed",
            "expired",
            "cancelling",
            "cancelled",
        },
        "created_at": int,
    },
    optional={
        "model": str,
        "errors": Shape(
            required={},
            optional={
                "object": {"list"},
                "data": [
                    Shape({}, {}, {"code": str, "message": str, "param": str, "line": int}),
                ],
            },
        ),
        "output_file_id": str,
        "error_file_id": str,
        "in_progress_at": int,
        "expires_at": int,
        "finalizing_at": int,
        "completed_at": int,
        "failed_at": int,
        "expired_at": int,
        "cancelling_at": int,
        "cancelled_at": int,
        "request_counts": Shape({"total": int, "completed": int, "failed": int}),
        "usage": Shape(
            {
                "input_tokens": int,
                "input_tokens_details": Shape({"cached_tokens": int}),
                "output_tokens": int,
                "output_tokens_details": Shape({"reasoning_tokens": int}),
                "total_tokens": int,
            }
        ),
        "metadata": METADATA,
    },
)

BATCH_RESULT = Shape(
    required={"id": str, "custom_id": str},
    nullable={
        "response": Shape({"status_code": int, "request_id": str, "body": dict}),
        "error": Shape({"code": str, "message": str}),
    },
)


def list_of(shape: Shape) -> Shape:
    """The shape of a page; the IDs are null on an empty one."""
    return Shape(
        {"object": {"list"}, "data": [shape], "has_more": bool},
        {},
        {"first_id": str, "last_id": str},
    )


def differences(value: Any, kind: Kind, place: str = "") -> list[str]:
    """How a value differs from what the document says; empty if it doesn't."""
    if isinstance(kind, Shape):
        return _object_differences(value, kind, place)
    if isinstance(kind, list):
        if not isinstance(value, list):
            return [f"{place}: not a list"]
        items = enumerate(value)
        return [one for n, item in items for one in differences(item, kind[0], f"{place}[{n}]")]
    if isinstance(kind, set):
        return [] if value in kind else [f"{place}: {value!r} is none of {sorted(kind)}"]
    if isinstance(kind, dict):
        ((of_keys, of_values),) = kind.items()
        same = isinstance(value, dict) and all(
            isinstance(key, of_keys) and isinstance(one, of_values) for key, one in value.items()
        )
        return [] if same else [f"{place}: {value!r} has other keys or values"]
    kinds = kind if isinstance(kind, tuple) else (kind,)
    return [] if type(value) in kinds else [f"{place}: {value!r} is no {kind}"]


def _object_differences(value: Any, shape: Shape, place: str) -> list[str]:
    if not isinstance(value, dict):
        return [f"{place}: not an object"]
    known = {**shape.required, **shape.nullable, **shape.optional}
    found = [f"{place}.{name}: not in the document" for name in value.keys() - known.keys()]
    found += [
        f"{place}.{name}: missing"
        for name in (shape.required.keys() | shape.nullable.keys()) - value.keys()
    ]
    for name in value.keys() & known.keys():
        if value[name] is None and name not in shape.required:
            continue
        found += differences(value[name], known[name], f"{place}.{name}")
    return found

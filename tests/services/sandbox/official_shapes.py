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

_COUNTS = ("in_progress", "completed", "failed", "cancelled", "total")

VECTOR_STORE = Shape(
    required={
        "id": str,
        "object": {"vector_store"},
        "created_at": int,
        "name": str,
        "usage_bytes": int,
        "file_counts": Shape(dict.fromkeys(_COUNTS, int)),
        "status": {"expired", "in_progress", "completed"},
    },
    nullable={"last_active_at": int, "metadata": METADATA},
    optional={
        "expires_after": Shape({"anchor": {"last_active_at"}, "days": int}),
        "expires_at": int,
    },
)

VECTOR_STORE_FILE = Shape(
    required={
        "id": str,
        "object": {"vector_store.file"},
        "usage_bytes": int,
        "created_at": int,
        "vector_store_id": str,
        "status": {"in_progress", "completed", "cancelled", "failed"},
    },
    nullable={
        "last_error": Shape(
            {"code": {"server_error", "unsupported_file", "invalid_file"}, "message": str}
        )
    },
    optional={
        "chunking_strategy": Shape(
            {
                "type": {"static"},
                "static": Shape({"max_chunk_size_tokens": int, "chunk_overlap_tokens": int}),
            }
        ),
        "attributes": {str: (str, int, float, bool)},
    },
)

VECTOR_STORE_FILE_CONTENT = Shape(
    required={
        "object": {"vector_store.file_content.page"},
        "data": [Shape({}, {}, {"type": {"text"}, "text": str})],
        "has_more": bool,
    },
    nullable={"next_page": str},
)

VECTOR_STORE_DELETED = Shape({"id": str, "object": {"vector_store.deleted"}, "deleted": bool})
VECTOR_STORE_FILE_DELETED = Shape(
    {"id": str, "object": {"vector_store.file.deleted"}, "deleted": bool}
)

_HYPERPARAMETERS = Shape(
    required={},
    optional={
        "n_epochs": (str, int),
        "batch_size": (str, int),
        "learning_rate_multiplier": (str, int, float),
    },
)

FINE_TUNING_JOB = Shape(
    required={
        "id": str,
        "object": {"fine_tuning.job"},
        "created_at": int,
        "hyperparameters": _HYPERPARAMETERS,
        "model": str,
        "organization_id": str,
        "result_files": [str],
        "status": {"validating_files", "queued", "running", "succeeded", "failed", "cancelled"},
        "training_file": str,
        "seed": int,
    },
    nullable={
        "error": Shape({"code": str, "message": str}, {"param": str}),
        "fine_tuned_model": str,
        "finished_at": int,
        "trained_tokens": int,
        "validation_file": str,
    },
    optional={
        "estimated_finish": int,
        "integrations": [dict],
        "metadata": METADATA,
        "method": Shape(
            {"type": {"supervised", "dpo", "reinforcement"}},
            {},
            {
                "supervised": Shape({}, {}, {"hyperparameters": _HYPERPARAMETERS}),
                "dpo": Shape({}, {}, {"hyperparameters": dict}),
            },
        ),
    },
)


_STEP_METRICS = Shape(
    {},
    {},
    dict.fromkeys(
        (
            "step",
            "train_loss",
            "train_mean_token_accuracy",
            "valid_loss",
            "valid_mean_token_accuracy",
            "full_valid_loss",
            "full_valid_mean_token_accuracy",
        ),
        (int, float),
    ),
)

FINE_TUNING_EVENT = Shape(
    required={
        "object": {"fine_tuning.job.event"},
        "id": str,
        "created_at": int,
        "level": {"info", "warn", "error"},
        "message": str,
    },
    optional={"type": {"message", "metrics"}, "data": dict},
)

FINE_TUNING_CHECKPOINT = Shape(
    {
        "object": {"fine_tuning.job.checkpoint"},
        "id": str,
        "created_at": int,
        "fine_tuned_model_checkpoint": str,
        "fine_tuning_job_id": str,
        "step_number": int,
        "metrics": _STEP_METRICS,
    }
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

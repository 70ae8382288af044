"""Checks the files of a fine-tuning job, with the official service's codes."""

from collections.abc import Iterable

import msgspec

from services.providers.limits import OFFICIAL

_MESSAGES = "messages"
_FORMATS = (
    frozenset({_MESSAGES}),
    frozenset({"prompt", "completion"}),
    frozenset({"input", "preferred_output", "non_preferred_output"}),
)
"""The keys of an example, of which it must have all of one format."""
_DPO = _FORMATS[2]
_GRADED = frozenset({_MESSAGES})


class JobError(msgspec.Struct, frozen=True):
    """Why a job failed, as in its `error`."""

    code: str
    message: str
    param: str | None


class TrainingFile(msgspec.Struct, frozen=True):
    """What a training or validation file holds."""

    examples: int
    size: int
    """In bytes."""
    error: JobError | None


def check_training_file(lines: Iterable[bytes], param: str, method: str) -> TrainingFile:
    """Check the examples of a file; `param` is the field of the job that names it."""
    examples = size = 0
    for number, line in enumerate(lines, 1):
        size += len(line)
        if line.isspace():
            continue
        examples += 1
        problem = _problem_of(line, method)
        if problem is not None:
            message = f"Invalid file format. Line {number}: {problem}"
            return TrainingFile(examples, size, JobError("invalid_file_format", message, param))
    fewest = OFFICIAL.fewest_examples or 1
    if param == "training_file" and examples < fewest:
        plural = "example" if examples == 1 else "examples"
        message = f"Training file has {examples} {plural}, but must have at least {fewest} examples"
        return TrainingFile(examples, size, JobError("invalid_n_examples", message, param))
    return TrainingFile(examples, size, None)


def _problem_of(line: bytes, method: str) -> str | None:
    try:
        example = msgspec.json.decode(line)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return "not valid JSON"
    if not isinstance(example, dict):
        return "not an object"
    found = next((keys for keys in _FORMATS if keys <= example.keys()), None)
    if found is None:
        return "the example has neither messages nor a prompt or an input with its answers"
    if (method == "dpo") != (found == _DPO):
        return f"the format of the example doesn't fit the method {method}"
    if found == _GRADED and not _has_messages(example[_MESSAGES]):
        return "messages must be an array of objects with a role"
    return None


def _has_messages(messages: object) -> bool:
    return (
        isinstance(messages, list)
        and len(messages) > 0
        and all(isinstance(one, dict) and isinstance(one.get("role"), str) for one in messages)
    )

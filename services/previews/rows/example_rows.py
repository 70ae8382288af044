"""The columns of training examples of any kind."""

from codecs import BOM_UTF8
from collections.abc import Iterable

from services.checks.line_shape import CHAT_KEYS, NON_PREFERRED_KEYS, PREFERRED_KEYS
from services.previews.conversations.message_texts import asked_in, last_text
from services.previews.conversations.training_example import TrainingExample, training_example
from services.previews.json_parts import as_text
from services.previews.rows.line_fields import (
    DECODING_ERRORS,
    Fields,
    decode,
    decode_fields,
    decoded_field,
    field_columns,
    object_fields,
    read_fields,
)
from services.previews.rows.line_rows import Column, LineReader, LineValues, OtherKind

_EXAMPLE_COLUMNS = (
    Column("turns", is_number=True),
    Column("tokens", is_number=True),
    Column("begins_with"),
)
_PREFERENCE_COLUMNS = (
    Column("tokens", is_number=True),
    Column("asked"),
    Column("preferred"),
    Column("other"),
)
_COMPLETION_COLUMNS = (Column("tokens", is_number=True), Column("prompt"), Column("completion"))


def conversation_reader(lines: Iterable[bytes]) -> LineReader:
    """Make the reader for chat examples.

    Examples for reinforcement have fields of any name, which their grader uses.
    """
    fields = field_columns([example for example in read_fields(lines) if "messages" in example])
    fields = {name: column for name, column in fields.items() if name not in CHAT_KEYS}

    def parse(line: bytes) -> LineValues:
        example = object_fields(line)
        counted = _counted(example)
        own = (counted.turns, counted.tokens, counted.begins_with or None)
        return LineValues((*own, *map(example.get, fields)))

    return LineReader([*_EXAMPLE_COLUMNS, *fields.values()], parse, text_column=2)


def read_example(line: bytes) -> TrainingExample | None:
    """Count what is in a training example of any kind; None if the line isn't one."""
    try:
        example = object_fields(line.removeprefix(BOM_UTF8))
        if "messages" in example:
            return _counted(example)
        if example.keys() & _ANSWER_KEYS:
            return _counted_preference(example)
        return _counted_completion(example)
    except (*DECODING_ERRORS, OtherKind):
        return None


def _counted(example: Fields) -> TrainingExample:
    return _count(decoded_field(example, "messages"), _tool_bytes(example))


def _counted_preference(example: Fields) -> TrainingExample:
    """Both answers count."""
    asked = decoded_field(example, "input")
    messages: list[object] = [{"role": "user", "content": asked}]
    tool_bytes = 0
    if isinstance(asked, dict):
        given = asked.get("messages")
        messages = list(given) if isinstance(given, list) else []
        tool_bytes = _tool_bytes(decode_fields(example["input"]))
    for key in example.keys() & _ANSWER_KEYS:
        answer = decoded_field(example, key)
        messages += answer if isinstance(answer, list) else [{"content": answer}]
    return _count(messages, tool_bytes)


def _counted_completion(example: Fields) -> TrainingExample:
    if not example.keys() & {"prompt", "completion"}:
        raise OtherKind
    prompt, completion = decoded_field(example, "prompt"), decoded_field(example, "completion")
    return _count([{"role": "user", "content": prompt}, {"content": completion}], 0)


def _count(messages: object, tool_bytes: int) -> TrainingExample:
    counted = training_example(messages, tool_bytes)
    if counted is None:
        raise OtherKind
    return counted


def _tool_bytes(fields: Fields) -> int:
    return sum(len(bytes(fields[key])) for key in _TOOL_KEYS if key in fields)


_ANSWER_KEYS = {*PREFERRED_KEYS, *NON_PREFERRED_KEYS}
_TOOL_KEYS = ("tools", "functions")


def _preference(line: bytes) -> LineValues:
    example = object_fields(line)
    preferred, other = (
        next((example[key] for key in keys if key in example), None)
        for keys in (PREFERRED_KEYS, NON_PREFERRED_KEYS)
    )
    if preferred is None and other is None:
        raise OtherKind
    asked = decoded_field(example, "input")
    return LineValues(
        (
            _counted_preference(example).tokens,
            (asked_in(asked) if isinstance(asked, dict) else as_text(asked)) or None,
            None if preferred is None else last_text(decode(preferred)),
            None if other is None else last_text(decode(other)),
        )
    )


def _completion(line: bytes) -> LineValues:
    example = object_fields(line)
    tokens = _counted_completion(example).tokens
    return LineValues((tokens, example.get("prompt"), example.get("completion")))


PREFERENCE_READER = LineReader(_PREFERENCE_COLUMNS, _preference, text_column=1)
COMPLETION_READER = LineReader(_COMPLETION_COLUMNS, _completion, text_column=1)

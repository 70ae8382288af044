"""Which purpose fits a local file, by its name and its first line."""

from pathlib import PurePath

import msgspec

from services.api.purposes import IMAGE_SUFFIXES

BEGINNING = 64 * 1024
"""How many bytes of a file are looked at."""


def suggested_purpose(file_name: str, beginning: bytes) -> str:
    """The name of an upload purpose; `user_data` takes anything."""
    ending = PurePath(file_name).suffix.lower()
    if ending == ".jsonl":
        return _purpose_of_first_line(beginning)
    if ending in IMAGE_SUFFIXES:
        return "vision"
    return "user_data"


def _purpose_of_first_line(beginning: bytes) -> str:
    first = next((line for line in beginning.split(b"\n") if line.strip()), b"")
    try:
        keys: object = msgspec.json.decode(first.removeprefix(b"\xef\xbb\xbf"))
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        # A first line longer than what was read: its beginning tells enough.
        keys = {key: None for key in _KEYS if f'"{key}"'.encode() in first}
    if not isinstance(keys, dict):
        return "user_data"
    if "custom_id" in keys and "response" not in keys:
        return "batch"
    if "messages" in keys or "prompt" in keys or "preferred_output" in keys:
        return "fine-tune"
    if "item" in keys:
        return "evals"
    return "user_data"


_KEYS = ("custom_id", "response", "messages", "prompt", "preferred_output", "item")

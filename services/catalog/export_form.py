"""The forms of an exported list."""

from enum import Enum


class ExportForm(Enum):
    """The format of an exported list; the value is the file name extension."""

    CSV = "csv"
    JSON = "json"
    JSONL = "jsonl"

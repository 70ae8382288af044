"""The formats of exported lists."""

from enum import Enum


class ExportFormat(Enum):
    """The format of an exported list; the value is the file name extension."""

    CSV = "csv"
    JSON = "json"
    JSONL = "jsonl"

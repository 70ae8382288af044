"""What is worked out about an open content once all of it is there."""

from collections.abc import Callable, Iterator
from pathlib import Path

from services.previews.batches.batch_summary import summarize
from services.previews.content.content_kind import ContentKind
from services.previews.documents.archive_names import archive_names
from services.previews.documents.step_metrics import read_step_metrics
from services.previews.events import (
    ContentGrew,
    ExamplesAdded,
    ImageDecoded,
    JsonRead,
    MetricsRead,
    NamesRead,
    ResultsAdded,
)
from services.previews.lines.bounded_lines import bounded_lines
from services.previews.lines.json_place import fault_in
from services.previews.lines.line_index import BLOCK_BYTES
from services.previews.lines.line_value import read_line
from services.previews.lines.record_lines import RecordLines, find_records
from services.previews.open_content import OpenContent
from services.previews.rows.example_summary import summarize_examples
from services.system.events import SessionEvent

MAX_JSON_BYTES = 2 * 1024 * 1024
"""A larger JSON value is shown as text only."""


def details_of(
    content: OpenContent, decode_image: Callable[[Path], object]
) -> Iterator[SessionEvent | None]:
    """Yield events about a content that is all there; None just lets the caller stop.

    Raise OSError if it can't be read.
    """
    match content.kind:
        case ContentKind.BATCH_RESULTS:
            for progress in summarize(bounded_lines(content.path)):
                yield ResultsAdded(content.file_id, progress)
        case ContentKind.CONVERSATIONS | ContentKind.PREFERENCES | ContentKind.COMPLETIONS:
            for added in summarize_examples(bounded_lines(content.path)):
                yield ExamplesAdded(content.file_id, added)
        case ContentKind.TABLE:
            metrics = read_step_metrics(content.path)
            if metrics is not None:
                yield MetricsRead(content.file_id, metrics)
            yield from _records_of(content)
        case ContentKind.IMAGE:
            yield ImageDecoded(content.file_id, decode_image(content.path))
        case ContentKind.ARCHIVE:
            for names in archive_names(content.path):
                yield NamesRead(content.file_id, names)
        case ContentKind.JSON if content.read <= MAX_JSON_BYTES:
            data = content.path.read_bytes()
            value = read_line(data)
            yield JsonRead(content.file_id, data, value, fault_in(data) if value.problem else None)


def _records_of(content: OpenContent) -> Iterator[SessionEvent | None]:
    has_quotation_marks = False
    with content.path.open("rb") as file:
        while not has_quotation_marks and (block := file.read(BLOCK_BYTES)):
            has_quotation_marks = b'"' in block
            yield None
    if not has_quotation_marks:
        return  # each line is a record
    records = RecordLines()
    for _progress in find_records(content.path, content.separator, records):
        yield None
    if records.has_long_records:
        content.find_records(records)
        yield ContentGrew(content.file_id, content)

"""Events about the content of files."""

from pathlib import Path

from services.checks.events import CheckedFile
from services.checks.line_findings import LineFindings
from services.previews.batches.batch_input import BatchInput
from services.previews.batches.batch_summary import BatchSummary, SummaryProgress
from services.previews.batches.retry_lines import JoinedBatch
from services.previews.documents.archive_names import ArchiveNames
from services.previews.documents.pdf_messages import PdfFailure, Rendered
from services.previews.documents.step_metrics import StepMetrics
from services.previews.joined_lines import JoinedLines
from services.previews.lines.json_place import JsonPlace
from services.previews.lines.line_value import LineValue
from services.previews.open_content import OpenContent
from services.previews.preview import Preview
from services.previews.rows.column_values import ColumnsProgress
from services.previews.rows.example_summary import ExamplesProgress
from services.previews.rows.line_query import FoundLines, LineList, LineQuery
from services.problems.errors import Problem
from services.system.events import LargeEvent, SessionEvent


class PreviewReady(LargeEvent, frozen=True):
    """The beginning of a file's content was read."""

    file_id: str
    preview: Preview
    picture: object = None
    """What the engine's image decoder made of an image; None if it isn't one, or is damaged."""


class ResultsAdded(LargeEvent, frozen=True):
    """The results in a batch output or error file were added up so far, or all of them."""

    file_id: str
    progress: SummaryProgress


class ResultsFailed(SessionEvent, frozen=True):
    """The results in a file couldn't be read to the end."""

    file_id: str
    problem: Problem


class RequestsRead(SessionEvent, frozen=True):
    """The requests at the beginning of a batch file were read."""

    file_id: str
    requests: BatchInput


class RequestsNotRead(SessionEvent, frozen=True):
    """The requests in a file couldn't be read."""

    file_id: str
    problem: Problem | None
    """None if the file isn't on this computer, and the server wasn't to be asked."""


class ErrorsRead(SessionEvent, frozen=True):
    """The errors at the beginning of a file with results of a batch were added up."""

    file_id: str
    summary: BatchSummary
    is_whole: bool
    """Whether the file ends there."""


class ErrorsNotRead(SessionEvent, frozen=True):
    """The errors in a file with results of a batch couldn't be read."""

    file_id: str
    problem: Problem | None
    """None if the file isn't on this computer, and the server wasn't to be asked."""


class PreviewUnavailable(SessionEvent, frozen=True):
    """No content of a file is on this computer, and the server wasn't to be asked for it.

    Nor has text been parsed out of it.
    """

    file_id: str


class PreviewFailed(SessionEvent, frozen=True):
    """The content of a file couldn't be read."""

    file_id: str
    problem: Problem


class ContentOpened(LargeEvent, frozen=True):
    """The kind of a file's content is known, and its beginning can be looked at."""

    file_id: str
    content: OpenContent


class ContentGrew(SessionEvent, frozen=True):
    """More of an open content was read, or all of it."""

    file_id: str
    content: OpenContent


class ImageDecoded(LargeEvent, frozen=True):
    """The open content is an image, and all of it was read."""

    file_id: str
    picture: object
    """What the engine's image decoder made of it."""


class NamesRead(LargeEvent, frozen=True):
    """The open content is an archive, and names in it were read, so far or all."""

    file_id: str
    names: ArchiveNames


class MetricsRead(LargeEvent, frozen=True):
    """A results file of fine-tuning was read: the open content, or one to compare with it."""

    file_id: str
    metrics: StepMetrics


class MetricsFailed(SessionEvent, frozen=True):
    """A results file to compare with the open one couldn't be read, or isn't one."""

    file_id: str
    problem: Problem


class JsonRead(LargeEvent, frozen=True):
    """The open content is one JSON value, and not too large to be shown as a tree."""

    file_id: str
    data: bytes
    value: LineValue
    fault: JsonPlace | None = None
    """Where it is broken; then it's shown as text."""


class PdfOpened(SessionEvent, frozen=True):
    """The open content is a PDF whose pages can be rendered."""

    file_id: str
    pages: int


class PdfUnreadable(SessionEvent, frozen=True):
    """The open content should be a PDF and can't be shown."""

    file_id: str
    failure: PdfFailure


class PdfPageRendered(SessionEvent, frozen=True):
    """A page of the open PDF was rendered."""

    file_id: str
    page: int
    """From 0."""
    rendered: Rendered


class PdfPageFailed(SessionEvent, frozen=True):
    """A page of the open PDF can't be shown."""

    file_id: str
    page: int
    failure: PdfFailure


class LinesFound(SessionEvent, frozen=True):
    """Lines of an open content were found, so far or all of them."""

    file_id: str
    lines: LineList
    query: LineQuery
    """The one that was given."""
    found: FoundLines
    is_complete: bool


class ExamplesAdded(LargeEvent, frozen=True):
    """The training examples in an open content were added up so far, or all of them."""

    file_id: str
    progress: ExamplesProgress


class ContentChecked(LargeEvent, frozen=True):
    """An open content was checked for the purpose of its file, as before an upload."""

    file_id: str
    checked: CheckedFile
    findings: LineFindings
    """Which lines have findings, whether or not they are in the report."""


class ColumnsCounted(SessionEvent, frozen=True):
    """The values in the columns of an open content were counted so far, or all of them."""

    file_id: str
    progress: ColumnsProgress


class SearchFailed(SessionEvent, frozen=True):
    """Lines of an open content couldn't be looked for, or not everywhere."""

    file_id: str
    query: LineQuery
    problem: Problem


class LinesSaving(SessionEvent, frozen=True):
    """Lines of an open content, or its problems, are being saved. ReportSaved or SomethingFailed follows."""

    file_id: str
    read: int
    """How much of the content was gone through, in bytes."""


class ContentUnavailable(SessionEvent, frozen=True):
    """No content of a file is on this computer, and the server wasn't to be asked for it.

    Nor has text been parsed out of it.
    """

    file_id: str


class ContentFailed(SessionEvent, frozen=True):
    """The content of a file couldn't be read, or not to its end."""

    file_id: str
    problem: Problem


class JoinProgressed(SessionEvent, frozen=True):
    """Results are being joined to requests."""

    request: int
    """The number that the join was given; so it is for the following events."""
    file_name: str
    """The file that is being read from the server; empty once all are here."""
    done: int
    """In bytes, of this file or of all."""
    size: int | None
    """In bytes."""


class BatchJoined(SessionEvent, frozen=True):
    """Results were joined to requests."""

    request: int
    joined: JoinedBatch
    lines: JoinedLines | None = None
    """The lines of the results, if they are in two files and there is room on the disk for them.

    They can be read until `Joins.keep_only` is called without the ID of their content.
    """


class JoinFailed(SessionEvent, frozen=True):
    """Results couldn't be joined to requests."""

    request: int
    is_input: bool
    """Whether it's the file with the requests that couldn't be read."""
    problem: Problem


class RetryWritten(SessionEvent, frozen=True):
    """The requests to retry were written to a new file."""

    request: int
    path: Path
    number: int
    """How many requests it has."""


class RetryFailed(SessionEvent, frozen=True):
    """No file with the requests to retry could be written."""

    request: int
    problem: Problem

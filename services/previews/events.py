"""Events about the content of files."""

from services.previews.archive_names import ArchiveNames
from services.previews.batch_summary import SummaryProgress
from services.previews.column_values import ColumnsProgress
from services.previews.line_query import FoundLines, LineList, LineQuery
from services.previews.open_content import OpenContent
from services.previews.preview import Preview
from services.previews.step_metrics import StepMetrics
from services.problems.errors import Problem
from services.system.events import SessionEvent


class PreviewReady(SessionEvent, frozen=True):
    """The beginning of a file's content was read."""

    file_id: str
    preview: Preview
    picture: object = None
    """What the engine's image decoder made of an image; None if it isn't one, or is damaged."""


class ResultsAdded(SessionEvent, frozen=True):
    """The results in a batch output or error file were added up so far, or all of them."""

    file_id: str
    progress: SummaryProgress


class ResultsFailed(SessionEvent, frozen=True):
    """The results in a file couldn't be read to the end."""

    file_id: str
    problem: Problem


class PreviewUnavailable(SessionEvent, frozen=True):
    """No content of a file is on this computer, and the server wasn't to be asked for it."""

    file_id: str


class PreviewFailed(SessionEvent, frozen=True):
    """The content of a file couldn't be read."""

    file_id: str
    problem: Problem


class ContentOpened(SessionEvent, frozen=True):
    """The kind of a file's content is known, and its beginning can be looked at."""

    file_id: str
    content: OpenContent


class ContentGrew(SessionEvent, frozen=True):
    """More of an open content was read, or all of it."""

    file_id: str
    content: OpenContent


class ImageDecoded(SessionEvent, frozen=True):
    """The open content is an image, and all of it was read."""

    file_id: str
    picture: object
    """What the engine's image decoder made of it."""


class NamesRead(SessionEvent, frozen=True):
    """The open content is an archive, and names in it were read, so far or all."""

    file_id: str
    names: ArchiveNames


class MetricsRead(SessionEvent, frozen=True):
    """The open content is a results file of fine-tuning."""

    file_id: str
    metrics: StepMetrics


class JsonRead(SessionEvent, frozen=True):
    """The open content is one JSON value, and not too large to be shown as a tree."""

    file_id: str
    data: bytes


class LinesFound(SessionEvent, frozen=True):
    """Lines of an open content were found, so far or all of them."""

    file_id: str
    lines: LineList
    query: LineQuery
    """The one that was given."""
    found: FoundLines
    is_complete: bool


class ColumnsCounted(SessionEvent, frozen=True):
    """The values in the columns of an open content were counted so far, or all of them."""

    file_id: str
    progress: ColumnsProgress


class ContentUnavailable(SessionEvent, frozen=True):
    """No content of a file is on this computer, and the server wasn't to be asked for it."""

    file_id: str


class ContentFailed(SessionEvent, frozen=True):
    """The content of a file couldn't be read, or not to its end."""

    file_id: str
    problem: Problem

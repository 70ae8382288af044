"""Finding, counting and saving lines of a content: what is published, and when nothing is."""

from pathlib import Path

import pytest

from services.catalog.export_format import ExportFormat
from services.disk.events import ReportSaved
from services.previews.content.content_kind import ContentKind
from services.previews.events import ColumnsCounted, LinesFound
from services.previews.lines_progress import publish_counts, publish_found, publish_saving
from services.previews.open_content import OpenContent
from services.previews.preview import PreviewSource
from services.previews.rows.line_filter import HasProblem
from services.previews.rows.line_query import LineList, LineQuery
from services.previews.rows.line_readers import line_reader
from services.previews.rows.lines_export import WantedLines
from services.problems.errors import FilesError
from services.problems.events import SomethingFailed
from services.system.cancellation import Cancelled, CancelToken
from services.system.events import Event

KIND = ContentKind.BATCH_REQUESTS
GOOD = b'{"custom_id": "1", "url": "/v1/embeddings", "body": {"model": "m"}}\n'
READER = line_reader(KIND, [GOOD])
QUERY = LineQuery(None, (HasProblem(),), READER)
PROBLEMS = LineList.PROBLEMS


def content_of(path: Path) -> OpenContent:
    return OpenContent("file-a", path, PreviewSource.SERVER, KIND)


@pytest.fixture
def content(tmp_path: Path) -> OpenContent:
    path = tmp_path / "lines"
    path.write_bytes(GOOD + b"{\n" + GOOD)
    return content_of(path)


@pytest.fixture
def cancelled() -> CancelToken:
    token = CancelToken()
    token.cancel()
    return token


def test_the_last_event_of_a_search_has_all_lines(content: OpenContent) -> None:
    events: list[Event] = []
    publish_found(events.append, "file-b", content, PROBLEMS, QUERY, CancelToken())
    last = events[-1]
    assert isinstance(last, LinesFound)
    assert (last.file_id, last.lines, last.query) == ("file-b", PROBLEMS, QUERY)
    assert (list(last.found.numbers), last.is_complete) == ([2], True)


def test_what_is_canceled_publishes_nothing(
    content: OpenContent, cancelled: CancelToken, tmp_path: Path
) -> None:
    events: list[Event] = []
    publish_found(events.append, "file-b", content, PROBLEMS, QUERY, cancelled)
    with pytest.raises(Cancelled):
        publish_counts(events.append, "file-b", content, READER, cancelled)
    wanted = WantedLines(READER, ExportFormat.JSONL)
    publish_saving(events.append, "file-b", content, tmp_path / "saved", wanted, cancelled)
    assert events == []


def test_values_of_all_readable_lines_are_counted(content: OpenContent) -> None:
    events: list[Event] = []
    publish_counts(events.append, "file-b", content, READER, CancelToken())
    last = events[-1]
    assert isinstance(last, ColumnsCounted)
    assert (last.file_id, last.progress.lines) == ("file-b", 2)


def test_a_file_that_is_gone_is_a_problem_to_raise_or_publish(tmp_path: Path) -> None:
    gone = content_of(tmp_path / "gone")
    events: list[Event] = []
    with pytest.raises(FilesError):
        publish_found(events.append, "file-b", gone, PROBLEMS, QUERY, CancelToken())
    with pytest.raises(FilesError):
        publish_counts(events.append, "file-b", gone, READER, CancelToken())
    assert events == []
    wanted = WantedLines(READER, ExportFormat.JSONL)
    publish_saving(events.append, "file-b", gone, tmp_path / "saved", wanted, CancelToken())
    assert [type(event) for event in events] == [SomethingFailed]


def test_lines_are_saved_as_they_are(content: OpenContent, tmp_path: Path) -> None:
    events: list[Event] = []
    to = tmp_path / "saved"
    wanted = WantedLines(READER, ExportFormat.JSONL, numbers=[1, 3])
    publish_saving(events.append, "file-b", content, to, wanted, CancelToken())
    assert events[-1] == ReportSaved(to)
    assert to.read_bytes() == 2 * GOOD

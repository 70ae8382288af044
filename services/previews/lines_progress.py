"""Finds, counts and saves the lines of a content, and publishes how far that is."""

import contextlib
import time
from pathlib import Path

from services.disk.events import ReportSaved
from services.previews.content_check import save_findings
from services.previews.content_opening import REPORT_SECONDS
from services.previews.events import ColumnsCounted, LinesFound, LinesSaving, SearchFailed
from services.previews.lines.regex_search import CostlyPatternError, InvalidPatternError
from services.previews.open_content import OpenContent
from services.previews.rows.column_values import ColumnsProgress, read_columns
from services.previews.rows.line_query import FoundLines, LineList, LineQuery, find_lines
from services.previews.rows.line_rows import LineReader
from services.previews.rows.lines_export import WantedLines, export_lines
from services.problems.content_errors import costly_pattern, invalid_pattern
from services.problems.disk_errors import error_reading
from services.problems.errors import FilesError
from services.problems.events import SomethingFailed
from services.providers.limits import Limits
from services.system.cancellation import Cancelled, CancelToken
from services.system.events import Listener


def publish_found(
    listener: Listener,
    file_id: str,
    content: OpenContent,
    lines: LineList,
    query: LineQuery,
    token: CancelToken,
) -> None:
    """Find lines. Publishes LinesFound, several times, or SearchFailed; nothing once cancelled.

    Raises FilesError if the content can't be read.
    """
    last = time.monotonic()
    found = FoundLines((), 0)
    try:
        with contextlib.closing(find_lines(content.path, query)) as search:
            for found in search:
                if token.cancelled:
                    return
                if time.monotonic() - last >= REPORT_SECONDS:
                    last = time.monotonic()
                    listener(LinesFound(file_id, lines, query, found, False))
    except OSError as error:
        raise error_reading(error, content.path) from error
    except InvalidPatternError as error:
        problem = invalid_pattern(error.reason, error.place)
        listener(SearchFailed(file_id, query, problem))
    except CostlyPatternError as error:
        problem = costly_pattern(error.after_line)
        listener(SearchFailed(file_id, query, problem))
    else:
        listener(LinesFound(file_id, lines, query, found, True))


def publish_counts(
    listener: Listener, file_id: str, content: OpenContent, reader: LineReader, token: CancelToken
) -> None:
    """Count the values in the columns. Publishes ColumnsCounted, several times.

    Raises Cancelled, or FilesError if the content can't be read.
    """
    last = time.monotonic()
    progress = ColumnsProgress(0, 0)
    try:
        for progress in read_columns(content.path, reader):
            token.check()
            if time.monotonic() - last >= REPORT_SECONDS:
                last = time.monotonic()
                listener(ColumnsCounted(file_id, progress))
    except OSError as error:
        raise error_reading(error, content.path) from error
    listener(ColumnsCounted(file_id, progress))


def publish_saving(
    listener: Listener,
    file_id: str,
    content: OpenContent,
    to: Path,
    wanted: WantedLines,
    token: CancelToken,
) -> None:
    """Save lines. Publishes LinesSaving, several times, and ReportSaved or SomethingFailed."""
    last = time.monotonic()
    try:
        for progress in export_lines(content.path, to, wanted):
            if token.cancelled:
                return
            if time.monotonic() - last >= REPORT_SECONDS:
                last = time.monotonic()
                listener(LinesSaving(file_id, progress.read))
    except FilesError as error:
        listener(SomethingFailed(error.problem))
    else:
        listener(ReportSaved(to))


def publish_saving_findings(
    listener: Listener,
    content: OpenContent,
    purpose: str,
    limits: Limits,
    to: Path,
    token: CancelToken,
) -> None:
    """Check a content again and save all that is found.

    Publishes LinesSaving, several times, and ReportSaved or SomethingFailed; nothing once cancelled.
    """
    last = time.monotonic()

    def report(read: int) -> None:
        nonlocal last
        if time.monotonic() - last >= REPORT_SECONDS:
            last = time.monotonic()
            listener(LinesSaving(content.file_id, read))

    try:
        save_findings(content, purpose, limits, to, token, report)
    except Cancelled:
        pass
    except FilesError as error:
        listener(SomethingFailed(error.problem))
    else:
        listener(ReportSaved(to))

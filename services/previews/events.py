"""Events about the content of files."""

from services.previews.preview import Preview
from services.problems.errors import Problem
from services.system.events import SessionEvent


class PreviewReady(SessionEvent, frozen=True):
    """The beginning of a file's content was read."""

    file_id: str
    preview: Preview


class PreviewFailed(SessionEvent, frozen=True):
    """The content of a file couldn't be read, or isn't to be read without being asked for."""

    file_id: str
    problem: Problem

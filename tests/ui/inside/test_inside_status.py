"""The status line tells where the content of the file came from."""

from pathlib import Path

import pytest
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from services.previews.content.content_kind import ContentKind
from services.previews.open_content import OpenContent
from services.previews.preview import PreviewSource
from ui.inside.inside_status import InsideStatus


@pytest.mark.parametrize(
    ("source", "words"),
    [
        (PreviewSource.SERVER, "Read from the server"),
        (PreviewSource.CACHE, "Read from the cache"),
        (PreviewSource.PARSED_TEXT, "Text from a vector store"),
        (PreviewSource.LOCAL, "unchanged since the upload"),
    ],
)
def test_where_the_content_was_read_from_is_said(
    qtbot: QtBot, tmp_path: Path, source: PreviewSource, words: str
) -> None:
    status = InsideStatus()
    qtbot.addWidget(status)
    content = OpenContent("file-1", tmp_path / "a.txt", source, ContentKind.TEXT)
    content.finish()
    status.show_source(content)
    said = " · ".join(label.text() for label in status.findChildren(QLabel))
    assert words in said

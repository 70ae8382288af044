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
    ("source", "unlisted", "words"),
    [
        (PreviewSource.SERVER, 0, "Read from the server · Esc"),
        (PreviewSource.SERVER, 2_000, "Read from the server · 2 KB more than the server lists"),
        (PreviewSource.SERVER, -2_000, "2 KB less than the server lists"),
        (PreviewSource.CACHE, 0, "Read from the cache · Esc"),
        (PreviewSource.CACHE, 5, "Read from the cache · 5 bytes more than the server lists"),
        (PreviewSource.PARSED_TEXT, 0, "Text from a vector store"),
        (PreviewSource.LOCAL, 0, "unchanged since the upload"),
    ],
)
def test_where_the_content_was_read_from_is_said(
    qtbot: QtBot, tmp_path: Path, source: PreviewSource, unlisted: int, words: str
) -> None:
    status = InsideStatus()
    qtbot.addWidget(status)
    content = OpenContent("file-1", tmp_path / "a.txt", source, ContentKind.TEXT)
    content.unlisted = unlisted
    content.finish()
    status.show_source(content)
    said = " · ".join(label.text() for label in status.findChildren(QLabel))
    assert words in said

"""Checking an open content for the purpose of its file."""

from services.checks.json_lines_check import PURPOSES
from services.previews.content.content_kind import ContentKind
from services.previews.content_check import is_checked


def test_lines_are_checked_for_each_purpose_that_takes_lines() -> None:
    purposes = {*PURPOSES, "batch_output", "user_data", None}
    found = {one for one in purposes if is_checked(ContentKind.CONVERSATIONS, one)}
    assert found == PURPOSES
    assert not is_checked(ContentKind.IMAGE, "fine-tune")

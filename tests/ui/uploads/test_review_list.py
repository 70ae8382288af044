from pathlib import Path

import pytest

from services.disk.local_file import LocalFile
from services.providers.limits import OFFICIAL
from tests.support.factories import local_file, problem
from ui.uploads.review_list import ReviewList


@pytest.mark.parametrize(
    ("files", "fit"),
    [
        ([local_file(Path("/a/a.jsonl")), local_file(Path("/a/b.JSONL"))], True),
        ([], False),
        ([local_file(Path("/a/a.jsonl")), local_file(Path("/a/b.pdf"))], False),
        ([local_file(Path("/a/a.jsonl"), size=0)], False),
        ([local_file(Path("/a/a.jsonl"), size=201 * 1024 * 1024)], False),
        ([local_file(Path("/a/a.jsonl"), problem=problem())], False),
    ],
)
def test_only_files_that_all_fit_their_purpose_need_no_review(
    files: list[LocalFile], fit: bool
) -> None:
    listed = ReviewList("batch", [], OFFICIAL)
    listed.add(files)
    assert listed.all_fit() is fit

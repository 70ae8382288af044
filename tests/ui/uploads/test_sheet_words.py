import pytest

from ui.uploads.review_rows import Sums
from ui.uploads.sheet_words import nothing_in_words, notice_in_words


@pytest.mark.parametrize(
    ("sums", "left_out", "words"),
    [
        (Sums(), 3, ""),
        (Sums(files=2), 0, ""),
        (
            Sums(files=2, errors=1, held_back=1),
            0,
            "1 file has errors and won't be uploaded. Select it to see why.",
        ),
        (
            Sums(files=3, errors=3, held_back=3),
            0,
            "3 files have errors and won't be uploaded. Select one to see why.",
        ),
        (Sums(files=2, unusable=1), 0, "1 file can't be uploaded."),
        (Sums(files=2, unusable=2), 0, "None of these files can be uploaded."),
        (Sums(files=1), 1, "1 file skipped (hidden, a link, or over the limit)."),
        (Sums(files=1), 12, "12 files skipped (hidden, links, or over the limit)."),
    ],
)
def test_the_notice_below_the_files(sums: Sums, left_out: int, words: str) -> None:
    assert notice_in_words(sums, left_out, when_checked=False) == words


def test_the_notice_while_files_are_checked() -> None:
    sums = Sums(files=3, checking=2)
    assert notice_in_words(sums, 0, when_checked=False) == "Checking 2 files…"
    assert notice_in_words(sums, 0, when_checked=True) == (
        "Checking 2 files… The upload starts when all have passed."
    )


def test_the_message_in_place_of_files() -> None:
    assert nothing_in_words(0, "*.png").startswith("No file names match “*.png”.")
    assert nothing_in_words(0, "").startswith("Nothing to upload.")

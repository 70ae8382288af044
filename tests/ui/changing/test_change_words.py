from services.problems.errors import Problem, ProblemKind
from services.transfers.events import ChangeEnded
from tests.support.factories import remote_file
from ui.changing.change_words import Source, ended_in_words, travel_in_words

OLD = remote_file("old.txt", id="file-old")
NEW = remote_file("new.txt", id="file-new")


def test_the_report_says_how_the_new_file_was_verified() -> None:
    compared = ChangeEnded("acme", OLD, NEW, by_content=True)
    assert ended_in_words(compared, ()) == (
        "Changed: new.txt is on the server as file-new, and its content was compared. "
        "The old file is still there."
    )
    refused = ChangeEnded("acme", OLD, NEW, by_content=False)
    assert "its content can't be compared: the server doesn't give it out" in ended_in_words(
        refused, ()
    )


def test_the_report_says_what_differs_and_what_uses_the_old_file() -> None:
    other = Problem(ProblemKind.DIFFERS, "The server set a different name", "Keep the old file.")
    ended = ChangeEnded("acme", OLD, NEW, by_content=True, difference=other)
    words = ended_in_words(ended, ["Batch nightly", "Vector store Handbook", "Batch daily"])
    assert "The server set a different name." in words
    assert words.endswith("The old file is still there and used: Batch nightly and 2 more.")


def test_what_travels_is_said_as_far_as_it_is_known() -> None:
    assert travel_in_words(Source.UNKNOWN, 5) == travel_in_words(Source.NOWHERE, 5) == ""
    assert travel_in_words(Source.ORIGINAL, None).startswith("The size isn't known.")
    assert travel_in_words(Source.ORIGINAL, 5_000).startswith("5 KB are uploaded")
    assert travel_in_words(Source.DOWNLOAD, 5_000).startswith("5 KB are downloaded and uploaded")

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.checks.events import PathsGathered
from services.disk.local_file import LocalFile
from services.providers.limits import OFFICIAL
from services.providers.purposes import UPLOAD_PURPOSES, purpose_named
from services.system.safe_text import one_line
from tests.support.factories import local_file, problem
from ui.uploads.drop_fit import (
    Hovering,
    hovering_files,
    hovering_paths,
    kinds_in_words,
    match_in_words,
    misfit_in_words,
    title_in_words,
)

_THREE = [Path("/a/one.jsonl"), Path("/a/two.jsonl"), Path("/a/scan.png")]


def gathered(*files: LocalFile, left_out: int = 0, folders: int = 0) -> Hovering:
    return hovering_files(PathsGathered(1, files, left_out, folders))


def three() -> Hovering:
    return gathered(
        local_file(_THREE[0], size=18_000_000),
        local_file(_THREE[1], size=18_200_000),
        local_file(_THREE[2], size=2_000_000, suggested_purpose="vision"),
    )


def test_names_alone_show_count_and_kinds() -> None:
    hovering = hovering_paths(_THREE)
    assert title_in_words(hovering) == "Drop 3 files to upload as…"
    assert kinds_in_words(hovering) == "2 × .jsonl, 1 × .png"


def test_sizes_and_matches_appear_once_the_disk_has_been_read() -> None:
    assert kinds_in_words(three()) == "2 × .jsonl, 1 × .png · 38.2 MB total"
    assert match_in_words(three()) == "2 × batch, 1 × vision, based on content"


def test_a_folder_shows_as_being_read_until_its_files_are_known() -> None:
    before = hovering_paths([Path("/a/photos"), Path("/a/x.png")])
    assert title_in_words(before) == "Drop 2 items to upload as…"
    assert kinds_in_words(before) == "1 × .png · reading 1 folder…"
    after = gathered(local_file(Path("/a/photos/y.PNG"), size=5), folders=1)
    assert title_in_words(after) == "Drop 1 file to upload as…"
    assert kinds_in_words(after) == "1 × .png · 5 bytes total · from 1 folder"


def test_a_possible_folder_is_not_reported_as_a_misfit() -> None:
    assert (
        misfit_in_words(purpose_named("batch"), hovering_paths([Path("/a/runs")]), OFFICIAL) is None
    )


def test_having_nothing_to_upload_is_shown() -> None:
    assert title_in_words(gathered(folders=1)) == "Nothing to upload"
    broken = gathered(local_file(problem=problem()))
    assert title_in_words(broken) == "Nothing to upload"
    assert kinds_in_words(broken) == "1 can't be uploaded"


def test_rare_kinds_are_summed_up() -> None:
    hovering = hovering_paths([Path(f"/a/x.{ending}") for ending in ("a", "b", "c", "d", "e", "a")])
    assert kinds_in_words(hovering) == "2 × .a, 1 × .b, 1 × .c, 2 others"


@pytest.mark.parametrize(
    ("purpose", "words"),
    [
        ("batch", "1 file is not .jsonl"),
        ("fine-tune", "1 file is not .jsonl"),
        ("evals", "1 file is not .jsonl"),
        ("vision", "2 files are not images"),
        ("user_data", None),
        ("assistants", None),
    ],
)
def test_a_tile_says_which_files_do_not_fit(purpose: str, words: str | None) -> None:
    assert misfit_in_words(purpose_named(purpose), three(), OFFICIAL) == words
    assert misfit_in_words(purpose_named(purpose), hovering_paths(_THREE), OFFICIAL) == words


def test_large_files_are_counted_separately_from_wrong_types() -> None:
    limit = 200 * 1024 * 1024
    hovering = gathered(
        local_file(Path("/a/fits.jsonl"), size=limit),
        local_file(Path("/a/large.jsonl"), size=limit + 1),
        local_file(Path("/a/large.png"), size=limit + 1),
    )
    words = misfit_in_words(purpose_named("batch"), hovering, OFFICIAL)
    assert words == "1 file is not .jsonl · 1 file is larger than 200 MB"


@given(st.lists(st.tuples(st.text(max_size=8), st.integers(0, 2**40)), max_size=30))
def test_any_names_and_sizes_can_be_described(files: list[tuple[str, int]]) -> None:
    hovering = gathered(
        *(local_file(Path("/a/x"), name=name or "x", size=size) for name, size in files)
    )
    for purpose in UPLOAD_PURPOSES:
        words = misfit_in_words(purpose, hovering, OFFICIAL)
        assert words is None or words[0].isdigit()
    assert title_in_words(hovering)
    kinds = kinds_in_words(hovering)
    assert one_line(kinds) == kinds

"""Pages of PDFs, rendered by a process that may crash or hang."""

import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from services.previews.documents.pdf_messages import MAX_PIXELS, PdfFailure, Rendered
from services.previews.documents.pdf_pages import MAX_WIDTH, PdfCancelled, PdfError, PdfPages
from tests.support.small_pdf import encrypted_pdf, small_pdf
from tests.support.waiting import wait_for

pytestmark = pytest.mark.slow

ODD = "tests.support.odd_pdf_child"


@pytest.fixture
def opened(tmp_path: Path) -> Iterator[Callable[..., PdfPages]]:
    """Opens files with this content, and closes them."""
    made: list[PdfPages] = []

    def open_file(data: bytes, name: str = "file.pdf", **options: float | str) -> PdfPages:
        path = tmp_path / name
        path.write_bytes(data)
        made.append(PdfPages(path, **options))  # type: ignore[arg-type]
        return made[-1]

    yield open_file
    for pages in made:
        pages.close()


def pixel(page: Rendered, x: int, y: int) -> tuple[int, int, int]:
    """Red, green and blue."""
    blue, green, red = page.data[y * page.stride + 4 * x :][:3]
    return red, green, blue


def failure(of: Callable[[], object]) -> PdfFailure:
    with pytest.raises(PdfError) as raised:
        of()
    return raised.value.failure


def test_pages_are_counted_and_rendered_at_a_width(opened: Callable[..., PdfPages]) -> None:
    pages = opened(small_pdf((100, 50), (60, 120)))
    assert pages.count() == 2
    first = pages.render(0, 200)
    assert (first.width, first.height) == (200, 100)
    assert len(first.data) == first.height * first.stride
    assert pixel(first, 20, 90) == (255, 0, 0)
    assert pixel(first, 150, 10) == (255, 255, 255)
    second = pages.render(1, 30)
    assert (second.width, second.height) == (30, 60)


def test_a_page_can_be_rendered_without_counting_first(opened: Callable[..., PdfPages]) -> None:
    assert opened(small_pdf((100, 50))).render(0, 10).width == 10


def test_no_page_has_too_many_pixels(opened: Callable[..., PdfPages]) -> None:
    pages = opened(small_pdf((100, 50), (10, 14_000)))
    assert pages.render(0, 10**9).width <= MAX_WIDTH + 1
    long = pages.render(1, 1_000)
    assert long.width * long.height <= MAX_PIXELS * 1.01
    assert abs(long.height / long.width - 1_400) < 20


def test_a_page_that_is_not_there_is_damage_and_the_others_are_still_there(
    opened: Callable[..., PdfPages],
) -> None:
    pages = opened(small_pdf((100, 50)))
    assert failure(lambda: pages.render(1, 10)) is PdfFailure.DAMAGED
    assert failure(lambda: pages.render(-5, 10)) is PdfFailure.DAMAGED
    assert pages.render(0, 10).width == 10


@pytest.mark.parametrize(
    "data",
    [b"", b"no PDF", b"%PDF-1.7\n", small_pdf((9, 9))[:150], small_pdf()],
    ids=["empty", "text", "head", "half", "no pages"],
)
def test_what_is_no_pdf_is_damaged(opened: Callable[..., PdfPages], data: bytes) -> None:
    assert failure(opened(data).count) is PdfFailure.DAMAGED


def test_an_encrypted_file_is_said_to_be(opened: Callable[..., PdfPages]) -> None:
    assert failure(opened(encrypted_pdf()).count) is PdfFailure.ENCRYPTED


def test_a_file_that_is_gone_is_damaged(opened: Callable[..., PdfPages], tmp_path: Path) -> None:
    pages = opened(b"")
    (tmp_path / "file.pdf").unlink()
    assert failure(pages.count) is PdfFailure.DAMAGED


def test_a_reader_without_time_is_ended(opened: Callable[..., PdfPages]) -> None:
    assert failure(opened(small_pdf((9, 9)), seconds=0.0).count) is PdfFailure.TOO_SLOW


def test_a_reader_that_hangs_is_ended_and_the_next_page_has_another(
    opened: Callable[..., PdfPages],
) -> None:
    pages = opened(b"", "hangs", module=ODD, seconds=1.0)
    assert failure(lambda: pages.render(0, 10)) is PdfFailure.TOO_SLOW
    assert failure(lambda: pages.render(1, 10)) is PdfFailure.TOO_SLOW


@pytest.mark.parametrize("name", ["crashes", "answers nonsense"])
def test_a_reader_that_crashes_is_told_apart(opened: Callable[..., PdfPages], name: str) -> None:
    pages = opened(b"", name, module=ODD)
    assert pages.count() == 3
    assert failure(lambda: pages.render(0, 10)) is PdfFailure.CRASHED


def test_a_reader_that_can_not_start_is_told(opened: Callable[..., PdfPages]) -> None:
    pages = opened(b"", module="tests.support.no_such_module")
    assert failure(pages.count) is PdfFailure.CRASHED


@pytest.mark.parametrize("end", ["cancel", "close"])
def test_another_thread_ends_what_is_being_rendered(
    opened: Callable[..., PdfPages], end: str
) -> None:
    pages = opened(b"", "hangs", module=ODD, seconds=60.0)
    pages.count()
    raised: list[BaseException] = []

    def render() -> None:
        try:
            pages.render(0, 10)
        except PdfCancelled as error:
            raised.append(error)

    thread = threading.Thread(target=render)
    thread.start()
    wait_for(lambda: getattr(pages, end)() or raised or None, "the end of the page")
    thread.join()
    if end == "cancel":
        assert pages.count() == 3
    else:
        with pytest.raises(PdfCancelled):
            pages.count()
        with pytest.raises(PdfCancelled):
            pages.render(0, 10)

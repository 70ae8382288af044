import io
import tracemalloc
import zlib
from collections import Counter
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.checks.finding import Finding
from services.checks.image_check import ImageCheck
from services.checks.image_type import ImageType, image_type
from services.checks.images.structure import MAX_PIXELS
from services.problems.severity import Severity
from services.providers.limits import OFFICIAL, Limits
from services.system.cancellation import Cancelled, CancelToken
from tests.services.checks import image_builders
from tests.services.checks.image_builders import (
    JPEG,
    SIGNATURE,
    WEBP,
    WEBP_LOSSLESS,
    bomb,
    chunk,
    gif,
    ihdr,
    png,
    webp,
    webp_canvas,
)

COMPLETE = {
    "png": (png(), "PNG"),
    "jpeg": (JPEG, "JPEG"),
    "webp": (WEBP, "WEBP"),
    "webp lossless": (WEBP_LOSSLESS, "WEBP"),
    "gif": (gif(), "GIF"),
}


def check_image(
    content: bytes,
    name: str = "a",
    limits: Limits = OFFICIAL,
    token: CancelToken | None = None,
    progress: Callable[[int], None] = lambda _done: None,
) -> tuple[list[str], tuple[str, ...]]:
    """The rules that were broken, and the facts."""
    findings: list[Finding] = []
    check = ImageCheck(findings.append, limits)
    check.check(io.BytesIO(content), name, len(content), token or CancelToken(), progress)
    assert all(finding.text.endswith(".") for finding in findings)
    return [finding.rule for finding in findings], check.facts


@pytest.mark.parametrize("key", COMPLETE)
def test_the_facts_of_a_complete_image_are_its_type_and_dimensions(key: str) -> None:
    content, kind = COMPLETE[key]
    assert check_image(content) == ([], (kind, "12 × 7 pixels"))


@pytest.mark.parametrize("key", COMPLETE)
def test_a_truncated_image_is_an_error(key: str) -> None:
    content, _kind = COMPLETE[key]
    # Decoders open images whose end marker is missing.
    complete_at = len(content) - {"gif": 1, "png": 12}.get(key, 0)
    for end in range(12, complete_at):
        assert check_image(content[:end])[0] == ["image.truncated"], end
    for end in range(complete_at, len(content)):
        assert check_image(content[:end])[0] == ["image.end"], end


def test_a_gif_with_a_truncated_last_frame_is_an_error() -> None:
    two = gif(frames=2)
    assert check_image(two[:-2])[0] == ["image.truncated"]
    assert check_image(two[:-1])[0] == ["image.end", "image.animated"]


def test_a_huge_png_without_its_end_is_an_error() -> None:
    assert check_image(bomb()[:-12])[0] == ["image.truncated"]


@pytest.mark.parametrize("key", COMPLETE)
def test_data_after_the_end_of_an_image_is_no_error(key: str) -> None:
    content, kind = COMPLETE[key]
    # The end of a GIF is a single byte, so this is reported.
    rules = ["image.trailing_data"] if key == "gif" else []
    assert check_image(content + b"more, as some cameras add") == (rules, (kind, "12 × 7 pixels"))


PASSES = ("16462646", "7" * 8, "56565656", "7" * 8, "36463646", "7" * 8, "56565656", "7" * 8)
"""The pass of each pixel in an 8 × 8 block of an interlaced PNG."""


def decompressed_size(width: int, height: int, bits: int, interlaced: bool) -> int:
    """The size of all rows in bytes, counted pixel by pixel."""
    rows: Counter[tuple[str, int]] = Counter()
    for y in range(height):
        for x in range(width):
            rows[PASSES[y % 8][x % 8] if interlaced else "", y] += 1
    return sum(1 + (pixels * bits + 7) // 8 for pixels in rows.values())


@pytest.mark.parametrize(
    ("color", "bits", "samples"),
    [(0, 1, 1), (0, 16, 1), (2, 8, 3), (3, 1, 1), (3, 4, 1), (4, 8, 2), (6, 8, 4), (6, 16, 4)],
)
@pytest.mark.parametrize("interlaced", [False, True])
@pytest.mark.parametrize(("width", "height"), [(1, 1), (5, 9), (65, 3)])
def test_all_pixels_of_a_png_are_counted(
    color: int, bits: int, samples: int, interlaced: bool, width: int, height: int
) -> None:
    def png_with_data(size: int) -> bytes:
        return b"".join(
            (
                SIGNATURE,
                ihdr(width, height, bits, color, interlaced),
                chunk(b"PLTE", b"abc"),
                chunk(b"IDAT", zlib.compress(bytes(size))),
                chunk(b"IEND"),
            )
        )

    size = decompressed_size(width, height, bits * samples, interlaced)
    assert check_image(png_with_data(size))[0] == []
    assert check_image(png_with_data(size - 1))[0] == ["image.damaged"]


@pytest.mark.parametrize(
    "content",
    [
        SIGNATURE + ihdr(0, 7) + chunk(b"IEND"),
        SIGNATURE + chunk(b"IEND"),
        SIGNATURE + chunk(b"IHDR", b"short") + chunk(b"IEND"),
        SIGNATURE + ihdr(12, 7) + chunk(b"IEND"),
        SIGNATURE + ihdr(60_000, 60_000) + chunk(b"IEND"),
        SIGNATURE + ihdr(12, 7, bits=3) + chunk(b"IEND"),
        SIGNATURE + ihdr(12, 7, interlaced=2) + chunk(b"IEND"),
        SIGNATURE + ihdr(12, 7) + chunk(b"IDAT", b"not packed") + chunk(b"IEND"),
        SIGNATURE + ihdr(12, 7) + chunk(b"tEXt", b"a", checksum=1) + chunk(b"IEND"),
        SIGNATURE + ihdr(12, 7) + b"\xff\xff\xff\xffIDAT" + bytes(20),
        SIGNATURE + ihdr(12, 7) + bytes(20),
        png(color=3),
        png(pixels=bytes(13 * 7 - 1)),
        b"\xff\xd8\xff\xd9",
        b"\xff\xd8\xff\xe0\0\0\xff\xd9",
        b"\xff\xd8\xff\xc0\0\x05\x08\0\7\0\x0c\xff\xd9",
        b"\xff\xd8\xff\xc0\0\x08\x08\0\0\0\x0c\x01\xff\xd9",
        b"\xff\xd8\xff\xc0\0\x08\x08\0\7\0\x0c\x01\xff\xd9",
        b"\xff\xd8\xff\xda\0\2\1\2\xff\xd9",
        JPEG[:2] + b"\xff\xe0\0\1" + JPEG[2:],
        gif(frames=0),
        gif(width=0),
        gif().replace(b"\x02\x44\x01\x00", b"\x00"),
        gif().replace(b"\x21\xfe", b"\x22\xfe"),
        webp(),
        webp(size=0),
        webp((b"VP8 ", bytes(10)), size=3),
        webp((b"VP8 ", bytes(10))),
        webp((b"VP8L", b"\x2f")),
        webp((b"ALPH", b"abc")),
        webp((b"VP8X", bytes(10))),
        webp((b"VP8X", bytes(10)), (b"ALPH", b"abc"), size=25),
    ],
)
def test_an_invalid_image_is_damaged(content: bytes) -> None:
    assert check_image(content)[0] == ["image.damaged"]


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b"BM" + bytes(60), "BMP"),
        (b"II*\0" + bytes(60), "TIFF"),
        (b"\0\0\0\x18ftypheic" + bytes(60), "HEIC"),
        (b"\0\0\0\x18ftypavif" + bytes(60), "AVIF"),
        (b"<svg xmlns=''/>", "SVG"),
        (b"%PDF-1.4", "PDF"),
        (b"RIFF\4\0\0\0WAVE", "isn't a supported image"),
        (b"{}\n", "isn't a supported image"),
        (b"", "isn't a supported image"),
    ],
)
def test_a_file_of_another_type_is_named(content: bytes, expected: str) -> None:
    findings: list[Finding] = []
    check = ImageCheck(findings.append, OFFICIAL)
    check.check(io.BytesIO(content), "a.png", len(content), CancelToken(), lambda _done: None)
    [finding] = findings
    assert finding.rule == "image.type"
    assert expected in finding.text
    assert check.facts == ()


@pytest.mark.parametrize("name", ["a.png", "A.PNG", "a", ".png", "a.tiff", "a.jpeg.png"])
def test_a_matching_or_unknown_extension_is_fine(name: str) -> None:
    assert check_image(png(), name)[0] == []


@pytest.mark.parametrize(
    ("content", "name"), [(png(), "a.JPG"), (JPEG, "a.png"), (WEBP, "a.gif"), (gif(), "a.webp")]
)
def test_an_extension_of_another_image_type_is_reported(content: bytes, name: str) -> None:
    assert check_image(content, name)[0] == ["image.extension"]


def test_an_animated_gif_is_an_error_only_for_the_official_service() -> None:
    for limits, errors in ((OFFICIAL, 1), (Limits(), 0)):
        findings: list[Finding] = []
        content = gif(frames=3)
        ImageCheck(findings.append, limits).check(
            io.BytesIO(content), "a.gif", len(content), CancelToken(), lambda _done: None
        )
        assert [finding.rule for finding in findings] == ["image.animated"]
        assert sum(finding.severity is Severity.ERROR for finding in findings) == errors


def test_other_images_can_be_animated() -> None:
    assert check_image(webp_canvas(3000, 2000)) == ([], ("WEBP", "3,000 × 2,000 pixels"))
    animated = png(before=[chunk(b"acTL", b"\0\0\0\2\0\0\0\0")])
    assert check_image(animated)[0] == []


# Large images


@pytest.mark.slow
def test_images_are_never_decompressed_into_memory() -> None:
    contents = [
        bomb(),
        image_builders.png_with_extra_data(),
        png(pixels=bytes(10_001 * 5_000), width=10_000, height=5_000),
    ]
    tracemalloc.start()
    try:
        found = [check_image(content)[0] for content in contents]
        _now, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert found == [["image.pixels"], [], []]
    assert peak < 2_000_000


def test_a_decompression_bomb_is_recognized_by_its_dimensions() -> None:
    rules, facts = check_image(bomb())
    assert rules == ["image.pixels"]
    assert facts == ("PNG", "60,000 × 60,000 pixels")
    side = int(MAX_PIXELS**0.5)
    assert check_image(webp_canvas(side, side))[0] == []
    assert check_image(webp_canvas(side + 1, side))[0] == ["image.pixels"]


class Sparse(io.RawIOBase):
    """A PNG with 60 MB of zeros in one chunk."""

    def __init__(self) -> None:
        super().__init__()
        self.length = 60_000_000
        filling = chunk(b"prVt", bytes(self.length))
        self._file = io.BytesIO(png(before=[filling]))

    def read(self, size: int = -1) -> bytes:
        assert 0 < size <= 1_000_000
        return self._file.read(size)


@pytest.mark.slow
def test_a_large_image_is_read_in_pieces_with_progress_and_can_be_cancelled() -> None:
    done: list[int] = []
    findings: list[Finding] = []
    check = ImageCheck(findings.append, OFFICIAL)
    large = Sparse()
    check.check(large, "a.png", 60_000_200, CancelToken(), done.append)
    assert [finding.rule for finding in findings] == ["image.too_large"]
    assert done == sorted(done)
    assert done[-1] > large.length
    token = CancelToken()
    with pytest.raises(Cancelled):
        check_image(
            png(before=[chunk(b"prVt", bytes(1_000_000))]),
            token=token,
            progress=lambda _done: token.cancel(),
        )


# Fuzzing


@pytest.mark.slow
@given(st.sampled_from(sorted(COMPLETE)), st.data())
def test_changed_images_never_crash_the_check(key: str, data: st.DataObject) -> None:
    content = bytearray(COMPLETE[key][0])
    for _change in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(0, len(content)))
        match data.draw(st.sampled_from(("set", "insert", "remove", "repeat"))):
            case "set" if at < len(content):
                content[at] = data.draw(st.integers(0, 255))
            case "insert":
                content[at:at] = data.draw(st.binary(max_size=20))
            case "remove":
                del content[at : at + data.draw(st.integers(1, 40))]
            case _:
                content[at:at] = content[at : at + 100]
    rules, facts = check_image(bytes(content), "a.png")
    assert len(rules) == len(set(rules))
    assert facts or rules


@pytest.mark.slow
@given(st.sampled_from([COMPLETE[key][0][:12] for key in COMPLETE]), st.binary(max_size=3000))
def test_arbitrary_data_after_a_signature_never_crashes_the_check(mark: bytes, rest: bytes) -> None:
    rules, facts = check_image(mark + rest)
    assert facts or rules


@given(st.binary(max_size=40))
def test_twelve_bytes_are_enough_for_the_type(beginning: bytes) -> None:
    assert image_type(beginning) in (None, *ImageType)
    assert image_type(beginning[:12]) is image_type(beginning)

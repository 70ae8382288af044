"""Builds small images of every type byte by byte, complete and damaged."""

import base64
import struct
import zlib
from collections.abc import Iterable

# Written by an image library: 12 × 7 pixels.
JPEG = base64.b64decode(
    "/9j/4AAQSkZJRgABAQEAZABkAAD/2wBDABsSFBcUERsXFhceHBsgKEIrKCUlKFE6PTBCYFVlZF9VXVtqeJmBanGQc1td"
    "hbWGkJ6jq62rZ4C8ybqmx5moq6T/2wBDARweHigjKE4rK06kbl1upKSkpKSkpKSkpKSkpKSkpKSkpKSkpKSkpKSkpKSk"
    "pKSkpKSkpKSkpKSkpKSkpKSkpKT/wgARCAAHAAwDASIAAhEBAxEB/8QAFQABAQAAAAAAAAAAAAAAAAAAAAP/xAAVAQEB"
    "AAAAAAAAAAAAAAAAAAAAAv/aAAwDAQACEAMQAAABjcl//8QAFxABAAMAAAAAAAAAAAAAAAAAAAIDE//aAAgBAQABBQKN"
    "bN//xAAXEQADAQAAAAAAAAAAAAAAAAAAAQID/9oACAEDAQE/Ac7Z/8QAFREBAQAAAAAAAAAAAAAAAAAAAAH/2gAIAQIB"
    "AT8Bj//EABQQAQAAAAAAAAAAAAAAAAAAABD/2gAIAQEABj8CP//EABcQAAMBAAAAAAAAAAAAAAAAAAABETH/2gAIAQEA"
    "AT8hBJMP/9oADAMBAAIAAwAAABAL/8QAFhEAAwAAAAAAAAAAAAAAAAAAABEx/9oACAEDAQE/EFaf/8QAFhEBAQEAAAAA"
    "AAAAAAAAAAAAAQAh/9oACAECAQE/ENBf/8QAGBABAQADAAAAAAAAAAAAAAAAAQARMZH/2gAIAQEAAT8QFMoWsHb/2Q=="
)
"""Progressive, with many scans, each after its own tables."""
WEBP = base64.b64decode(
    "UklGRkwAAABXRUJQVlA4IEAAAADQAQCdASoMAAcABABoJbACdAEOuuK0AAD+8YYE8kCucVj7g8mO/OdpX/oPnbQJnEDT"
    "X42zIDzXXty3i87IMAAA"
)
WEBP_LOSSLESS = base64.b64decode(
    "UklGRkAAAABXRUJQVlA4TDMAAAAvC4ABALkyRPQ/dhHR/4CCtm0YIyl/orsIhoIswDS5bw4RpBNBMQEg3QC7H0iDIK8o"
    "Q0QA"
)

SIGNATURE = b"\x89PNG\r\n\x1a\n"


def chunk(kind: bytes, data: bytes = b"", checksum: int | None = None) -> bytes:
    """A PNG chunk."""
    checksum_of_data = zlib.crc32(kind + data)
    return (
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", checksum or checksum_of_data)
    )


def ihdr(width: int, height: int, bits: int = 8, color: int = 0, interlaced: int = 0) -> bytes:
    """The IHDR chunk."""
    return chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, bits, color, 0, 0, interlaced))


def png(
    width: int = 12,
    height: int = 7,
    *,
    pixels: bytes | None = None,
    before: Iterable[bytes] = (),
    color: int = 0,
) -> bytes:
    """A gray image. `pixels` is uncompressed, with a filter byte before each row."""
    rows = b"\0" + bytes(width) if pixels is None else b""
    compressed = zlib.compress(rows * height if pixels is None else pixels)
    half = len(compressed) // 2
    return b"".join(
        (
            SIGNATURE,
            ihdr(width, height, color=color),
            *before,
            chunk(b"IDAT", compressed[:half]),
            chunk(b"IDAT", compressed[half:]),
            chunk(b"IEND"),
        )
    )


def bomb() -> bytes:
    """A small PNG that decompresses to 3.6 billion pixels."""
    compressor = zlib.compressobj(9)
    compressed = (
        b"".join(compressor.compress(bytes(1_000_000)) for _ in range(20)) + compressor.flush()
    )
    return SIGNATURE + ihdr(60_000, 60_000) + chunk(b"IDAT", compressed) + chunk(b"IEND")


def png_with_extra_data() -> bytes:
    """A PNG of 12 × 7 pixels whose compressed data continues for 20 MB after them."""
    return png(pixels=bytes(20_000_000))


def gif(frames: int = 1, width: int = 12, height: int = 7) -> bytes:
    """A GIF with two colors, and one pixel per frame."""
    head = b"GIF89a" + struct.pack("<HHBBB", width, height, 0x80, 0, 0) + bytes(6)
    extension = b"\x21\xfe\x03abc\x00"
    picture = b"\x2c" + struct.pack("<HHHHB", 0, 0, 1, 1, 0) + b"\x02\x02\x44\x01\x00"
    return head + extension + picture * frames + b"\x3b"


def webp(*chunks: tuple[bytes, bytes], size: int | None = None) -> bytes:
    """A WEBP with these chunks."""
    body = b"WEBP" + b"".join(
        kind + struct.pack("<I", len(data)) + data + bytes(len(data) % 2) for kind, data in chunks
    )
    return b"RIFF" + struct.pack("<I", len(body) if size is None else size) + body


def webp_canvas(width: int, height: int, frames: int = 2) -> bytes:
    """An animated WEBP: the dimensions, then empty frames."""
    canvas = b"\x02\0\0\0" + (width - 1).to_bytes(3, "little") + (height - 1).to_bytes(3, "little")
    return webp((b"VP8X", canvas), (b"ANIM", bytes(6)), *[(b"ANMF", bytes(17))] * frames)

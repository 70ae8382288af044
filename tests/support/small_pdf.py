"""Writes small valid PDFs."""

from collections.abc import Sequence


def small_pdf(*pages: tuple[int, int], drawing: bytes = b"1 0 0 rg 0 0 40 30 re f") -> bytes:
    """A PDF whose pages have these widths and heights in points.

    `drawing` is drawn on each page; by default a red rectangle in the lower left corner.
    """
    objects = [b"<< /Type /Catalog /Pages 2 0 R >>", b""]
    numbers = []
    for width, height in pages:
        objects.append(b"<< /Length %d >>\nstream\n%s\nendstream" % (len(drawing), drawing))
        content = len(objects)
        box = b"/MediaBox [0 0 %d %d]" % (width, height)
        objects.append(b"<< /Type /Page /Parent 2 0 R %s /Contents %d 0 R >>" % (box, content))
        numbers.append(len(objects))
    kids = b" ".join(b"%d 0 R" % number for number in numbers)
    objects[1] = b"<< /Type /Pages /Count %d /Kids [%s] >>" % (len(numbers), kids)
    return _with_table(objects, b"/Root 1 0 R")


def encrypted_pdf() -> bytes:
    """A PDF that can't be opened without a password."""
    keys = b"/O <%s> /U <%s>" % (b"41" * 32, b"42" * 32)
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Count 0 /Kids [] >>",
        b"<< /Filter /Standard /V 1 /R 2 /P -4 %s >>" % keys,
    ]
    name = b"43" * 16
    return _with_table(objects, b"/Root 1 0 R /Encrypt 3 0 R /ID [<%s> <%s>]" % (name, name))


def _with_table(objects: Sequence[bytes], trailer: bytes) -> bytes:
    data = b"%PDF-1.4\n"
    places = []
    for number, content in enumerate(objects, 1):
        places.append(len(data))
        data += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    head = b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    end = b"trailer << /Size %d %s >>\nstartxref\n%d\n%%%%EOF\n"
    return data + head + table + end % (len(objects) + 1, trailer, len(data))

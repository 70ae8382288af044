"""Checks that everything the services need is installed: a package can easily miss a part."""

import sqlite3
import ssl
from collections.abc import Callable, Mapping
from pathlib import Path

PARTS: Mapping[str, Callable[[], str]]
"""What is checked, by name; each part returns its version, or raises when it does not work."""


def _tls() -> str:
    ssl.create_default_context()
    return ssl.OPENSSL_VERSION


def _sqlite() -> str:
    with sqlite3.connect(":memory:") as database:
        (version,) = database.execute("select sqlite_version()").fetchone()
    database.close()
    return str(version)


def _keyring() -> str:
    import keyring  # takes 80 ms, and only this needs it

    backend = keyring.get_keyring()
    return f"{type(backend).__module__}.{type(backend).__name__}"


def _sandbox() -> str:
    import starlette
    import uvicorn

    from services.sandbox.samples import sample_files

    return f"{len(sample_files())} samples, Starlette {starlette.__version__}, uvicorn {uvicorn.__version__}"


def _pdf() -> str:
    from importlib.metadata import version

    from services.previews.documents.pdf_messages import PdfFailure
    from services.previews.documents.pdf_pages import PdfError, PdfPages

    pages = PdfPages(Path(__file__))  # its reader answers that this is no PDF
    try:
        pages.count()
    except PdfError as error:
        if error.failure is not PdfFailure.DAMAGED:
            raise
    finally:
        pages.close()
    return f"pypdfium2 {version('pypdfium2')}"


PARTS = {"TLS": _tls, "SQLite": _sqlite, "keyring": _keyring, "sandbox": _sandbox, "PDF": _pdf}

"""A whole listing: pages to the end, whatever the server does with its cursors."""

from collections.abc import Iterator

from services.api.files_api import LARGEST_PAGE, FilesApi
from services.api.remote_file import FilePage
from services.cancellation import CancelToken

FIRST_PAGE = 1000
"""Files on the first page, so that something is seen soon; the others are as large as may be."""


def all_pages(
    api: FilesApi, token: CancelToken, *, purpose: str | None = None, first_page: int = FIRST_PAGE
) -> Iterator[FilePage]:
    """Follow pages to the end, newest files first; a page holds only files not seen before.

    Files of all purposes, unless one is given; `first_page` is how many to ask for at first.

    The end is `has_more: false`, an empty page, or a page that brings nothing new: several
    servers leave `has_more` out or always say true, and some ignore `after`. A first page that
    is not full is not taken for the end, since servers have page sizes of their own.

    Raises FilesError and Cancelled as `FilesApi.list_page` does.
    """
    seen: set[str] = set()
    after: str | None = None
    limit = first_page
    while True:
        page = api.list_page(token, purpose=purpose, limit=limit, order="desc", after=after)
        fresh = {file.id: file for file in page.files if file.id not in seen}
        seen.update(fresh)
        yield FilePage(tuple(fresh.values()), page.has_more, page.odd)
        if page.has_more is False or not fresh:
            return
        after = page.files[-1].id
        limit = LARGEST_PAGE

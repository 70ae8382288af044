"""The calls that all lists have in common: a page, one object, and following a list to its end."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Generic, Protocol, TypeVar

from services.api.api_requests import ApiRequests, path_of
from services.api.bounded_reading import PAGE_BYTES, read_body
from services.api.cursors import next_cursor, page_query
from services.api.file_page import NotAFileList
from services.api.item import AnyItem, Item, item_from
from services.api.item_page import ItemPage, decode_items
from services.api.json_body import JsonBody
from services.api.page_limit import PageLimit
from services.api.paged_list import Ending, PagedList
from services.api.responses import not_a_files_api, not_a_list, read_object
from services.api.retry import LIKE_SDK, RetryPolicy
from services.problems.error_responses import Operation
from services.problems.errors import FilesError
from services.problems.job_errors import no_such_list
from services.system.cancellation import CancelToken
from services.system.language import _, ngettext
from services.system.locale_format import whole

LARGEST_PAGE = 100
"""The most objects per page that the API allows for these lists."""

MOST_ITEMS = 2_000_000
"""Objects after which a list is cut off, so that a runaway server can't fill up memory."""
MOST_BYTES = 1_500_000_000
"""Total size of the pages after which a list is cut off."""


_Fetched = TypeVar("_Fetched", bound=Item, covariant=True)


def new_page_limit(requests: ApiRequests) -> PageLimit:
    """The most objects per page, as long as the server hasn't refused so many."""
    return PageLimit(min(LARGEST_PAGE, requests.largest_page))


class ItemRequests(Generic[AnyItem]):
    """Requests the objects of one list. Thread-safe. Methods raise FilesError and Cancelled."""

    def __init__(
        self,
        requests: ApiRequests,
        kind: type[AnyItem],
        object_name: str,
        path: str,
        *,
        query: Mapping[str, str] | None = None,
        operation: Operation = Operation.JOBS,
        page_limit: PageLimit | None = None,
    ) -> None:
        """`object_name` is the `object` field of this kind, and `path` is that of the list.

        `query` goes with every request for a page, and `operation` is what such a request does.
        `page_limit` is shared by lists for which it is the same.
        """
        self._requests = requests
        self._kind = kind
        self._object_name = object_name
        self._path = path
        self._query = query or {}
        self._operation = operation
        self._page_limit = page_limit or new_page_limit(requests)

    def list_page(
        self,
        token: CancelToken,
        *,
        limit: int | None = None,
        after: str | None = None,
        retry_policy: RetryPolicy = LIKE_SDK,
    ) -> ItemPage[AnyItem]:
        """Fetch one page of the list, newest first. Retried as described in `retry`.

        `limit` is at least 1; as many as the server allows by default. `after` is the `next_cursor`
        of the previous page. If the server turns out to have no such list, the FilesError has the
        kind NOT_OFFERED.
        """
        if limit is not None and limit < 1:
            raise ValueError(f"limit must be at least 1, not {limit}")
        paging = self._requests.paging
        sent_always = dict(self._query)

        requests = 0

        def fetch(sent: int | None) -> ItemPage[AnyItem]:
            def attempt() -> ItemPage[AnyItem]:
                nonlocal requests
                requests += 1
                return self._page(token, page_query(paging, after, sent) | sent_always, after)

            page = self._requests.with_retries(attempt, token, retry_policy=retry_policy)
            return replace(page, limit=sent, requests=requests)

        return self._page_limit.fetch(limit or LARGEST_PAGE, fetch)

    def retrieve(
        self, item_id: str, token: CancelToken, *, retry_policy: RetryPolicy = LIKE_SDK
    ) -> AnyItem:
        """Fetch one object. Retried as described in `retry`."""
        return self._requests.with_retries(
            lambda: self.send("GET", token, below=path_of(item_id)),
            token,
            retry_policy=retry_policy,
        )

    def send(
        self,
        method: str,
        token: CancelToken,
        *,
        below: str = "",
        body: object = None,
        operation: Operation = Operation.JOB,
    ) -> AnyItem:
        """Send one request and return the object in the response. Never retried.

        `below` is what follows the path of the list.
        """
        sent = None if body is None else JsonBody(body)
        with self._requests.connection.request(
            operation, method, self._path + below, token, body=sent
        ) as response:
            decoded = read_object(self._requests.connection, operation, response)
            item = item_from(self._kind, decoded)
            if item is None:
                raise not_a_files_api(response, "the response has no ID")
            return item

    def _page(
        self, token: CancelToken, query: Mapping[str, str], after: str | None
    ) -> ItemPage[AnyItem]:
        connection = self._requests.connection
        # After a first page, the list exists, and only its cursor can be unknown.
        operation = self._operation if after is None else Operation.JOB
        with connection.request(operation, "GET", self._path, token, query=query) as response:
            body = read_body(response, PAGE_BYTES)
            try:
                page = decode_items(body, self._kind, self._object_name, connection.redaction)
            except NotAFileList as error:
                # Drop the cause, which holds the whole body.
                failed = not_a_list(connection, operation, response, body, str(error))
                raise _no_such_list(failed, after) from None
            last_id = page.items[-1].id if page.items else None
            return replace(
                page,
                size=len(body),
                next_cursor=next_cursor(self._requests.paging, after, last_id, body),
            )


def _no_such_list(error: FilesError, after: str | None) -> FilesError:
    """The error for a first page that isn't a list although its status says so.

    Some servers answer all unknown requests with a success status, a web page, or an error.
    """
    if after is None:
        error.problem = no_such_list(error.problem)
        error.should_retry = False
    return error


class FetchPage(Protocol[_Fetched]):
    """Fetches a page of a list, such as `ItemRequests.list_page`."""

    def __call__(
        self, token: CancelToken, *, after: str | None = None, retry_policy: RetryPolicy = LIKE_SDK
    ) -> ItemPage[_Fetched]:
        """Raises FilesError and Cancelled."""
        ...


class ItemListing(PagedList[AnyItem]):
    """Fetches the pages of one list, in the server's order. Resumes after an error.

    For use by one thread at a time.
    """

    def __init__(
        self,
        fetch_page: FetchPage[AnyItem],
        *,
        most: int = MOST_ITEMS,
        most_bytes: int = MOST_BYTES,
        retry_policy: RetryPolicy = LIKE_SDK,
    ) -> None:
        """The list is cut off after `most` objects or `most_bytes` bytes."""
        super().__init__(most, most_bytes)
        self._fetch_page = fetch_page
        self._retry_policy = retry_policy

    def pages(self, token: CancelToken) -> Iterator[ItemPage[AnyItem]]:
        """Yield the remaining pages, each with only the objects not seen before.

        Raises FilesError and Cancelled; `pages` may be called again afterwards.
        """
        while not self.ended:
            page = self._fetch_page(token, after=self._cursor, retry_policy=self._retry_policy)
            self._bytes_left -= page.size
            items = self._accept(page)
            yield page if items is page.items else replace(page, items=items)

    def _about_unreadable(self, count: int) -> str:
        return ngettext(
            "{count} object has values that can't be read.",
            "{count} objects have values that can't be read.",
            count,
        ).format(count=whole(count))

    def _about_ending(self, ending: Ending) -> str:
        match ending:
            case Ending.NOTHING_SENT:
                return _("The server says there is more, but sent nothing.")
            case Ending.REPEATS:
                return _("The server keeps sending the same page. The list may be incomplete.")
            case Ending.CUT_OFF:
                return _("The list was cut off after {count} objects.").format(
                    count=whole(len(self.seen))
                )

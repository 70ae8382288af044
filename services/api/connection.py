"""The connection of one account to its server: sessions, the key, time limits, cancellation."""

import contextlib
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import cast

import requests
import urllib3

from services.api.account_headers import AccountHeaders
from services.api.bounded_reading import REFUSAL_BYTES, pieces_of_body
from services.api.bounded_responses import bounded_answers
from services.api.cancellable_connection import CancellableAdapter, cancellable_by
from services.api.multipart_body import MultipartBody
from services.api.nesting import shallow
from services.api.proxies import proxy_for, wants_login
from services.api.redaction import Redaction
from services.api.redirects import explain_missing_key, following_address
from services.problems.broken_connections import error_from_exception
from services.problems.errors import FilesError
from services.problems.refusals import Operation, error_from_answer
from services.providers.account import Account
from services.system.cancellation import Cancelled, CancelToken
from services.system.version import __version__

CONNECT_TIMEOUT = 10.0
READ_TIMEOUT = 60.0
"""Seconds that a server may be silent before or within an answer."""
UPLOAD_ANSWER_TIMEOUT = 600.0
"""Seconds that a server may take to store an upload once it has the last byte."""

_REDIRECTS = 5


class Connection:
    """Sends requests to an account's server, from several threads, each with its own session."""

    def __init__(
        self,
        account: Account,
        key: str,
        *,
        read_timeout: float = READ_TIMEOUT,
        clock: Callable[[], float] = time.time,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        """Take the clocks from outside for tests.

        `clock` gives seconds since 1970, for a `Retry-After` that is a date; `monotonic` gives
        seconds that nobody sets, for how long an answer takes.
        """
        self.account = account
        self.redaction = Redaction(key)
        self._read_timeout = read_timeout
        self._clock = clock
        self._monotonic = monotonic
        self._auth = AccountHeaders(account, key)
        self._per_thread = threading.local()

    @contextlib.contextmanager
    def ask(
        self,
        operation: Operation,
        method: str,
        path: str,
        token: CancelToken,
        *,
        query: Mapping[str, str] | None = None,
        body: MultipartBody | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Iterator[requests.Response]:
        """Send one request and give its successful answer, with the body still to be read.

        The body must be read within the block: its trouble is translated here too. Raises
        FilesError for a refusal or a broken connection, and Cancelled. Neither the answer's
        headers nor the error hold secrets; the body may.
        """
        token.check()
        url = self.account.base_url + path
        redaction = self.redaction
        try:
            with (
                cancellable_by(token),
                bounded_answers(self._monotonic) as bounds,
                self._send(method, url, query, body, headers) as answer,
            ):
                redaction.headers(answer.headers)
                if not 200 <= answer.status_code < 300:
                    refusal = self._read_refusal(operation, answer)
                    refusal.body_sent = body is None or body.sent_whole
                    if answer.status_code == 401 and not self._auth.are_in(answer.request):
                        asked = answer.request.url or ""
                        explain_missing_key(refusal, self.account.base_url, asked)
                    raise refusal
                if operation is Operation.CONTENT:
                    bounds.lift()
                yield answer
        except FilesError as error:
            if token.cancelled:  # the end of the connection can look like an odd answer
                raise Cancelled from None
            redaction.strike_from(error)
            raise
        except (requests.RequestException, urllib3.exceptions.HTTPError, OSError) as error:
            if token.cancelled:
                raise Cancelled from None
            broken = error_from_exception(
                error,
                _asked_url(error) or self.account.base_url,
                body_sent=body is None or body.sent_whole,
            )
            redaction.strike_from(broken)
            # Without the chain: requests' exceptions hold the request and its headers.
            raise broken from None
        finally:
            if body is not None and not body.sent_whole:
                # Half a request went out on its connection: nothing more may.
                self._session().close()

    def _send(
        self,
        method: str,
        url: str,
        query: Mapping[str, str] | None,
        body: MultipartBody | None,
        headers: Mapping[str, str] | None,
    ) -> requests.Response:
        """Send, and follow redirects of a GET; the key stays with the account's own server."""
        wait = self._read_timeout if body is None else UPLOAD_ANSWER_TIMEOUT
        for _redirect in range(_REDIRECTS + 1):
            request = requests.Request(
                method,
                url,
                dict(headers or {}) | _type_of(body),
                data=cast("Iterable[bytes] | None", body),  # its pieces are views of bytes
                params=query,
                auth=self._auth,
            )
            answer = self._through_proxy(request, (CONNECT_TIMEOUT, wait))
            target = answer.headers.get("location")
            if method != "GET" or not answer.is_redirect or target is None:
                return answer
            following = following_address(url, target)
            if following is None or self.redaction.holds(target):
                return answer  # shown as an error that names the address
            answer.close()  # unread, and with its connection
            url, query = following, None
        return answer

    def _through_proxy(
        self, request: requests.Request, timeout: tuple[float, float]
    ) -> requests.Response:
        """Send one request, through the proxy that this computer has for its address."""
        session = self._session()
        try:
            prepared = session.prepare_request(request)
        except requests.RequestException:
            raise
        except ValueError:
            raise requests.exceptions.InvalidURL("the URL can't be parsed") from None
        proxy = proxy_for(prepared.url or "")
        proxies = {} if proxy is None else {"http": proxy.url, "https": proxy.url}
        try:
            answer = session.send(
                prepared, timeout=timeout, proxies=proxies, allow_redirects=False, stream=True
            )
        except requests.exceptions.ProxyError as error:
            if proxy is not None and wants_login(error):
                raise proxy.login_needed() from None
            raise
        if proxy is not None and answer.status_code == 407:
            answer.close()
            raise proxy.login_needed()
        return answer

    def _read_refusal(self, operation: Operation, answer: requests.Response) -> FilesError:
        pieces: list[bytes] = []
        # If it breaks off, its status matters more than how.
        with contextlib.suppress(urllib3.exceptions.HTTPError, OSError):
            # Half a secret at the end of what is read would not be struck out.
            pieces.extend(pieces_of_body(answer, REFUSAL_BYTES + self.redaction.margin))
        return self.refusal(operation, answer, b"".join(pieces))

    def refusal(self, operation: Operation, answer: requests.Response, body: bytes) -> FilesError:
        """Make the error for an answer that tells of one in its body, which may hold secrets."""
        return error_from_answer(
            operation,
            answer.status_code,
            {name.lower(): self.redaction.text(value) for name, value in answer.headers.items()},
            shallow(self.redaction.body(body)[:REFUSAL_BYTES]),
            now=self._clock(),
        )

    def _session(self) -> requests.Session:
        session: requests.Session | None = getattr(self._per_thread, "session", None)
        if session is None:
            session = _Session()
            session.trust_env = False  # proxies and certificates are chosen here
            session.headers["User-Agent"] = f"filewharf/{__version__}"
            for scheme in ("http://", "https://"):
                session.mount(scheme, CancellableAdapter())
            self._per_thread.session = session
        return session


class _Session(requests.Session):
    def get_redirect_target(self, resp: requests.Response) -> None:
        """Never return a target.

        Even when told not to follow, requests would read the whole body of a redirect, and fail
        on an odd address.
        """


def _type_of(body: MultipartBody | None) -> dict[str, str]:
    return {} if body is None else {"Content-Type": body.content_type}


def _asked_url(error: Exception) -> str | None:
    """The URL of the request that failed; after a redirect, not the account's server."""
    request = getattr(error, "request", None)
    return request.url if isinstance(request, requests.PreparedRequest) else None

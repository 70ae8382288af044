"""An account's connection to its server: sessions, the key, timeouts, cancellation."""

import contextlib
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import cast

import requests
import urllib3
from requests.structures import CaseInsensitiveDict

from services.api.account_headers import AccountHeaders
from services.api.bounded_reading import ERROR_BYTES, read_pieces
from services.api.bounded_responses import bounded_responses
from services.api.cancellable_connection import cancellable_by
from services.api.exchange_recorder import ExchangeRecorder
from services.api.exchanges import ExchangeLog
from services.api.http_sessions import HttpSession, send_through
from services.api.json_body import JsonBody
from services.api.multipart_body import MultipartBody
from services.api.nesting import truncate_nesting
from services.api.network_in_use import FindNetwork, NetworkInUse
from services.api.proxies import mention_script, proxy_for
from services.api.redaction import Redaction
from services.api.redirects import explain_missing_key, redirect_address
from services.problems.broken_connections import error_from_exception
from services.problems.error_responses import Operation, error_from_response
from services.problems.errors import FilesError, Problem, ProblemKind
from services.providers.account import Account
from services.providers.base_url import host_of, plain_http_refusal
from services.providers.network import Network
from services.providers.providers import provider_named
from services.system.cancellation import Cancelled, CancelToken
from services.system.language import _
from services.system.version import __version__

UPLOAD_RESPONSE_TIMEOUT = 600.0
"""Seconds that a server may take to store an upload after receiving the last byte."""

_MOST_REDIRECTS = 5


class Connection:
    """Sends requests to an account's server, from several threads, each with its own session."""

    def __init__(
        self,
        account: Account,
        key: str,
        find_network: FindNetwork,
        *,
        exchanges: ExchangeLog | None = None,
        clock: Callable[[], float] = time.time,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        """`find_network` is asked before each request, and a change is respected at once.

        What is sent is noted in `exchanges`.

        `clock` returns seconds since 1970, for a `Retry-After` that is a date; `monotonic` times
        responses, in seconds.
        """
        self.account = account
        self.redaction = Redaction(key)
        self._exchanges = exchanges or ExchangeLog()
        self._find_network = find_network
        self._clock = clock
        self._monotonic = monotonic
        self._auth = AccountHeaders(account, key)
        self._query = dict(provider_named(account.provider_id).query)
        self._per_thread = threading.local()

    @contextlib.contextmanager
    def request(
        self,
        operation: Operation,
        method: str,
        path: str,
        token: CancelToken,
        *,
        query: Mapping[str, str] | None = None,
        body: MultipartBody | JsonBody | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Iterator[requests.Response]:
        """Send a request and yield the response if it succeeded, with its body not read yet.

        Read the body within the block, so that its errors are translated too. Raises FilesError
        for an error response or a broken connection, and Cancelled. Secrets are removed from the
        response's headers and from errors, but not from the body.
        """
        token.check()
        url = self.account.base_url + path
        redaction = self.redaction
        recorder = ExchangeRecorder(self._exchanges, self.account.id, redaction, operation, body)
        try:
            in_use = self._find_network()
            self._per_thread.through_proxy = False
            with (
                cancellable_by(token, in_use.network.send_seconds),
                bounded_responses(self._monotonic) as bounds,
                self._send(
                    method, url, self._query | dict(query or {}), body, headers, in_use, recorder
                ) as response,
            ):
                if not 200 <= response.status_code < 300:
                    error_response = self._read_error(operation, response)
                    error_response.body_sent = body is None or body.fully_sent
                    if response.status_code == 401 and not self._auth.are_in(response.request):
                        requested = response.request.url or ""
                        explain_missing_key(error_response, self.account.base_url, requested)
                    raise error_response
                if operation is Operation.CONTENT:
                    bounds.lift()
                yield response
        except FilesError as error:
            if token.cancelled:  # a connection closed midway can look like a malformed response
                raise Cancelled from None
            redaction.redact_error(error)
            recorder.end(error.problem.title)
            raise
        except (requests.RequestException, urllib3.exceptions.HTTPError, OSError) as error:
            if token.cancelled:
                raise Cancelled from None
            broken = error_from_exception(
                error,
                _requested_url(error) or self.account.base_url,
                body_sent=body is None or body.fully_sent,
                through_proxy=self._per_thread.through_proxy,
            )
            broken.problem = mention_script(broken.problem, url, in_use)
            redaction.redact_error(broken)
            recorder.end(broken.problem.title)
            # Drop the chain: requests' exceptions hold the request and its headers.
            raise broken from None
        finally:
            recorder.end(_("Canceled") if token.cancelled else "")
            if body is not None and not body.fully_sent:
                # Its connection has sent only part of a request and can't be reused.
                self._close_session()

    def _send(
        self,
        method: str,
        url: str,
        query: Mapping[str, str] | None,
        body: MultipartBody | JsonBody | None,
        headers: Mapping[str, str] | None,
        in_use: NetworkInUse,
        recorder: ExchangeRecorder,
    ) -> requests.Response:
        """Send a request, following redirects of a GET; only the account's server gets the key."""
        network = in_use.network
        self._refuse_plain_http(network)
        is_upload = isinstance(body, MultipartBody)
        wait = UPLOAD_RESPONSE_TIMEOUT if is_upload else network.answer_seconds
        for _redirect in range(_MOST_REDIRECTS + 1):
            request = requests.Request(
                method,
                url,
                dict(headers or {}) | _content_type(body),
                data=cast("Iterable[bytes] | None", body),  # its pieces are views of bytes
                params=query,
                auth=self._auth,
            )
            timeout = network.connect_seconds, wait
            response, target = self._through_proxy(request, timeout, in_use, recorder)
            if method != "GET" or target is None:
                return response
            following = redirect_address(url, target)
            if following is None or self.redaction.holds(target):
                return response  # reported as an error that names the address
            response.close()  # closes the connection too, since the body wasn't read
            url, query = following, None
        return response

    def _through_proxy(
        self,
        request: requests.Request,
        timeout: tuple[float, float],
        in_use: NetworkInUse,
        recorder: ExchangeRecorder,
    ) -> tuple[requests.Response, str | None]:
        """Send one request, through a proxy if there is one for its address.

        Returns the response, without secrets in its headers, and where it redirects to.
        """
        session = self._session(in_use)
        headers = CaseInsensitiveDict(session.headers)
        headers.update(request.headers or {})
        prepared = requests.PreparedRequest()
        try:
            # As `Session.prepare_request` does, which takes several times as long to merge settings.
            prepared.prepare(
                request.method,
                request.url,
                headers,
                data=request.data,
                params=request.params,
                auth=request.auth,
                cookies=session.cookies,
            )
        except requests.RequestException:
            raise
        except ValueError:
            raise requests.exceptions.InvalidURL("the URL can't be parsed") from None
        proxy = proxy_for(prepared.url or "", in_use)
        self._per_thread.through_proxy = proxy is not None
        recorder.begin(request.method or "", prepared)
        response = send_through(session, prepared, proxy, timeout)
        target = response.headers["location"] if response.is_redirect else None
        self.redaction.headers(response.headers)
        recorder.answer(response)
        if proxy is not None and response.status_code == 407:
            response.close()
            raise proxy.login_error()
        return response, target

    def _refuse_plain_http(self, network: Network) -> None:
        """Raise FilesError instead of sending the key unencrypted to another computer."""
        url = self.account.base_url
        refusal = plain_http_refusal(url, network) if self._auth.has_server else ""
        if refusal:
            title = _("The connection to {host} isn't encrypted").format(host=host_of(url))
            problem = Problem(ProblemKind.BAD_ADDRESS, title, refusal)
            raise FilesError(problem, body_sent=False, should_retry=False)

    def _read_error(self, operation: Operation, response: requests.Response) -> FilesError:
        pieces: list[bytes] = []
        # If the body is cut off, the status still says what went wrong.
        with contextlib.suppress(urllib3.exceptions.HTTPError, OSError):
            # Read more than is kept: half a secret at the end wouldn't be redacted.
            pieces.extend(read_pieces(response, ERROR_BYTES + self.redaction.margin))
        return self.error_from(operation, response, b"".join(pieces))

    def error_from(
        self, operation: Operation, response: requests.Response, body: bytes
    ) -> FilesError:
        """Make the error for a response whose body describes one; the body may contain secrets."""
        return error_from_response(
            operation,
            response.status_code,
            {name.lower(): self.redaction.text(value) for name, value in response.headers.items()},
            truncate_nesting(self.redaction.body(body)[:ERROR_BYTES]),
            now=self._clock(),
        )

    def _session(self, in_use: NetworkInUse) -> HttpSession:
        """This thread's session, a new one if the network has changed."""
        session: HttpSession | None = getattr(self._per_thread, "session", None)
        if session is None or self._per_thread.in_use != in_use:
            self._close_session()
            self._auth.added = in_use.network.headers
            session = HttpSession(
                in_use.network, self._auth.is_own_server, f"filewharf/{__version__}"
            )
            self._per_thread.session, self._per_thread.in_use = session, in_use
        return session

    def _close_session(self) -> None:
        session: HttpSession | None = getattr(self._per_thread, "session", None)
        if session is not None:
            session.close()


def _content_type(body: MultipartBody | JsonBody | None) -> dict[str, str]:
    return {} if body is None else {"Content-Type": body.content_type}


def _requested_url(error: Exception) -> str | None:
    """The URL of the failed request, which after a redirect isn't on the account's server."""
    request = getattr(error, "request", None)
    return request.url if isinstance(request, requests.PreparedRequest) else None

"""Notes the exchanges of a connection, without secrets."""

import re
from collections.abc import Mapping

import requests
from msgspec import structs

from services.api.exchanges import Exchange, ExchangeLog, shortened
from services.api.json_body import JsonBody
from services.api.multipart_body import MultipartBody
from services.api.redaction import MASK, Redaction
from services.problems.error_responses import Operation

_SECRET_NAME = re.compile("auth|cookie|key|password|secret|signature|token", re.IGNORECASE)
"""Headers whose values aren't kept, whoever sends them."""


class ExchangeRecorder:
    """Notes what one call of a connection sends: one exchange, and one more for each redirect."""

    def __init__(
        self,
        log: ExchangeLog,
        account_id: str,
        redaction: Redaction,
        operation: Operation,
        body: MultipartBody | JsonBody | None,
    ) -> None:
        self._log = log
        self._account_id = account_id
        self._redaction = redaction
        self._operation = operation
        self._body = body
        self._exchange: Exchange | None = None
        self._started = 0.0

    def begin(self, method: str, request: requests.PreparedRequest) -> None:
        """Note that a request is being sent now."""
        self.end()
        self._started = self._log.monotonic()
        headers = _masked(request.headers)
        url = request.url or ""
        # One search, since there are very many requests.
        if self._redaction.is_in_any((url, *headers, *headers.values())):
            self._redaction.headers(headers)
            headers = {self._redaction.text(name): value for name, value in headers.items()}
            url = self._redaction.text(url)
        body = self._body
        self._exchange = self._log.add(
            self._account_id,
            self._operation,
            method,
            url,
            request_headers=shortened(headers),
            form=body.form if isinstance(body, MultipartBody) else (),
            json=self._redaction.text(body.text) if isinstance(body, JsonBody) else "",
        )

    def answer(self, response: requests.Response) -> None:
        """Note the head of a response, from whose headers' values secrets were removed."""
        if self._exchange is None:
            return
        headers = _masked(response.headers)
        reason = response.reason or ""
        if self._redaction.is_in_any((reason, *headers)):
            headers = {self._redaction.text(name): value for name, value in headers.items()}
            reason = self._redaction.text(reason)
        self._exchange = structs.replace(
            self._exchange,
            status=response.status_code,
            reason=reason,
            response_headers=shortened(headers),
            answered_after=self._log.monotonic() - self._started,
        )
        self._log.replace(self._exchange)

    def end(self, problem: str = "") -> None:
        """Note that the exchange ended, and why it failed."""
        if self._exchange is not None:
            ended = structs.replace(
                self._exchange,
                ended_after=self._log.monotonic() - self._started,
                problem=problem,
            )
            self._log.replace(ended)
            self._exchange = None


def _masked(headers: Mapping[str, str | bytes]) -> dict[str, str]:
    """The headers as text, with those masked that are secret by their names."""
    return {
        name: MASK if _SECRET_NAME.search(name) else _as_text(value)
        for name, value in headers.items()
    }


def _as_text(value: str | bytes) -> str:
    return value if isinstance(value, str) else value.decode("latin-1")

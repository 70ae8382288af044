"""Notes the exchanges of a connection, without secrets."""

import re
from collections.abc import Mapping

import requests
from msgspec import structs
from requests.structures import CaseInsensitiveDict

from services.api.exchanges import Exchange, ExchangeLog, Headers, shortened
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
        url = self._redaction.text(request.url or "")
        exchange = self._log.add(self._account_id, self._operation, method, url)
        body = self._body
        self._keep(
            structs.replace(
                exchange,
                request_headers=self._kept(request.headers),
                form=body.form if isinstance(body, MultipartBody) else (),
                json=self._redaction.text(body.text) if isinstance(body, JsonBody) else "",
            )
        )

    def answer(self, response: requests.Response) -> None:
        """Note the head of the response."""
        if self._exchange is not None:
            self._keep(
                structs.replace(
                    self._exchange,
                    status=response.status_code,
                    reason=self._redaction.text(response.reason or ""),
                    response_headers=self._kept(response.headers),
                    answered_after=self._log.monotonic() - self._started,
                )
            )

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

    def _keep(self, exchange: Exchange) -> None:
        self._exchange = exchange
        self._log.replace(exchange)

    def _kept(self, headers: Mapping[str, str | bytes]) -> Headers:
        """The headers, without secrets."""
        # Looked for in all names at once, since each search takes a while.
        names = "\n".join(headers)
        has_secret = self._redaction.text(names) != names
        texts: CaseInsensitiveDict[str] = CaseInsensitiveDict()
        for name, value in headers.items():
            text = value.decode("latin-1") if isinstance(value, bytes) else value
            kept = self._redaction.text(name) if has_secret else name
            texts[kept] = MASK if _SECRET_NAME.search(name) else text
        self._redaction.headers(texts)
        return shortened(tuple(texts.items()))

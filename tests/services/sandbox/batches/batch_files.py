"""Batch input files, and the results in output and error files."""

import json
from collections.abc import Iterable, Sequence
from typing import Any

from tests.services.sandbox.conftest import Client
from tests.services.sandbox.official_shapes import BATCH, BATCH_RESULT, differences

CHAT = "/v1/chat/completions"
CHAT_BODY = {"model": "gpt-4.1-mini", "messages": [{"role": "user", "content": "Hello?"}]}


def requests_of(
    count: int, url: str = CHAT, body: Any = None, prefix: str = "request"
) -> list[Any]:
    """Good requests, all with the same body."""
    return [
        {
            "custom_id": f"{prefix}-{number}",
            "method": "POST",
            "url": url,
            "body": CHAT_BODY if body is None else body,
        }
        for number in range(count)
    ]


def jsonl(lines: Iterable[Any]) -> bytes:
    return b"".join(json.dumps(line).encode() + b"\n" for line in lines)


class Batches:
    """Creates batches and reads their results; each answer is held against the document."""

    def __init__(self, client: Client) -> None:
        self.client = client

    def start(self, lines: Sequence[Any], endpoint: str = CHAT, **fields: Any) -> Any:
        """Upload the lines and create a batch."""
        file = self.client.create("requests.jsonl", jsonl(lines), purpose="batch")
        return self.start_with(file["id"], endpoint, **fields)

    def start_with(self, file_id: str, endpoint: str = CHAT, **fields: Any) -> Any:
        body = {"input_file_id": file_id, "endpoint": endpoint, "completion_window": "24h"}
        return self._checked(
            self.client.request("POST", "/batches", json={**body, **fields}),
        )

    def retrieve(self, batch_id: str) -> Any:
        return self._checked(self.client.get(f"/batches/{batch_id}"))

    def cancel(self, batch_id: str) -> Any:
        return self._checked(self.client.request("POST", f"/batches/{batch_id}/cancel"))

    def results(self, file_id: str | None) -> list[Any]:
        """The lines of an output or error file, in their order."""
        assert file_id is not None
        content = self.client.get(f"/files/{file_id}/content").content
        lines = [json.loads(line) for line in content.splitlines()]
        for line in lines:
            assert differences(line, BATCH_RESULT) == []
        return lines

    def _checked(self, response: Any) -> Any:
        assert response.status_code == 200, response.text
        batch = response.json()
        assert differences(batch, BATCH) == []
        return batch

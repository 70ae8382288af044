"""The endpoints of the Batch API."""

from starlette.concurrency import run_in_threadpool
from starlette.endpoints import HTTPEndpoint
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from services.sandbox import api_errors, upload_errors
from services.sandbox.batches.batch_answers import ENDPOINTS
from services.sandbox.batches.batch_store import (
    USUAL_LIFETIME,
    USUAL_WINDOW,
    BatchStore,
    CannotCancel,
    NewBatch,
    NoSuchBatch,
)
from services.sandbox.file_store import FileStore, NoSuchFile
from services.sandbox.job_requests import (
    RUN_SECONDS,
    WINDOW_SECONDS,
    require_file,
    seconds_in,
)
from services.sandbox.json_fields import JsonFields, read_fields
from services.sandbox.json_responses import json_response, list_response
from services.sandbox.list_query import list_query
from services.sandbox.row_pages import NoSuchRow

_FIELDS = (
    "input_file_id",
    "endpoint",
    "completion_window",
    "metadata",
    "output_expires_after",
)


def batch_routes() -> list[Route]:
    """The routes of the Batch API; `app.state.batches` is the `BatchStore`."""
    return [
        Route("/v1/batches", _Batches),
        Route("/v1/batches/{batch_id}", _Batch),
        Route("/v1/batches/{batch_id}/cancel", _Cancel),
    ]


class _Batches(HTTPEndpoint):
    async def get(self, request: Request) -> Response:
        """List batches."""
        query = list_query(request.query_params)
        try:
            return list_response(*await run_in_threadpool(_batches_of(request).page, query))
        except NoSuchRow:
            raise api_errors.no_such_batch(query.after or "", param="after") from None

    async def post(self, request: Request) -> Response:
        """Create a batch."""
        fields = await read_fields(request)
        store: FileStore = request.app.state.store
        new = await run_in_threadpool(_new_batch, fields, store)
        try:
            return json_response(await run_in_threadpool(_batches_of(request).create, new))
        except NoSuchFile:
            raise api_errors.no_such_file(new.input_file_id, param="input_file_id") from None


class _Batch(HTTPEndpoint):
    async def get(self, request: Request) -> Response:
        """Retrieve a batch."""
        batch_id = request.path_params["batch_id"]
        try:
            return json_response(await run_in_threadpool(_batches_of(request).retrieve, batch_id))
        except NoSuchBatch:
            raise api_errors.no_such_batch(batch_id) from None


class _Cancel(HTTPEndpoint):
    async def post(self, request: Request) -> Response:
        """Cancel a batch."""
        batch_id = request.path_params["batch_id"]
        try:
            return json_response(await run_in_threadpool(_batches_of(request).cancel, batch_id))
        except NoSuchBatch:
            raise api_errors.no_such_batch(batch_id) from None
        except CannotCancel as error:
            raise api_errors.batch_ended(str(error)) from None


def _new_batch(fields: JsonFields, store: FileStore) -> NewBatch:
    fields.only(*_FIELDS)
    input_file_id = fields.text("input_file_id")
    endpoint = fields.choice("endpoint", ENDPOINTS)
    fields.choice("completion_window", ("24h",))
    metadata = fields.metadata()
    lifetime = _lifetime_in(fields.inner("output_expires_after"))
    require_file(store, "input_file_id", input_file_id, "batch")
    return NewBatch(
        input_file_id,
        endpoint,
        metadata,
        lifetime,
        run_seconds=seconds_in(metadata, RUN_SECONDS),
        window_seconds=seconds_in(metadata, WINDOW_SECONDS) or USUAL_WINDOW,
    )


def _lifetime_in(expiry: JsonFields | None) -> int:
    if expiry is None:
        return USUAL_LIFETIME
    expiry.only("anchor", "seconds").choice("anchor", ("created_at",))
    return expiry.integer("seconds", upload_errors.SHORTEST_EXPIRY, upload_errors.LONGEST_EXPIRY)


def _batches_of(request: Request) -> BatchStore:
    batches: BatchStore = request.app.state.batches
    return batches

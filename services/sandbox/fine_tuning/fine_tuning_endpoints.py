"""The endpoints of fine-tuning jobs."""

from collections.abc import Callable
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.endpoints import HTTPEndpoint
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from services.sandbox import api_errors
from services.sandbox.file_store import FileStore
from services.sandbox.fine_tuning.fine_tuning_jobs import (
    FineTuningJobs,
    Hyperparameter,
    Hyperparameters,
    JobEnded,
    NewJob,
    NoSuchJob,
)
from services.sandbox.fine_tuning.job_history import (
    NoSuchItem,
    checkpoints_of,
    events_of,
    page_of,
)
from services.sandbox.fine_tuning.job_rows import JobRow
from services.sandbox.job_requests import RUN_SECONDS, require_file, seconds_in
from services.sandbox.json_fields import JsonFields, read_fields
from services.sandbox.json_responses import json_response
from services.sandbox.list_query import list_query
from services.sandbox.row_pages import NoSuchRow

_METHODS = ("supervised", "dpo")
_LONGEST_SUFFIX = 64
_HYPERPARAMETERS = ("n_epochs", "batch_size", "learning_rate_multiplier")


def fine_tuning_routes() -> list[Route]:
    """The routes of fine-tuning jobs; `app.state.fine_tuning` is the `FineTuningJobs`."""
    return [
        Route("/v1/fine_tuning/jobs", _Jobs),
        Route("/v1/fine_tuning/jobs/{job_id}", _Job),
        Route("/v1/fine_tuning/jobs/{job_id}/cancel", _Cancel),
        Route("/v1/fine_tuning/jobs/{job_id}/events", _Events),
        Route("/v1/fine_tuning/jobs/{job_id}/checkpoints", _Checkpoints),
    ]


class _Jobs(HTTPEndpoint):
    async def get(self, request: Request) -> Response:
        """List fine-tuning jobs."""
        query = list_query(request.query_params)
        try:
            jobs, has_more = await run_in_threadpool(_jobs_of(request).page, query)
        except NoSuchRow:
            raise api_errors.no_such_job(query.after or "", param="after") from None
        return json_response({"object": "list", "data": jobs, "has_more": has_more})

    async def post(self, request: Request) -> Response:
        """Create a fine-tuning job."""
        fields = await read_fields(request)
        new = await run_in_threadpool(_new_job, fields, request.app.state.store)
        return json_response(await run_in_threadpool(_jobs_of(request).create, new))


class _Job(HTTPEndpoint):
    async def get(self, request: Request) -> Response:
        """Retrieve a fine-tuning job."""
        job_id = request.path_params["job_id"]
        try:
            return json_response(await run_in_threadpool(_jobs_of(request).retrieve, job_id))
        except NoSuchJob:
            raise api_errors.no_such_job(job_id) from None


class _Events(HTTPEndpoint):
    async def get(self, request: Request) -> Response:
        """List what happened during a fine-tuning job."""
        page, has_more = await run_in_threadpool(_history_of, request, events_of)
        return json_response({"object": "list", "data": page, "has_more": has_more})


class _Checkpoints(HTTPEndpoint):
    async def get(self, request: Request) -> Response:
        """List the checkpoints of a fine-tuning job."""
        page, has_more = await run_in_threadpool(_history_of, request, checkpoints_of)
        return json_response(
            {
                "object": "list",
                "data": page,
                "first_id": page[0]["id"] if page else None,
                "last_id": page[-1]["id"] if page else None,
                "has_more": has_more,
            }
        )


class _Cancel(HTTPEndpoint):
    async def post(self, request: Request) -> Response:
        """Cancel a fine-tuning job."""
        job_id = request.path_params["job_id"]
        try:
            return json_response(await run_in_threadpool(_jobs_of(request).cancel, job_id))
        except NoSuchJob:
            raise api_errors.no_such_job(job_id) from None
        except JobEnded:
            raise api_errors.job_ended(job_id) from None


def _history_of(
    request: Request, items_of: Callable[[JobRow, int], list[dict[str, Any]]]
) -> tuple[list[dict[str, Any]], bool]:
    """A page of the events or checkpoints of a job, and whether there are more."""
    job_id, query = request.path_params["job_id"], list_query(request.query_params)
    try:
        row, now = _jobs_of(request).row(job_id)
    except NoSuchJob:
        raise api_errors.no_such_job(job_id) from None
    try:
        return page_of(items_of(row, now), query)
    except NoSuchItem:
        raise api_errors.no_such_item(query.after or "") from None


def _new_job(fields: JsonFields, store: FileStore) -> NewJob:
    fields.only(
        "model",
        "training_file",
        "validation_file",
        "hyperparameters",
        "method",
        "seed",
        "suffix",
        "metadata",
        "integrations",
    )
    model = fields.text("model")
    training_file = fields.text("training_file")
    validation_file = fields.optional_text("validation_file")
    kind, hyperparameters, beta = _method_in(fields)
    metadata = fields.metadata()
    new = NewJob(
        model,
        training_file,
        validation_file,
        kind,
        hyperparameters,
        beta,
        fields.optional_integer("seed", 0, 2**31 - 1),
        fields.optional_text("suffix", longest=_LONGEST_SUFFIX),
        metadata,
        seconds_in(metadata, RUN_SECONDS),
    )
    require_file(store, "training_file", training_file, "fine-tune")
    if validation_file is not None:
        require_file(store, "validation_file", validation_file, "fine-tune")
    return new


def _method_in(fields: JsonFields) -> tuple[str, Hyperparameters, Hyperparameter | None]:
    method = fields.inner("method")
    if method is None:
        settings = fields.inner("hyperparameters")
        return "supervised", _hyperparameters_in(settings), None
    kind = method.only("type", *_METHODS).choice("type", _METHODS)
    inner = method.inner(kind)
    settings = None if inner is None else inner.only("hyperparameters").inner("hyperparameters")
    if kind == "supervised" or settings is None:
        return kind, _hyperparameters_in(settings), "auto" if kind == "dpo" else None
    return kind, _hyperparameters_in(settings, "beta"), settings.number_or_auto("beta", 0, 2)


def _hyperparameters_in(settings: JsonFields | None, *others: str) -> Hyperparameters:
    if settings is None:
        return Hyperparameters()
    settings.only(*_HYPERPARAMETERS, *others)
    return Hyperparameters(
        settings.number_or_auto("n_epochs", 1, 50, whole=True),
        settings.number_or_auto("batch_size", 1, 256, whole=True),
        settings.number_or_auto("learning_rate_multiplier", 0, 1000),
    )


def _jobs_of(request: Request) -> FineTuningJobs:
    jobs: FineTuningJobs = request.app.state.fine_tuning
    return jobs

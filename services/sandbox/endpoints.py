"""The five endpoints of the Files API, with the official service's behavior, and the whole app."""

import asyncio
import errno
import sqlite3
from collections.abc import AsyncIterator
from typing import Any, BinaryIO

import msgspec
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import QueryParams
from starlette.endpoints import HTTPEndpoint
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

from services.providers.account import SANDBOX_ID
from services.providers.limits import OFFICIAL_FILE_BYTES
from services.providers.providers import provider_named
from services.sandbox import api_errors, upload_errors
from services.sandbox.batches.batch_endpoints import batch_routes
from services.sandbox.file_store import FileStore, NoSuchFile, StoredFile
from services.sandbox.fine_tuning.fine_tuning_endpoints import fine_tuning_routes
from services.sandbox.jobs import Jobs
from services.sandbox.json_responses import json_response
from services.sandbox.list_query import limit_in, newest_first_in
from services.sandbox.middleware import AccessMiddleware, error_response
from services.sandbox.multipart_upload import UploadForm, UploadRequest
from services.sandbox.vector_stores.vector_store_endpoints import vector_store_routes

_MIB = 1024 * 1024
_WRITE_SIZE = 1 * _MIB
"""Bytes of a body buffered before another thread writes them to disk."""
_READ_SIZE = 1 * _MIB
_LARGEST_BODY = OFFICIAL_FILE_BYTES + _MIB
"""The largest file, with ample room for the form around it."""


def build_app(store: FileStore, jobs: Jobs, key: str) -> ASGIApp:
    """Build the API for these files and jobs, protected by `key`."""
    app = Starlette(
        routes=[
            Route("/v1/files", _Files),
            Route("/v1/files/{file_id}", _File),
            Route("/v1/files/{file_id}/content", _Content),
            *batch_routes(),
            *vector_store_routes(),
            *fine_tuning_routes(),
        ],
        exception_handlers={
            api_errors.ApiError: _api_error,
            NoSuchFile: _no_such_file,
            HTTPException: _no_such_endpoint,
            ClientDisconnect: _disconnected,
            Exception: _internal_error,
        },
    )
    app.router.redirect_slashes = False
    app.state.store = store
    app.state.batches = jobs.batches
    app.state.vector_stores = jobs.vector_stores
    app.state.fine_tuning = jobs.fine_tuning
    return AccessMiddleware(app, key)


class _Files(HTTPEndpoint):
    async def get(self, request: Request) -> Response:
        """List files."""
        body = await run_in_threadpool(_listing, _store_of(request), request.query_params)
        return Response(body, media_type="application/json")

    async def post(self, request: Request) -> Response:
        """Upload a file."""
        declared = request.headers.get("content-length", "")
        if declared.isdecimal() and int(declared) > _LARGEST_BODY:
            raise upload_errors.larger_than_any(OFFICIAL_FILE_BYTES, int(declared))
        store = _store_of(request)
        incoming = store.new_incoming()
        try:
            form = UploadForm(request.headers.get("content-type", ""), incoming)
            upload = await _read_form(request, form)
            file = await run_in_threadpool(
                store.add, incoming, upload.filename, upload.purpose, upload.expires_after
            )
        except (OSError, sqlite3.Error) as error:
            if not _is_full(error):
                raise
            raise api_errors.storage_full() from None
        finally:
            incoming.discard()
        return json_response(_file_object(file))


def _is_full(error: OSError | sqlite3.Error) -> bool:
    """Whether the disk is full."""
    if isinstance(error, OSError):
        return error.errno in {errno.ENOSPC, errno.EDQUOT}
    return error.sqlite_errorcode == sqlite3.SQLITE_FULL


class _File(HTTPEndpoint):
    async def get(self, request: Request) -> Response:
        """Retrieve a file's metadata."""
        file = await run_in_threadpool(_store_of(request).retrieve, _id_in(request))
        return json_response(_file_object(file))

    async def delete(self, request: Request) -> Response:
        """Delete a file."""
        file_id = _id_in(request)
        await run_in_threadpool(_store_of(request).delete, file_id)
        return json_response({"id": file_id, "object": "file", "deleted": True})


class _Content(HTTPEndpoint):
    async def get(self, request: Request) -> Response:
        """Download a file."""
        store = _store_of(request)
        file = await run_in_threadpool(store.retrieve, _id_in(request))
        if file.purpose in provider_named(SANDBOX_ID).not_downloadable:
            raise api_errors.content_not_allowed(file.purpose)
        return _ContentResponse(await run_in_threadpool(store.open_content, file), file.size)


class _ContentResponse(StreamingResponse):
    """Streams an open file and closes it, even if the client disconnects."""

    def __init__(self, file: BinaryIO, size: int) -> None:
        super().__init__(
            _pieces_of(file),
            headers={"content-length": str(size)},
            media_type="application/octet-stream",
        )
        self._file = file

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        with self._file:
            await super().__call__(scope, receive, send)


async def _pieces_of(file: BinaryIO) -> AsyncIterator[bytes]:
    while piece := await run_in_threadpool(file.read, _READ_SIZE):
        yield piece


async def _read_form(request: Request, form: UploadForm) -> UploadRequest:
    # Receive the next pieces while the previous ones are written to disk.
    writing = asyncio.create_task(run_in_threadpool(form.write, ()))
    pieces: list[bytes] = []
    buffered = 0
    try:
        async for piece in request.stream():
            pieces.append(piece)
            buffered += len(piece)
            if buffered >= _WRITE_SIZE:
                await writing
                writing = asyncio.create_task(run_in_threadpool(form.write, pieces))
                pieces, buffered = [], 0
    finally:
        await writing
    await run_in_threadpool(form.write, pieces)
    return form.finish()


def _listing(store: FileStore, query: QueryParams) -> bytes:
    after = query.get("after") or None
    try:
        files, has_more = store.page(
            purpose=query.get("purpose") or None,
            limit=limit_in(query, api_errors.LARGEST_PAGE, usual=api_errors.LARGEST_PAGE),
            newest_first=newest_first_in(query),
            after=after,
        )
    except NoSuchFile as error:
        raise api_errors.no_such_file(after or "", param="after") from error
    return msgspec.json.encode(
        {
            "object": "list",
            "data": [_file_object(file) for file in files],
            "first_id": files[0].id if files else None,
            "last_id": files[-1].id if files else None,
            "has_more": has_more,
        }
    )


def _file_object(file: StoredFile) -> dict[str, Any]:
    fields: dict[str, Any] = {
        "object": "file",
        "id": file.id,
        "purpose": file.purpose,
        "filename": file.filename,
        "bytes": file.size,
        "created_at": file.created_at,
        "status": "processed",
    }
    # The API reference has no nulls: missing fields are omitted, including `status_details`.
    if file.expires_at is not None:
        fields["expires_at"] = file.expires_at
    return fields


def _store_of(request: Request) -> FileStore:
    store: FileStore = request.app.state.store
    return store


def _id_in(request: Request) -> str:
    file_id: str = request.path_params["file_id"]
    return file_id


async def _api_error(_request: Request, error: Exception) -> Response:
    assert isinstance(error, api_errors.ApiError)
    return error_response(error)


async def _no_such_file(request: Request, _error: Exception) -> Response:
    return error_response(api_errors.no_such_file(_id_in(request)))


async def _no_such_endpoint(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    make_error = (
        api_errors.method_not_allowed if error.status_code == 405 else api_errors.no_such_url
    )
    headers = dict(error.headers) if error.headers else None
    return error_response(make_error(request.method, request.url.path), headers)


async def _disconnected(_request: Request, _error: Exception) -> Response:
    """The client has disconnected; the server discards this response."""
    return Response(status_code=400)


async def _internal_error(_request: Request, _error: Exception) -> Response:
    return error_response(api_errors.server_failed())

"""The endpoints of vector stores and their files."""

from typing import Any

import msgspec
from starlette.concurrency import run_in_threadpool
from starlette.endpoints import HTTPEndpoint
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from services.sandbox import api_errors
from services.sandbox.file_store import NoSuchFile
from services.sandbox.json_fields import JsonFields, read_fields
from services.sandbox.json_responses import json_response, list_response
from services.sandbox.list_query import list_query
from services.sandbox.row_pages import NoSuchRow
from services.sandbox.vector_stores.vector_store_rows import (
    USUAL_CHUNK_TOKENS,
    USUAL_OVERLAP_TOKENS,
)
from services.sandbox.vector_stores.vector_stores import (
    STATUSES,
    NewStoreFile,
    NoSuchStore,
    NotInStore,
    StoreExpired,
    VectorStores,
)

_MAX_FILES = 500
"""Most files that a store can be created with."""
_LONGEST_NAME = 1000
_MAX_DAYS = 365
_FEWEST_TOKENS, _MOST_TOKENS = 100, 4096


def vector_store_routes() -> list[Route]:
    """The routes of vector stores; `app.state.vector_stores` is the `VectorStores`."""
    return [
        Route("/v1/vector_stores", _Stores),
        Route("/v1/vector_stores/{store_id}", _Store),
        Route("/v1/vector_stores/{store_id}/files", _StoreFiles),
        Route("/v1/vector_stores/{store_id}/files/{file_id}", _StoreFile),
        Route("/v1/vector_stores/{store_id}/files/{file_id}/content", _Content),
    ]


class _Endpoint(HTTPEndpoint):
    """Turns what the stores raise into error responses."""

    async def dispatch(self) -> None:
        request = Request(self.scope, self.receive)
        store_id = request.path_params.get("store_id", "")
        try:
            await super().dispatch()
        except NoSuchStore:
            raise api_errors.no_such_store(store_id) from None
        except NotInStore:
            raise api_errors.not_in_store(request.path_params["file_id"], store_id) from None
        except StoreExpired:
            raise api_errors.store_expired(store_id) from None


class _Stores(_Endpoint):
    async def get(self, request: Request) -> Response:
        """List vector stores."""
        query = list_query(request.query_params, has_order=True)
        try:
            return list_response(*await run_in_threadpool(_stores_of(request).page, query))
        except NoSuchRow as error:
            raise api_errors.no_such_store(
                error.args[0], param="before" if error.args[0] == query.before else "after"
            ) from None

    async def post(self, request: Request) -> Response:
        """Create a vector store."""
        fields = await read_fields(request)
        fields.only(
            "name", "description", "file_ids", "expires_after", "chunking_strategy", "metadata"
        )
        fields.optional_text("description")
        chunk, overlap = _chunking_in(fields)
        attached = [
            NewStoreFile(file_id, {}, chunk, overlap)
            for file_id in fields.texts("file_ids", most=_MAX_FILES)
        ]
        try:
            store = await run_in_threadpool(
                _stores_of(request).create,
                fields.optional_text("name", longest=_LONGEST_NAME) or "",
                fields.metadata() or {},
                _days_in(fields),
                attached,
            )
        except NoSuchFile as error:
            raise api_errors.no_such_file(error.args[0], param="file_ids") from None
        return json_response(store)


class _Store(_Endpoint):
    async def get(self, request: Request) -> Response:
        """Retrieve a vector store."""
        return json_response(
            await run_in_threadpool(_stores_of(request).retrieve, _store_id(request))
        )

    async def post(self, request: Request) -> Response:
        """Modify a vector store."""
        fields = await read_fields(request)
        fields.only("name", "expires_after", "metadata")
        changes: dict[str, Any] = {}
        name, days = fields.optional_text("name", longest=_LONGEST_NAME), _days_in(fields)
        metadata = fields.metadata()
        if name is not None:
            changes["name"] = name
        if fields.has("expires_after"):
            changes["expires_days"] = days
        if fields.has("metadata"):
            changes["metadata"] = msgspec.json.encode(metadata or {}).decode()
        return json_response(
            await run_in_threadpool(_stores_of(request).modify, _store_id(request), changes)
        )

    async def delete(self, request: Request) -> Response:
        """Delete a vector store."""
        store_id = _store_id(request)
        await run_in_threadpool(_stores_of(request).delete, store_id)
        return json_response({"id": store_id, "object": "vector_store.deleted", "deleted": True})


class _StoreFiles(_Endpoint):
    async def get(self, request: Request) -> Response:
        """List the files of a vector store."""
        query = list_query(request.query_params, has_order=True)
        status = request.query_params.get("filter")
        if status is not None and status not in STATUSES:
            raise api_errors.value_unknown("filter", status, STATUSES)
        store_id = _store_id(request)
        try:
            page = await run_in_threadpool(_stores_of(request).file_page, store_id, query, status)
        except NoSuchRow as error:
            raise api_errors.not_in_store(
                error.args[0],
                store_id,
                param="before" if error.args[0] == query.before else "after",
            ) from None
        return list_response(*page)

    async def post(self, request: Request) -> Response:
        """Attach a file to a vector store."""
        fields = await read_fields(request)
        fields.only("file_id", "attributes", "chunking_strategy")
        file_id = fields.text("file_id")
        new = NewStoreFile(file_id, fields.attributes() or {}, *_chunking_in(fields))
        try:
            return json_response(
                await run_in_threadpool(_stores_of(request).attach, _store_id(request), new)
            )
        except NoSuchFile:
            raise api_errors.no_such_file(file_id, param="file_id") from None


class _StoreFile(_Endpoint):
    async def get(self, request: Request) -> Response:
        """Retrieve a file of a vector store."""
        return json_response(
            await run_in_threadpool(_stores_of(request).retrieve_file, *_ids(request))
        )

    async def post(self, request: Request) -> Response:
        """Change the attributes of a file."""
        fields = (await read_fields(request)).only("attributes")
        attributes = fields.attributes()
        if attributes is None and not fields.has("attributes"):
            raise api_errors.parameter_missing("attributes")
        return json_response(
            await run_in_threadpool(
                _stores_of(request).set_attributes, *_ids(request), attributes or {}
            )
        )

    async def delete(self, request: Request) -> Response:
        """Take a file out of a vector store."""
        await run_in_threadpool(_stores_of(request).detach, *_ids(request))
        return json_response(
            {"id": _ids(request)[1], "object": "vector_store.file.deleted", "deleted": True}
        )


class _Content(_Endpoint):
    async def get(self, request: Request) -> Response:
        """Read the parsed text of a file."""
        pages = await run_in_threadpool(_stores_of(request).parsed_text, *_ids(request))
        return json_response(
            {
                "object": "vector_store.file_content.page",
                "data": [{"type": "text", "text": page} for page in pages],
                "has_more": False,
                "next_page": None,
            }
        )


def _days_in(fields: JsonFields) -> int | None:
    expiry = fields.inner("expires_after")
    if expiry is None:
        return None
    expiry.only("anchor", "days").choice("anchor", ("last_active_at",))
    return expiry.integer("days", 1, _MAX_DAYS)


def _chunking_in(fields: JsonFields) -> tuple[int, int]:
    """The tokens of a chunk, and how many of them two chunks share."""
    strategy = fields.inner("chunking_strategy")
    if strategy is None:
        return USUAL_CHUNK_TOKENS, USUAL_OVERLAP_TOKENS
    kind = strategy.only("type", "static").choice("type", ("auto", "static"))
    static = strategy.inner("static")
    if kind == "auto":
        return USUAL_CHUNK_TOKENS, USUAL_OVERLAP_TOKENS
    if static is None:
        raise api_errors.parameter_missing("chunking_strategy.static")
    static.only("max_chunk_size_tokens", "chunk_overlap_tokens")
    chunk = static.integer("max_chunk_size_tokens", _FEWEST_TOKENS, _MOST_TOKENS)
    return chunk, static.integer("chunk_overlap_tokens", 0, chunk // 2)


def _stores_of(request: Request) -> VectorStores:
    stores: VectorStores = request.app.state.vector_stores
    return stores


def _store_id(request: Request) -> str:
    store_id: str = request.path_params["store_id"]
    return store_id


def _ids(request: Request) -> tuple[str, str]:
    return _store_id(request), request.path_params["file_id"]

"""The five operations with a common signature, for tests that apply to all of them."""

from collections.abc import Callable
from pathlib import Path

import pytest

from services.api.files_api import FilesApi
from services.problems.errors import FilesError, Problem
from tests.services.api.conftest import NonWaitingToken
from tests.support.factories import upload_request

ApiCall = Callable[[FilesApi, NonWaitingToken, Path], object]


def list_files(api: FilesApi, token: NonWaitingToken, _folder: Path) -> object:
    return api.list_page(token)


def retrieve(api: FilesApi, token: NonWaitingToken, _folder: Path) -> object:
    return api.retrieve("file-a", token)


def delete(api: FilesApi, token: NonWaitingToken, _folder: Path) -> object:
    api.delete("file-a", token)
    return None


def content(api: FilesApi, token: NonWaitingToken, _folder: Path) -> object:
    with api.content("file-a", token) as downloading:
        return b"".join(downloading.pieces)


def upload(api: FilesApi, token: NonWaitingToken, folder: Path) -> object:
    (folder / "a.jsonl").write_bytes(b"{}\n")
    return api.upload(upload_request(folder / "a.jsonl"), token)


def problem_of(ask: ApiCall, api: FilesApi, token: NonWaitingToken, folder: Path) -> Problem:
    with pytest.raises(FilesError) as caught:
        ask(api, token, folder)
    problem = caught.value.problem
    assert problem.title
    assert not problem.title.endswith(".")
    assert problem.advice
    return problem

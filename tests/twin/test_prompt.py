"""The server ends when it is told to, and not before what runs is answered."""

from __future__ import annotations

import asyncio
import threading
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest
import uvicorn

from akika_forensics.twin import serve
from akika_forensics.twin.http.prompt import PromptServer

from .conftest import Books


def test_a_server_that_nobody_asks_does_not_look_now_and_then_whether_to_end(
    books: Books, monkeypatch: pytest.MonkeyPatch
) -> None:
    slept: list[float] = []
    sleep = asyncio.sleep

    async def noted(seconds: float) -> None:
        slept.append(seconds)
        await sleep(seconds)

    monkeypatch.setattr(asyncio, "sleep", noted)
    server = serve(books.twin).start()
    server.stop()
    server.stop()
    assert slept == []
    assert "twin-server" not in {thread.name for thread in threading.enumerate()}


def test_what_runs_is_answered_before_the_server_ends(books: Books) -> None:
    applied, told = threading.Event(), threading.Event()

    def hold(_number: int, _kind: str) -> None:
        applied.set()
        assert told.wait(10)

    with ThreadPoolExecutor(2) as pool, serve(books.twin) as server:
        server.after_apply = hold
        headers = {"Authorization": f"Bearer {server.credentials.access_token}"}
        address = f"{server.base_url}/v3/company/{server.realm_id}/customer"
        answer = pool.submit(httpx.post, address, headers=headers, json={"DisplayName": "Late"}, timeout=30)
        assert applied.wait(10)
        ended = pool.submit(server.stop)
        told.set()
        assert answer.result(30).status_code == httpx.codes.OK
        ended.result(30)
    assert books.twin.count("Customer") == 4


def test_one_that_was_told_before_it_runs_ends_at_once() -> None:
    server = PromptServer(uvicorn.Config("tests.twin.conftest:Books", log_config=None, lifespan="off", port=0))
    server.end()

    async def run() -> None:
        await server.main_loop()

    asyncio.run(run())
    server.end()  # its loop is closed
    assert server.should_exit

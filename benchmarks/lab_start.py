"""How long a person waits for JupyterLab: until it answers, until the start page stands, until a prepared notebook goes on."""

from __future__ import annotations

import json
import os
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import httpx

ROUNDS = 3
AKIKA = str(Path(sys.executable).with_name("akika"))
PREPARE = "import akika_forensics as ak; ak.notebook()"


@contextmanager
def lab(folder: Path) -> Iterator[tuple[float, float, str]]:
    """Seconds to the address, seconds to the first answer, and the address."""
    environment = {**os.environ, "AKIKA_STATE_DIR": str(folder / "state")}
    start = time.perf_counter()
    process = subprocess.Popen(
        [AKIKA, "lab", "--dir", str(folder / "work"), "--no-browser", "--json"],
        stdout=subprocess.PIPE, text=True, env=environment,
    )  # fmt: skip
    assert process.stdout is not None
    try:
        url = json.loads(process.stdout.readline())["url"]
        said = time.perf_counter() - start
        httpx.get(url, timeout=60).raise_for_status()
        yield said, time.perf_counter() - start, url
    finally:
        process.send_signal(signal.SIGINT)
        process.wait(30)
        process.stdout.close()


def prepared(url: str) -> float:
    """Seconds from asking for a kernel until ``ak.notebook()`` is done in it, over the server's own websocket."""
    parts = urlsplit(url)
    headers = {"Authorization": f"token {parts.query.removeprefix('token=')}"}
    start = time.perf_counter()
    kernel = httpx.post(
        f"http://{parts.netloc}/api/kernels", headers=headers, json={"name": "python3"}, timeout=60
    ).json()
    program = f"""if True:
        import asyncio, json, tornado.httpclient, tornado.websocket
        async def main():
            request = tornado.httpclient.HTTPRequest("ws://{parts.netloc}/api/kernels/{kernel["id"]}/channels", headers={headers!r})
            line = await tornado.websocket.websocket_connect(request)
            header = {{"msg_id": "m", "session": "s", "username": "u", "msg_type": "execute_request", "version": "5.3", "date": ""}}
            content = {{"code": {PREPARE!r}, "silent": False, "store_history": False, "user_expressions": {{}}, "allow_stdin": False}}
            await line.write_message(json.dumps({{"header": header, "parent_header": {{}}, "metadata": {{}}, "content": content, "channel": "shell", "buffers": []}}))
            while True:
                message = json.loads(await line.read_message())
                if message["msg_type"] == "execute_reply":
                    assert message["content"]["status"] == "ok", message
                    return
        asyncio.run(main())"""
    subprocess.run([sys.executable, "-c", program], check=True)
    return time.perf_counter() - start


def main() -> None:
    times = []
    for _ in range(ROUNDS):
        with tempfile.TemporaryDirectory() as made, lab(Path(made)) as (said, answered, url):
            times.append((said, answered, prepared(url)))
    said, answered, ready = (statistics.median(column) for column in zip(*times, strict=True))
    print(f"akika lab, to its address     {said:6.3f} s")
    print(f"akika lab, to answering       {answered:6.3f} s   to reach: 5 s or less")
    print(f"kernel with ak.notebook()     {ready:6.3f} s   to reach: 8 s or less")


if __name__ == "__main__":
    main()

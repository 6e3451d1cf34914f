"""A slow line between browser and server: `pytest -p slow_line -m browser` shows tests that look before the answer is there.

A browser test that passes only because this machine is quick fails on a busy one. Every message of the server is held
back for as long as a busy machine would take, so that whatever does not wait for what it looks at fails each time.
"""

from __future__ import annotations

import asyncio
from typing import Any

HELD_BACK_S = 0.4


def pytest_configure() -> None:
    from bokeh.server.views.ws import WSHandler

    send = WSHandler.send_message

    async def send_late(self: WSHandler, message: Any) -> None:
        await asyncio.sleep(HELD_BACK_S)
        await send(self, message)

    WSHandler.send_message = send_late

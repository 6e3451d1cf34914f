"""An object store on this machine, and trouble on the way to it."""

from __future__ import annotations

import logging
import socket
import threading
from collections.abc import Callable, Iterable
from typing import Any

import boto3
from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app
from werkzeug.serving import make_server

Environ = dict[str, Any]
Answer = Callable[..., Any]


class ObjectServer:
    """Speaks S3 on a port of its own. ``trouble`` is asked before each request is passed on:

    ``trouble(method, path, environ)`` may change the environ, and returns nothing, or what is to happen: "lose request",
    "lose answer", or a status with a code such as ``"409 ConditionalRequestConflict"``. ``seen`` are the requests.
    """

    def __init__(self) -> None:
        self.trouble: Callable[[str, str, Environ], str | None] = lambda method, path, environ: None
        self.seen: list[str] = []
        self._store = DomainDispatcherApplication(create_backend_app)
        self._one_at_a_time = threading.Lock()
        logging.getLogger("werkzeug").setLevel(logging.ERROR)
        self._server = make_server("127.0.0.1", 0, self._answer, threaded=True)
        self.address = f"http://127.0.0.1:{self._server.server_port}"
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)
        self._thread.start()

    def client(self) -> Any:
        """Another client than ours, with rights to everything."""
        return boto3.client(
            "s3",
            endpoint_url=self.address,
            region_name="us-east-1",
            aws_access_key_id="another",
            aws_secret_access_key="another",
        )

    def stop(self) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    def _answer(self, environ: Environ, start_response: Answer) -> Iterable[bytes]:
        method, path = environ["REQUEST_METHOD"], environ["PATH_INFO"]
        self.seen.append(f"{method} {path}")
        outcome = self.trouble(method, path, environ)
        if outcome is None:
            return self._pass_on(environ, start_response)
        if outcome == "lose answer":
            list(self._pass_on(environ, lambda *_: lambda _: None))
        if outcome in {"lose request", "lose answer"}:
            environ["werkzeug.socket"].shutdown(socket.SHUT_RDWR)
            raise ConnectionError(outcome)
        status, code = outcome.split(" ", 1)
        environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
        body = f"<Error><Code>{code}</Code><Message>No.</Message></Error>".encode()
        start_response(f"{status} No", [("Content-Type", "text/xml"), ("Content-Length", str(len(body)))])
        return [body]

    def _pass_on(self, environ: Environ, start_response: Answer) -> Iterable[bytes]:
        """A store tells and does in one step; this one looks first and does it then, so it is kept to one at a time."""
        if not {"HTTP_IF_MATCH", "HTTP_IF_NONE_MATCH"} & set(environ):
            return self._store(environ, start_response)
        with self._one_at_a_time:
            return list(self._store(environ, start_response))

"""The gate by itself: whatever is asked, in whatever form, without a sign-in nothing but the named paths is open."""

from __future__ import annotations

import re
from types import SimpleNamespace
from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from tornado.httputil import HTTPHeaders, HTTPServerRequest, RequestStartLine

from akika_widgets.workbench.gate import Gate
from akika_widgets.workbench.tickets import Tickets

HOME = "127.0.0.1:5006"
GATE = Gate(Tickets(secure=False), frozenset({HOME}))
SEGMENT = st.sampled_from(
    [
        "static",
        "Static",
        "sign-in",
        "ws",
        "..",
        ".",
        "",
        "%2e%2e",
        "%2E.",
        "favicon.ico",
        "js",
        "a\\b",
        "metadata",
        "autoload.js",
    ]
)
PATHS = st.one_of(
    st.lists(SEGMENT, max_size=5).map(lambda parts: "/" + "/".join(parts)),
    st.text(st.characters(codec="ascii", categories=["L", "N", "P", "S"]), max_size=30).map(lambda text: f"/{text}"),
)


class Connection:
    """What a request wants to know of its connection."""

    context: Any = None


def request(method: str, uri: str, headers: dict[str, str]) -> HTTPServerRequest:
    made = HTTPHeaders({"Host": HOME, **headers})
    line = RequestStartLine(method, uri, "HTTP/1.1")
    return HTTPServerRequest(start_line=line, headers=made, connection=Connection())  # type: ignore[arg-type]  # the little that is asked


@given(
    method=st.sampled_from(["GET", "HEAD", "POST", "PUT", "OPTIONS", "DELETE", "CONNECT", "X"]),
    path=PATHS,
    query=st.sampled_from(["", "?token=x", "?next=/", "?bokeh-token=a.b"]),
    cookie=st.one_of(
        st.none(), st.text(st.characters(min_codepoint=33, max_codepoint=126, exclude_characters=';,"\\'), max_size=60)
    ),
)
def test_only_named_paths_are_open(method: str, path: str, query: str, cookie: str | None) -> None:
    headers = {} if cookie is None else {"Cookie": f"akika-00000000={cookie}"}
    asked = request(method, path + query, headers)
    why = GATE.why_not(asked)
    if why == "":
        named = asked.path in {"/sign-in", "/favicon.ico"}
        static = (
            re.match(r"/static/", asked.path, re.IGNORECASE) and method in {"GET", "HEAD"} and ".." not in asked.path
        )
        assert named or static, (method, path)


@given(
    host=st.one_of(
        st.sampled_from(["evil.example", "127.0.0.1", "127.0.0.1:80", "localhost:5006.evil.example"]),
        st.text("abc.:1", max_size=12),
    )
)
def test_another_name_opens_nothing_at_all(host: str) -> None:
    assert GATE.why_not(request("GET", "/sign-in", {"Host": host})) == ("" if host == HOME else "host")


@given(
    origin=st.one_of(
        st.sampled_from(
            [
                "http://evil.example",
                f"https://{HOME}",
                "null",
                "",
                "http://",
                "//" + HOME,
                f"http://{HOME}@evil.example",
            ]
        ),
        st.text(max_size=30),
    )
)
def test_another_origin_opens_nothing_at_all(origin: str) -> None:
    if origin == f"http://{HOME}":
        return
    # Stands in for a request: tornado's own would refuse some of these headers before the gate sees them.
    made: Any = SimpleNamespace(
        method="GET", path="/sign-in", protocol="http", host=HOME, headers={"Origin": origin}, query_arguments={}
    )
    assert GATE.why_not(made) == "origin"

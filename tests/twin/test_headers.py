"""Response headers as recorded, compression, and the forms in which requests and answers come."""

from __future__ import annotations

import re
from typing import Any

import pytest

from .served_scene import Company

TID = re.compile(r"1-[0-9a-f]{8}-[0-9a-f]{24}")


def test_an_accepted_request_has_the_recorded_headers(company: Company) -> None:
    answer = company.get("customer/1")
    headers = answer.headers
    assert headers["content-type"] == "application/json;charset=utf-8"
    assert TID.fullmatch(headers["intuit_tid"])
    came = int(headers["intuit_tid"][2:10], 16)
    assert 0 <= int(company.books.clock.now.timestamp()) - came <= 60
    assert headers["x-amzn-trace-id"] == f"Root={headers['intuit_tid']}"
    assert re.fullmatch(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", headers["x-spanid"])
    assert re.fullmatch(r"\d+\.\d+", headers["qbo-version"])
    assert re.fullmatch(r"total=\d+, db=\d+", headers["service-time"])
    assert headers["expires"] == "0"
    assert headers["cache-control"] == "max-age=0, no-cache, no-store, must-revalidate, private"
    assert headers["strict-transport-security"] == "max-age=15552000"
    assert headers["server"] == "nginx"
    assert headers["transfer-encoding"] == "chunked"
    assert "content-length" not in headers


@pytest.mark.parametrize("rest", ["customer/1.5", "customer/1/5", "customer/99"])
def test_a_refusal_has_a_length_and_no_version(company: Company, rest: str) -> None:
    answer = company.get(rest)
    assert answer.status_code == 400
    assert answer.headers["content-type"] == "application/json"
    assert answer.headers["content-length"] == str(len(answer.content))
    assert TID.fullmatch(answer.headers["intuit_tid"])
    assert answer.headers["server"] == "nginx"
    for name in ("qbo-version", "cache-control", "service-time", "expires"):
        assert name not in answer.headers


def test_an_expired_token_has_the_gateways_headers(company: Company) -> None:
    answer = company.get("customer/1", headers={"Authorization": "Bearer nobody"})
    assert answer.status_code == 401
    assert answer.headers["www-authenticate"] == 'Bearer realm="Intuit", error="invalid_token"'
    assert answer.headers["server"] == "nginx"


def test_compression_comes_when_asked_for(company: Company) -> None:
    asked = {"query": "select * from Account"}
    plain, unwanted = (
        company.get("query", headers={"Accept-Encoding": one}, **asked) for one in ("identity", "gzip;q=0, br")
    )
    packed = company.get("query", headers={"Accept-Encoding": "gzip;q=1.0,deflate;q=0.6,identity;q=0.3"}, **asked)
    assert "content-encoding" not in plain.headers
    assert "content-encoding" not in unwanted.headers
    assert packed.headers["vary"] == "Accept-Encoding"
    assert packed.headers["content-encoding"] == "gzip"
    assert packed.json()["QueryResponse"] == plain.json()["QueryResponse"]


@pytest.mark.parametrize(
    "accept", ["*/*", "", "application/json", "text/html,application/xml;q=0.9,*/*;q=0.8", "application/*"]
)
def test_whoever_can_take_json_gets_json(company: Company, accept: str) -> None:
    answer = company.get("customer/1", headers={"Accept": accept})
    assert answer.status_code == 200
    assert answer.json()["Customer"]["Id"] == "1"


@pytest.mark.parametrize("accept", ["application/xml", "text/xml", "Application/XML; charset=utf-8, text/xml"])
def test_a_wish_for_xml_is_refused(company: Company, accept: str) -> None:
    error = company.fault(company.get("customer/1", headers={"Accept": accept}), 406, "1050")
    assert "JSON" in error["Detail"]


@pytest.mark.parametrize("form", ["application/xml", "text/xml; charset=utf-8", "application/json"])
def test_a_body_in_xml_is_refused_and_nothing_is_done(company: Company, form: str) -> None:
    before: Any = company.books.twin.dump()
    sent = b'\n<?xml version="1.0"?><Customer><DisplayName>Cy</DisplayName></Customer>'
    company.fault(company.send("customer", sent, form), 415, "1050")
    assert company.books.twin.dump() == before

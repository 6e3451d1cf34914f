"""The service around the company: limits, tokens, metering, batches, files."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import httpx

from akika_forensics.model.payload import encode
from akika_forensics.twin import Limits, serve
from akika_forensics.twin.attachments.upload import Upload
from tests.twin.beliefs.looking import LOOKS, Body, Look, look


def _post(books: Any, url: str, body: Any) -> httpx.Response:
    with serve(books.twin) as server:
        return httpx.post(
            f"{server.base_url}/v3/company/{server.realm_id}/{url}",
            content=encode(body),
            headers={"Authorization": f"Bearer {server.credentials.access_token}"},
        )


@look("requestid_again")
def _(books: Any) -> str:
    first, second = (_post(books, "customer?requestid=r1", {"DisplayName": name}) for name in ("Cy", "Di"))
    assert first.status_code == 200
    assert books.twin.count("Customer") == 4
    if second.status_code == 200:
        assert second.content == first.content
        return "replayed"
    assert second.json()["Fault"]["Error"][0]["code"] == "600"
    return "refused"


@look("requestid_kept")
def _(books: Any) -> str:
    _post(books, "customer?requestid=r1", {"DisplayName": "Cy"})
    books.clock.now += timedelta(hours=23)
    assert "Cy" in _post(books, "customer?requestid=r1", {"DisplayName": "Di"}).text
    books.clock.now += timedelta(hours=2)
    return "for_ever" if "Cy" in _post(books, "customer?requestid=r1", {"DisplayName": "Di"}).text else "for_a_day"


def _throttled(books: Any) -> httpx.Response:
    with serve(books.twin, limits=Limits(a_minute=1)) as server:
        url = f"{server.base_url}/v3/company/{server.realm_id}/companyinfo/1"
        head = {"Authorization": f"Bearer {server.credentials.access_token}"}
        assert httpx.get(url, headers=head).status_code == 200
        refused = httpx.get(url, headers=head)
    assert refused.status_code == 429
    return refused


@look("retry_after")
def _(books: Any) -> str:
    return {None: "absent", "60": "sent"}[_throttled(books).headers.get("Retry-After")]


@look("throttle_body")
def _(books: Any) -> str:
    body = _throttled(books).content
    assert not body or b"ThrottleExceeded" in body
    return "envelope" if body else "empty"


def _token_answers(books: Any) -> list[Body]:
    with serve(books.twin, beliefs=books.twin.beliefs) as server:
        given = server.credentials
        form = {"grant_type": "refresh_token", "refresh_token": given.refresh_token}
        client = (given.client_id, given.client_secret)
        return [form, httpx.post(server.token_url, data=form, auth=client).json()]


@look("refresh_token_value")
def _(books: Any) -> str:
    before, after = _token_answers(books)
    return "daily" if before["refresh_token"] == after["refresh_token"] else "every_use"


@look("refresh_token_hard_end")
def _(books: Any) -> str:
    return "told" if "x_refresh_token_hard_expires_in" in _token_answers(books)[1] else "left_out"


@look("metering_batch")
def _(books: Any) -> str:
    items = [{"bId": str(number), "Query": "select * from Customer"} for number in range(3)]
    items += [{"bId": "4", "operation": "create", "Vendor": {"DisplayName": name}} for name in ("New", "New")]
    with _signed_in(books) as web:
        web.post("batch", json={"BatchItemRequest": items})
        counted = web.get(f"http://127.0.0.1:{web.base_url.port}/twin/metering").json()
    return {(1, 0): "once", (1, 3): "each_item"}[(counted["core"], counted["coreplus"])]


@look("metering_download")
def _(books: Any) -> str:
    with _signed_in(books) as web:
        note = web.post("attachable", json={"Note": "n"}).json()["Attachable"]
        files = {"file_content_0": ("a.txt", b"text", "text/plain")}
        made = web.post("upload", files=files).json()["AttachableResponse"][0]["Attachable"]
        assert note["Id"] != made["Id"]
        assert web.get(f"download/{made['Id']}").status_code == 200
        counted = web.get(f"http://127.0.0.1:{web.base_url.port}/twin/metering").json()
    return {0: "free", 1: "counted"}[counted["coreplus"]]


@contextmanager
def _signed_in(books: Any) -> Iterator[httpx.Client]:
    with serve(books.twin) as server:
        headers = {"Authorization": f"Bearer {server.credentials.access_token}", "Accept": "application/json"}
        base = f"{server.base_url}/v3/company/{server.realm_id}"
        with httpx.Client(base_url=base, headers=headers) as web:
            yield web


def _batched(item: Body, key: str) -> Look:
    def found(books: Any) -> str:
        (answer,) = books.twin.batch([{"bId": "1", **item}])
        assert set(answer) == {key, "bId"} or answer["Fault"]["Error"][0]["code"] == "500"
        return "answered" if key in answer else "refused"

    return found


LOOKS["batch_cdc_query"] = _batched(
    {"CDCQuery": {"Entities": "customer,Invoice", "ChangedSince": "2026-03-02T00:00:00 00:00"}}, "CDCResponse"
)


LOOKS["batch_report_query"] = _batched({"ReportQuery": "TrialBalance?end_date=2026-03-31"}, "Report")


@look("batch_void")
def _(books: Any) -> str:
    made = books.twin.create("Invoice", books.sale(books.ann, 5))
    item = {"bId": "1", "operation": "void", "Invoice": {"Id": made["Id"], "SyncToken": "0"}}
    answer = books.twin.batch([item])[0]
    voided = books.get("Invoice", made["Id"])["TotalAmt"] == 0
    assert voided == ("Fault" not in answer)
    return "applied" if voided else "refused"


@look("batch_send")
def _(books: Any) -> str:
    made = books.twin.create("Invoice", {**books.sale(books.ann, 5), "BillEmail": {"Address": "ann@example.com"}})
    answer = books.twin.batch([{"bId": "1", "operation": "send", "Invoice": {"Id": made["Id"]}}])[0]
    sent = books.get("Invoice", made["Id"])["EmailStatus"] == "EmailSent"
    assert sent == ("Fault" not in answer)
    return "sent" if sent else "refused"


@look("bearer_on_file")
def _(books: Any) -> str:
    books.twin.attach(Upload([b"x"], "x.txt", "text/plain", {}))
    with serve(books.twin, beliefs=books.twin.beliefs) as server:
        headers = {"Authorization": f"Bearer {server.credentials.access_token}"}
        path = f"{server.base_url}/v3/company/{server.realm_id}/query?query=select * from Attachable"
        address = httpx.get(path, headers=headers).json()["QueryResponse"]["Attachable"][0]["TempDownloadUri"]
        assert httpx.get(address).content == b"x"
        return {400: "refused", 200: "sent"}[httpx.get(address, headers=headers).status_code]


@look("send_token")
def _(books: Any) -> str:
    made = books.made("Invoice", books.sale(books.ann, 5))
    return {"0": "unchanged", "1": "raised"}[books.twin.send("Invoice", made, "ann@example.com")["SyncToken"]]

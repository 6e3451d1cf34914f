"""Attached files: every way of sending them, what is refused, and the addresses at which they can be fetched."""

from __future__ import annotations

import base64
import contextlib
import io
import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from akika_forensics.model.catalogue import CATALOGUE
from akika_forensics.twin import QuickBooksFault, Twin, serve
from akika_forensics.twin.attachments import metadata
from akika_forensics.twin.http import uploading

from .served_scene import Company

FORM = "multipart/form-data; boundary=b0"


def part(name: str, content: bytes, kind: str = "", file: str = "", **more: str) -> bytes:
    """One part with CRLF, as most clients write it."""
    disposition = f'Content-Disposition: form-data; name="{name}"' + (f'; filename="{file}"' if file else "")
    lines = ["--b0", disposition, *([f"Content-Type: {kind}"] if kind else [])]
    lines += [f"{key.replace('_', '-')}: {value}" for key, value in more.items()]
    return "\r\n".join([*lines, "", ""]).encode() + content + b"\r\n"


def described(suffix: str = "_01", **fields: Any) -> bytes:
    return part(f"file_metadata{suffix}", json.dumps(fields).encode(), "application/json", "attachment.json")


def on(entity: str, record_id: str, **more: Any) -> dict[str, Any]:
    return {"EntityRef": {"type": entity, "value": record_id}, **more}


def upload(company: Company, *parts: bytes, **parameters: str) -> list[Any]:
    answer = company.send("upload", b"".join(parts) + b"--b0--\r\n", FORM, **parameters)
    assert answer.status_code == 200, answer.text
    found: list[Any] = answer.json()["AttachableResponse"]
    return found


def refused(element: Any, code: str) -> Any:
    (error,) = element["Fault"]["Error"]
    assert error["code"] == code, error
    return error


@pytest.fixture
def invoice(books: Any) -> str:
    return str(books.twin.create("Invoice", books.sale(books.ann, 10))["Id"])


def test_an_upload_is_answered_as_recorded_and_its_bytes_come_back(company: Company, invoice: str) -> None:
    content = b'<?xml version="1.0"?>\r\n<x/>\r\n'
    (made,) = upload(
        company,
        described(AttachableRef=[on("Invoice", invoice)], FileName="no_detail.xml", ContentType="text/xml"),
        part("file_content_01", content, "text/xml", "no_detail.xml", Content_Transfer_Encoding="binary"),
    )
    body = made["Attachable"]
    record_id = body["Id"]
    assert list(body) == [
        "FileName", "FileAccessUri", "TempDownloadUri", "Size", "ContentType", "domain", "sparse", "Id", "SyncToken",
        "MetaData", "AttachableRef",
    ]  # fmt: skip
    assert (body["FileName"], body["Size"], body["ContentType"]) == ("no_detail.xml", len(content), "text/xml")
    assert body["FileAccessUri"] == company.path(f"download/{record_id}")
    assert len(record_id) == 19
    assert body["AttachableRef"] == [on("Invoice", invoice, IncludeOnSend=False)]
    assert "no_detail.xml?X-Amz-Algorithm=AWS4-HMAC-SHA256" in body["TempDownloadUri"]
    assert "X-Amz-Expires=900" in body["TempDownloadUri"]
    fetched = httpx.get(body["TempDownloadUri"])
    assert (fetched.content, fetched.headers["content-type"]) == (content, "text/xml")
    address = company.get(f"download/{record_id}")
    assert address.headers["content-type"].startswith("text/plain")
    assert httpx.get(address.text).content == content
    assert company.server.log[0].applied == [f"create Attachable:{record_id}"]


def test_every_answer_names_a_temporary_address(company: Company, books: Any) -> None:
    started = books.clock.now.isoformat()
    (made,) = upload(company, part("file_content_0", b"a,b", "text/csv", "list.csv"))
    record_id = made["Attachable"]["Id"]
    read = company.get(f"attachable/{record_id}").json()["Attachable"]
    listed = company.get("query", query="select * from Attachable").json()["QueryResponse"]["Attachable"][0]
    fed = company.get("cdc", entities="Attachable", changedSince=started).json()
    fed = fed["CDCResponse"][0]["QueryResponse"][0]["Attachable"][0]
    item = {"bId": "1", "operation": "update", "Attachable": {**read, "Note": "new"}}
    batched = company.post("batch", {"BatchItemRequest": [item]}).json()["BatchItemResponse"][0]["Attachable"]
    for body in (read, listed, fed, batched):
        assert httpx.get(body["TempDownloadUri"]).content == b"a,b"
    assert b"TempDownloadUri" not in books.twin.payload("Attachable", record_id)


def test_a_temporary_address_ends_by_the_companys_clock(company: Company, books: Any) -> None:
    upload(company, part("file_content_0", b"1", "text/plain", "one.txt"))
    address = company.get("download/" + company.get("query", query="select Id from Attachable").json()
                          ["QueryResponse"]["Attachable"][0]["Id"]).text  # fmt: skip
    assert httpx.get(address).status_code == 200
    with_bearer = company.http.get(address)
    assert (with_bearer.status_code, "auth mechanism" in with_bearer.text) == (400, True)
    forged = address.replace("X-Amz-Date=2026", "X-Amz-Date=2027")
    assert httpx.get(forged).status_code == 403
    assert httpx.get(address.partition("?")[0]).status_code == 403
    assert httpx.get(address.replace("/1234567890/", "/99/")).status_code == 404
    books.clock.now += timedelta(minutes=14, seconds=30)
    assert httpx.get(address).status_code == 200
    books.clock.now += timedelta(seconds=30)
    late = httpx.get(address)
    assert (late.status_code, "Request has expired" in late.text) == (403, True)


def test_a_bad_link_is_refused_inside_200_as_recorded(company: Company) -> None:
    before = company.books.twin.dump()
    answer = upload(
        company,
        described(AttachableRef=[on("Estimate", "75")], FileName="no_detail.xml", ContentType="text/xml"),
        part("file_content_01", b"<x/>", "text/xml", "no_detail.xml"),
    )
    assert answer == [
        {
            "Fault": {
                "Error": [
                    {
                        "Message": "A business validation error has occurred while processing your request",
                        "Detail": "Business Validation Error: The entity Estimate 75 that you are trying to link does "
                        "not exist. Estimate 75",
                        "code": "6000",
                        "element": "",
                    }
                ],
                "type": "ValidationFault",
            }
        }
    ]
    assert company.books.twin.dump() == before


def test_pairs_are_matched_by_their_ends_and_fail_alone(company: Company, invoice: str) -> None:
    answers = upload(
        company,
        part("file_content_2", b"two", "text/plain", "two.txt"),
        described("_1", FileName="one.txt", Note="the first"),
        described("_2", AttachableRef=[on("Invoice", invoice)]),
        part("file_content_1", b"one", "text/plain"),
        part("file_content_3", b"three", "text/plain", "three.exe"),
        described("_4", FileName="four.txt"),
        part("file_content_5", b"!!", "text/plain", "five.txt", Content_Transfer_Encoding="base64"),
    )
    two, one, three, four, five = answers
    assert (two["Attachable"]["FileName"], len(two["Attachable"]["AttachableRef"])) == ("two.txt", 1)
    assert (one["Attachable"]["FileName"], one["Attachable"]["Note"]) == ("one.txt", "the first")
    assert httpx.get(one["Attachable"]["TempDownloadUri"]).content == b"one"
    refused(three, "6041")
    assert refused(four, "2020")["element"] == "file_content_4"
    refused(five, "6000")
    assert company.books.twin.count("Attachable") == 2


def test_lf_lines_with_a_blank_one_first_and_base64(company: Company) -> None:
    packed = base64.b64encode(b"\0\1\r\n").decode()
    body = f"""
--b0
Content-Disposition: form-data; name="file_metadata_01"
Content-Type: application/json

{{"FileName": "raw.png", "ContentType": "image/png", "Note": "", "AttachableRef": []}}

--b0
Content-Disposition: form-data; name="file_content_01"
Content-Type: image/png
Content-Transfer-Encoding: base64

{packed}

--b0--
"""
    answer = company.send("upload", body.encode(), FORM).json()["AttachableResponse"][0]["Attachable"]
    assert (answer["FileName"], answer["Size"]) == ("raw.png", 4)
    assert "ThumbnailFileAccessUri" not in answer
    assert httpx.get(answer["TempDownloadUri"]).content == b"\0\1\r\n"


XML = """<?xml version="1.0" encoding="UTF-8"?>
<ns0:Attachable xmlns:ns0="http://schema.intuit.com/finance/v3">
  <ns0:AttachableRef><ns0:EntityRef type="Invoice">{}</ns0:EntityRef></ns0:AttachableRef>
  <ns0:AttachableRef><ns0:EntityRef type="Customer">1</ns0:EntityRef><ns0:IncludeOnSend>true</ns0:IncludeOnSend>
  </ns0:AttachableRef>
  <ns0:FileName>7374.txt</ns0:FileName><ns0:Category>Image</ns0:Category><ns0:Tag>R&amp;D</ns0:Tag>
</ns0:Attachable>"""


def test_metadata_in_xml_is_read(company: Company, invoice: str) -> None:
    (made,) = upload(
        company,
        part("file_metadata_0", XML.format(invoice).encode(), "application/xml; charset=UTF-8"),
        part("file_content_0", b"x", "text/plain", "7374.txt"),
    )
    body = made["Attachable"]
    assert (body["FileName"], body["Category"], body["Tag"]) == ("7374.txt", "Image", "R&D")
    assert body["AttachableRef"] == [
        on("Invoice", invoice, IncludeOnSend=False),
        on("Customer", "1", IncludeOnSend=True),
    ]


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ('<!DOCTYPE a [<!ENTITY e "x">]><Attachable><FileName>&e;.txt</FileName></Attachable>', "application/xml"),
        ('<!DOCTYPE a SYSTEM "file:///etc/passwd"><Attachable/>', "application/xml"),
        ("<Attachable><FileName>", "application/xml"),
        ("<a>" * 5000, "text/xml"),
        ("<Invoice/>", "application/xml"),
        ('{"Invoice": {"DocNumber": "1"}}', "application/json"),
        ("[]", "application/json"),
        ("{", "application/json"),
        ('"' + "x" * 1_000_001 + '"', "application/json"),
    ],
)
def test_metadata_that_is_no_attachable_is_refused(company: Company, text: str, kind: str) -> None:
    (answer,) = upload(
        company, part("file_metadata_0", text.encode(), kind), part("file_content_0", b"x", "text/plain", "x.txt")
    )
    assert "request parameter: file_metadata_0." in refused(answer, "6040")["Detail"]


class NotAttachable(Exception):
    """The refusal that is allowed."""


@given(
    st.one_of(
        st.binary(max_size=200),
        st.lists(
            st.sampled_from(
                ["<Attachable>", "</Attachable>", "<FileName>", "</FileName>", "<AttachableRef>", "</AttachableRef>",
                 '<EntityRef type="Invoice">', "</EntityRef>", "x", "&amp;", "&lt;", "<!DOCTYPE a>", "<?xml version='1.0'?>",
                 "<![CDATA[<]]>", "&e;", " ", "<!-- -->"]
            ),
            max_size=12,
        ).map(lambda words: "".join(words).encode()),
    ),
    st.sampled_from(["application/xml", "application/json", ""]),
)  # fmt: skip
def test_any_metadata_is_read_or_refused(text: bytes, kind: str) -> None:
    with contextlib.suppress(NotAttachable):
        try:
            found = metadata.read(text, kind, "file_metadata_0")
        except QuickBooksFault as fault:
            raise (NotAttachable if fault.code == "6040" else AssertionError) from fault
        assert all(isinstance(name, str) for name in found)


@pytest.mark.parametrize(
    ("name", "kind", "code"),
    [
        ("tool.exe", "text/plain", "6041"),
        ("noending", "text/plain", "6041"),
        ("scan.pdf", "application/octet-stream", "6041"),
        ("scan.pdf", "a\tb", "6041"),
        ("x" * 997 + ".txt", "text/plain", "2050"),
        ("", "text/plain", "2020"),
    ],
)
def test_files_that_are_not_taken(company: Company, name: str, kind: str, code: str) -> None:
    (answer,) = upload(company, part("file_content_0", b"x", kind, name))
    refused(answer, code)


@pytest.mark.parametrize("ending", "ai csv doc docx eps gif jpeg jpg ods pdf png rtf tif txt xls xlsx xml PDF".split())
def test_every_listed_kind_is_taken_and_typed_by_its_ending(company: Company, ending: str) -> None:
    (made,) = upload(company, part("file_content_0", b"", "", f"a.b.{ending}"))
    assert "/" in made["Attachable"]["ContentType"]
    assert made["Attachable"]["Size"] == 0
    assert httpx.get(made["Attachable"]["TempDownloadUri"]).content == b""


def test_requests_that_are_no_upload(company: Company, monkeypatch: pytest.MonkeyPatch) -> None:
    company.fault(company.send("upload", b"{}", "application/json"), 400, "1050")
    company.fault(company.send("upload", part("other", b"x") + b"--b0--", FORM), 400, "2020")
    company.fault(company.send("upload", b"", FORM), 400, "1050")
    monkeypatch.setattr(uploading, "LARGEST", 50_000)
    body = part("file_content_0", b"x" * 50_000, "text/plain", "x.txt") + b"--b0--"
    error = company.fault(company.send("upload", body, FORM), 400, "6030")
    assert error["Detail"].endswith(f"The current request size is {len(body)}")
    company.fault(company.get("upload"), 400, "500")
    assert company.http.post(company.path("upload"), headers={"Authorization": "Bearer x"}).status_code == 401
    assert company.books.twin.count("Attachable") == 0


def test_a_repeated_request_id_keeps_one_file(company: Company) -> None:
    parts = [part("file_content_0", b"once", "text/plain", "x.txt")]
    (first,), (second,) = (upload(company, *parts, requestid="r1") for _ in range(2))
    assert first["Attachable"]["Id"] == second["Attachable"]["Id"]
    assert httpx.get(second["Attachable"]["TempDownloadUri"]).content == b"once"
    assert company.books.twin.count("Attachable") == 1
    assert company.server.log[1].replayed


@pytest.mark.parametrize(("kind", "ending"), [("PNG", "png"), ("JPEG", "jpg"), ("GIF", "gif"), ("TIFF", "tif")])
def test_pictures_have_thumbnails(company: Company, kind: str, ending: str) -> None:
    made = io.BytesIO()
    Image.new("RGB", (600, 300), (200, 10, 10)).save(made, kind)
    (answer,) = upload(company, part("file_content_0", made.getvalue(), "", f"shop.{ending}"))
    body = answer["Attachable"]
    assert body["ThumbnailFileAccessUri"] == company.path(f"attachable-thumbnail/{body['Id']}")
    by_path = httpx.get(company.get(f"attachable-thumbnail/{body['Id']}").text)
    by_field = httpx.get(body["ThumbnailTempDownloadUri"])
    with Image.open(io.BytesIO(by_path.content)) as small:
        assert max(small.size) == 150
    assert by_path.content == by_field.content


def test_an_update_replaces_the_links_and_never_the_bytes(company: Company, invoice: str, books: Any) -> None:
    (made,) = upload(
        company,
        described("_0", AttachableRef=[on("Invoice", invoice), on("Customer", books.ann)], Note="a"),
        part("file_content_0", b"x", "text/plain", "x.txt"),
    )
    old = made["Attachable"]
    sent = {
        "Id": old["Id"],
        "SyncToken": "0",
        "AttachableRef": [on("Customer", books.bob, IncludeOnSend=True)],
        "ContentType": "text/csv",
        "Size": 77,
    }
    new = company.post("attachable", sent).json()["Attachable"]
    assert new["AttachableRef"] == [on("Customer", books.bob, IncludeOnSend=True)]
    assert "Note" not in new
    assert (new["FileName"], new["ContentType"], new["Size"], new["SyncToken"]) == ("x.txt", "text/plain", 1, "1")
    assert new["FileAccessUri"] == old["FileAccessUri"]
    sparse = {"Id": old["Id"], "SyncToken": "1", "sparse": True, "AttachableRef": []}
    assert "AttachableRef" not in company.post("attachable", sparse).json()["Attachable"]
    assert httpx.get(company.get(f"download/{old['Id']}").text).content == b"x"


def test_a_delete_by_id_alone_takes_the_bytes_along(company: Company) -> None:
    (made,) = upload(company, part("file_content_0", b"x", "text/plain", "x.txt"))
    record_id, address = made["Attachable"]["Id"], made["Attachable"]["TempDownloadUri"]
    answer = company.post("attachable", {"Id": record_id}, operation="delete")
    assert answer.json()["Attachable"] == {"domain": "QBO", "status": "Deleted", "Id": record_id}
    assert httpx.get(address).status_code == 404
    company.fault(company.get(f"download/{record_id}"), 400, "610")
    company.fault(company.get("download/x"), 400, "2030")
    assert list(company.books.twin.store.files.read(record_id)) == []


def test_a_note_has_no_file(company: Company, books: Any) -> None:
    made = company.post("attachable", {"Note": "call back", "AttachableRef": [on("Customer", books.ann)]}).json()
    body = made["Attachable"]
    assert body["AttachableRef"] == [on("Customer", books.ann, IncludeOnSend=False)]
    assert not {"FileAccessUri", "TempDownloadUri", "Size"} & set(body)
    company.fault(company.get(f"download/{body['Id']}"), 400, "610")
    refuse = [({"Note": "x" * 2001}, "2050"), ({"Note": "x", "Category": "Poem"}, "2170"), ({"Tag": "x"}, "2020")]
    for sent, code in refuse:
        company.fault(company.post("attachable", sent), 400, code)


ALLOWED = sorted(row.name for row in CATALOGUE.values() if row.attachable)
REFUSED = ["Class", "Term", "TaxCode", "Attachable", "Preferences", "CompanyInfo", "Shoe", ""]


@pytest.mark.parametrize("entity", ALLOWED)
def test_files_hang_on_every_entity_that_takes_them(books: Any, entity: str) -> None:
    twin = books.twin
    twin.put_raw(entity, json.dumps({"Id": "777", "SyncToken": "0"}).encode(), post=False)
    for named in (entity, entity.lower()):
        made = twin.create("Attachable", {"Note": "n", "AttachableRef": [on(named, "777")]})
        assert made["AttachableRef"][0]["EntityRef"]["type"] == entity
    books.refused("6000", twin.create, "Attachable", {"Note": "n", "AttachableRef": [on(entity, "778")]})


@pytest.mark.parametrize("entity", REFUSED)
def test_others_take_no_file(books: Any, entity: str) -> None:
    body = {"Note": "n", "AttachableRef": [on(entity, "1")]}
    assert books.refused("6050", books.twin.create, "Attachable", body).detail == (
        f"The entity reference type {entity} is unsupported for Attachable"
    )


def test_files_and_their_addresses_outlive_the_process(tmp_path: Path) -> None:
    from .conftest import Books

    books = Books(tmp_path / "company.sqlite")
    with serve(books.twin) as server:
        answer = Company(server, books)
        (made,) = upload(answer, part("file_content_0", b"kept" * 300_000, "text/plain", "käse & brot.txt"))
        address = made["Attachable"]["TempDownloadUri"]
        answer.http.close()
        port = server.port
    books.twin.close()
    again = Twin(tmp_path / "company.sqlite", clock=books.clock)
    with serve(again, port=port):
        found = httpx.get(address)
    again.close()
    assert found.content == b"kept" * 300_000
    assert "k%C3%A4se%20%26%20brot.txt" in found.headers["content-disposition"]

"""Keys are read as people write them; a record shows what was sent and nothing else."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from akika_forensics.errors import WrongUse
from akika_forensics.model.catalogue import CATALOGUE
from akika_forensics.model.record import Record, RecordKey, label_of

ENTITIES = st.sampled_from(sorted(CATALOGUE))
IDS = st.text(st.characters(codec="ascii", categories=["L", "N", "P"]), min_size=1, max_size=12)


@given(ENTITIES, IDS)
def test_a_key_reads_back_from_its_text(entity: str, record_id: str) -> None:
    key = RecordKey(entity, record_id)
    assert RecordKey.parse(str(key)) == key


@given(ENTITIES, st.sampled_from([str.lower, str.upper, str.title]))
def test_the_case_of_the_entity_and_blanks_around_do_not_matter(entity: str, spell) -> None:  # a method of str
    assert RecordKey.parse(f" {spell(entity)} : 130 ") == RecordKey(entity, "130")


def test_an_id_may_hold_a_colon() -> None:
    assert RecordKey.parse("ExchangeRate:EUR:2026-11-23").id == "EUR:2026-11-23"


@pytest.mark.parametrize("text", ["", ":", "Invoice", "Invoice:", "Invoice: ", ":130", "Invoices:130", "130:Invoice"])
def test_what_names_no_record_is_refused_with_an_example(text: str) -> None:
    with pytest.raises(WrongUse, match="does not name a record") as caught:
        RecordKey.parse(text)
    assert "Invoice:130" in caught.value.do


def test_the_payload_is_kept_and_the_body_is_exact() -> None:
    sent = b'{ "Id":"130", "TotalAmt": 362.070 }'
    record = Record(RecordKey("Invoice", "130"), sent)
    assert record.payload is sent
    assert record.body["TotalAmt"] == Decimal("362.070")
    assert str(record.body["TotalAmt"]) == "362.070"
    assert record.digest == Record(record.key, b'{"TotalAmt":362.07,"Id":"130"}').digest
    assert record.digest != Record(record.key, b'{"TotalAmt":"362.07","Id":"130"}').digest


def test_a_payload_stays_out_of_the_text_form() -> None:
    assert "secret" not in repr(Record(RecordKey("Customer", "1"), b'{"Notes":"secret"}'))


@pytest.mark.parametrize("sent", [b"[]", b'"x"', b"null", b"7"])
def test_a_payload_that_is_no_object_is_refused(sent: bytes) -> None:
    with pytest.raises(WrongUse, match="Invoice:1 is no JSON object"):
        _ = Record(RecordKey("Invoice", "1"), sent).body


@pytest.mark.parametrize(
    ("entity", "sent", "label"),
    [
        ("Invoice", b'{"DocNumber":"1037"}', "Invoice 1037"),
        ("Invoice", b"{}", "Invoice 9"),
        ("Invoice", b'{"DocNumber":""}', "Invoice 9"),
        ("Customer", b'{"DisplayName":"Amy\'s Bird Sanctuary"}', "Customer Amy's Bird Sanctuary"),
        ("Item", b'{"Name":"Rocks"}', "Item Rocks"),
        ("CompanyInfo", b'{"CompanyName":"Stock"}', "CompanyInfo Stock"),
        ("Attachable", b'{"FileName":"receipt.pdf"}', "Attachable receipt.pdf"),
    ],
)
def test_labels_are_what_a_person_would_say(entity: str, sent: bytes, label: str) -> None:
    assert Record(RecordKey(entity, "9"), sent).label == label


def test_an_entity_we_do_not_know_still_has_a_label() -> None:
    assert label_of("ChangeOrder", {"Name": "Extra wall"}) == "Extra wall"

"""The books of another company under this one's address: a capture is refused, at whichever request they begin to answer."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from akika_forensics import capture
from akika_forensics.capture.same_company import known_of, require_same
from akika_forensics.errors import VaultDamaged, WrongCompany
from akika_forensics.model.identity import Identity
from akika_forensics.model.record import RecordKey
from akika_forensics.quickbooks import open_reader
from akika_forensics.twin import Twin, sample, serve
from tests.capture.faults.scene import MADE_LATER as B
from tests.capture.faults.scene import QUICK, connection, stranger_of, take, tokens

A = datetime(2021, 3, 4, 10, tzinfo=UTC)
COMPANY = RecordKey("CompanyInfo", "1")


def info(**fields: Any) -> bytes:
    return json.dumps(
        {"Id": "1", "CompanyName": "Craig's", "MetaData": {"CreateTime": A.isoformat()}} | fields
    ).encode()


def test_a_company_is_told_by_when_it_was_made_and_not_by_its_name() -> None:
    mine = Identity.of(info())
    assert mine == Identity("1", A, "Craig's")
    assert not mine.differs(Identity.of(info(CompanyName="Craig and Daughters")))
    assert not mine.differs(Identity.of(info(MetaData={"CreateTime": "2021-03-04T02:00:00-08:00"})))
    other = mine.differs(Identity.of(info(MetaData={"CreateTime": B.isoformat()})))
    assert other == (
        "What answers was made at QuickBooks on 2024-05-06 at 07:00:00 UTC, and this company on 2021-03-04 at 10:00:00 UTC."
    )
    assert mine.differs(Identity.of(info(Id="7")))
    assert not Identity.of(info()).not_of("4620816365291273950")
    assert not Identity.of(info(Id="4620816365291273950")).not_of("4620816365291273950")
    assert Identity.of(info(Id="4620816365291273951")).not_of("4620816365291273950")


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=30),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)
BODIES = VALUES | st.fixed_dictionaries(
    {},
    optional={"Id": VALUES, "CompanyName": VALUES, "MetaData": VALUES | st.fixed_dictionaries({"CreateTime": VALUES})},
)


@given(BODIES, BODIES)
def test_whatever_a_company_says_of_itself_it_is_itself(body: Any, other: Any) -> None:
    one, two = Identity.of(json.dumps(body).encode()), Identity.of(json.dumps(other).encode())
    assert not one.differs(one)
    assert bool(one.differs(two)) == bool(two.differs(one))
    if not one.made_at and not one.id:
        assert not one.differs(two)


@given(st.binary(max_size=40))
def test_and_what_is_no_record_tells_nothing(data: bytes) -> None:
    assert not Identity.of(data).differs(Identity("1", A)) or Identity.of(data).id


def test_an_index_that_is_lost_tells_nothing() -> None:
    class Lost:
        def lazy(self, entities: Any = None) -> Any:
            raise VaultDamaged("gone")

    assert known_of(Lost()) == known_of(None) == Identity()
    require_same("123", Identity("1", B), known_of(Lost()))


# -- captures -----------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def books() -> Iterator[tuple[Twin, Twin]]:
    twin = Twin()
    sample.build(twin)
    other = stranger_of(twin)
    yield twin, other
    twin.close()
    other.close()


@pytest.fixture(scope="module")
def whole(books: tuple[Twin, Twin]) -> Any:
    from tests.capture.conftest import FakeSnapshotWriter

    with serve(books[0]) as server:
        return take(server, FakeSnapshotWriter()).writer


def refused(ended: Any) -> None:
    assert ended.how == "refused", ended.findings
    assert isinstance(ended.refusal, WrongCompany)
    assert ended.refusal.what.startswith("QuickBooks answers with the books of another company, called ")
    assert "made at QuickBooks on 2024-05-06 at 07:00:00 UTC" in ended.refusal.what
    assert ended.refusal.means
    assert "akika connect" in ended.refusal.do
    assert ended.writer.committed is None


@pytest.mark.parametrize("full", [False, True], ids=["what changed", "everything"])
def test_a_capture_after_others_is_refused_at_its_first_request(
    books: Any, whole: Any, writers: Any, full: bool
) -> None:
    twin, other = books
    with serve(twin) as server:
        server.answer_as(other)
        before = len(server.log)
        refused(take(server, writers(whole), before=whole.snapshot, full=full))
        assert len(server.log) - before == 1


def test_a_capture_of_some_records_is_refused_too(books: Any, whole: Any, writers: Any) -> None:
    twin, other = books
    with serve(twin) as server, open_reader(connection(server), tokens(server), limits=QUICK) as reader:
        server.answer_as(other)
        writer = writers(whole)
        with pytest.raises(WrongCompany, match="another company"):
            capture.run_scoped(reader, writer, [RecordKey("Invoice", "130")], base=whole.snapshot)
        assert writer.committed is None
        assert not writer.carried


def test_a_first_capture_goes_by_the_name_of_the_connection(books: Any, writers: Any) -> None:
    twin, _ = books
    with serve(twin) as server:
        ended = take(server, writers(), called="Somebody Else")
        assert isinstance(ended.refusal, WrongCompany)
        assert (
            ended.refusal.what
            == f"The vault was connected to Somebody Else, and what answers is called {twin.company_name!r}."
        )
        assert take(server, writers(), called=twin.company_name).how == "whole"


@pytest.mark.parametrize("kind", ["full", "incremental"])
def test_wherever_in_a_capture_another_company_begins_to_answer_nothing_is_committed(
    books: Any, whole: Any, writers: Any, kind: str
) -> None:
    """From some requests on; its books are the same, so that no count tells."""
    twin, other = books

    def run(switch_at: int | None) -> tuple[Any, int]:
        with serve(twin) as server:
            asked = 0

            def switch(_number: int, _kind: str) -> None:
                nonlocal asked
                asked += 1
                if switch_at is not None and asked >= switch_at:
                    server.answer_as(other)

            server.before_apply = switch
            writer = writers(whole) if kind == "incremental" else writers()
            options = {"before": whole.snapshot} if kind == "incremental" else {}
            return take(server, writer, **options), asked

    ended, requests = run(None)
    assert ended.how == "whole"
    # The last request is one more look at the feed; before it the company is read beside the counts.
    for switch_at in sorted({2, requests // 2, requests - 2} - {0, 1}):
        refused(run(switch_at)[0])


def test_the_name_of_a_company_may_change(books: Any, whole: Any, writers: Any) -> None:
    twin = books[0].copy()
    body = twin.get(*COMPANY)
    assert body is not None
    twin.update("CompanyInfo", {**body, "CompanyName": "Craig and Daughters"})
    with serve(twin) as server:
        ended = take(server, writers(whole), before=whole.snapshot, called=books[0].company_name)
    twin.close()
    assert ended.how == "whole"

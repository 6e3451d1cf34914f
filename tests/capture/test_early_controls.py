"""Reports that are asked for while the lists are read: what changes meanwhile makes those be asked for again that it can have moved."""

from __future__ import annotations

import json
import random
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from typing import Any

import pytest
from sample_twin import sample_twin

from akika_forensics import capture
from akika_forensics.capture import sweep
from akika_forensics.capture.controls import ControlName, early
from akika_forensics.errors import Interrupted, SignInFailed
from akika_forensics.model.instants import now
from akika_forensics.quickbooks import Connection, Limits, MemoryTokenStore, PagePlan, Reader, Tokens, open_reader
from akika_forensics.settings import Secret
from akika_forensics.twin import Twin, TwinServer, serve

ROWS = 5
"""Of a page here: the sample company has lists of several pages then."""

FIRST = date(2024, 1, 1)

Act = Callable[[], Any]


@pytest.fixture(autouse=True)
def _short_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    page = Reader.page

    def short(self: Reader, entity: str, position: int) -> Any:
        return page(self, entity, position, size=ROWS)

    def planned(expected: int | None = None) -> PagePlan:
        return PagePlan(expected=expected, size=ROWS)

    monkeypatch.setattr(Reader, "page", short)
    monkeypatch.setattr(sweep, "PagePlan", planned)
    monkeypatch.setattr(sweep, "_SHORT", 3)


def _reader(server: TwinServer) -> Reader:
    known = server.credentials
    connection = Connection(
        "twin", server.realm_id, server.base_url, server.token_url, known.client_id, Secret(known.client_secret)
    )
    ends = now() + timedelta(days=9)
    tokens = Tokens(Secret(known.access_token), Secret(known.refresh_token), now() + timedelta(hours=1), ends)
    return open_reader(connection, MemoryTokenStore(tokens), limits=Limits().unpaced())


class Books:
    """Journal entries of several years in the sample company, and what may be done to them."""

    def __init__(self, twin: Twin, rng: random.Random) -> None:
        self.twin, self.rng = twin, rng
        found = twin.query("select * from Account where AccountType = 'Bank'")["QueryResponse"]["Account"]
        self.accounts = [str(account["Id"]) for account in found[:2]]
        # One after another from the first day on, as books are written.
        self.mine = [self.create(str(FIRST + timedelta(days=20 * number))) for number in range(40)]
        self.done = Counter[str]()
        # What is younger than a feed reaches back is a change to a capture that begins now.
        twin.clock.advance(timedelta(minutes=1))

    def _old_day(self) -> str:
        return str(FIRST + timedelta(days=self.rng.randrange(900)))

    def create(self, day: str) -> str:
        sides = zip(("Debit", "Credit"), self.accounts, strict=True)
        amount = self.rng.randrange(1, 10_000)
        lines = [
            {
                "Amount": amount,
                "DetailType": "JournalEntryLineDetail",
                "JournalEntryLineDetail": {"PostingType": side, "AccountRef": {"value": account}},
            }
            for side, account in sides
        ]
        return str(self.twin.create("JournalEntry", {"TxnDate": day, "Line": lines})["Id"])

    def move(self) -> None:
        body = self.twin.get("JournalEntry", self.rng.choice(self.mine))
        assert body is not None
        self.twin.update("JournalEntry", {**body, "TxnDate": self._old_day()})

    def delete(self) -> None:
        body = self.twin.get("JournalEntry", self.mine.pop(self.rng.randrange(len(self.mine))))
        assert body is not None
        self.twin.delete("JournalEntry", body)

    def blink(self) -> None:
        """There and gone again."""
        self.mine.append(self.create(self._old_day()))
        self.mine[-1], self.mine[0] = self.mine[0], self.mine[-1]
        body = self.twin.get("JournalEntry", self.mine.pop(0))
        assert body is not None
        self.twin.delete("JournalEntry", body)

    def late(self) -> None:
        self.mine.append(self.create(self._old_day()))

    def merge(self) -> None:
        found = self.twin.query("select * from Vendor maxresults 1000")["QueryResponse"]["Vendor"]
        gone, stays = self.rng.sample([one["Id"] for one in found], 2)
        self.twin.screens.merge("Vendor", gone, stays)

    def act(self, name: str) -> None:
        self.done[name] += 1
        getattr(self, name)()


ACTS = ("late", "move", "delete", "blink", "merge")


def _captured(server: TwinServer, writer: Any) -> Any:
    with _reader(server) as reader:
        return capture.run(reader, writer)


def _shown(controls: dict[str, bytes]) -> dict[str, Any]:
    """Of each report what does not tell of the time when it was made. One that was cut to other windows tells the same."""
    found: dict[str, Any] = {}
    for name, data in controls.items():
        document = json.loads(data)
        rows = document["Rows"]
        if ControlName.of(name).report == "TransactionList":
            found.setdefault("lists", []).extend(map(json.dumps, rows.get("Row", [])))
        else:
            found[name] = rows
    found["lists"] = sorted(found.get("lists", []))
    return found


def _asked(server: TwinServer, since: int = 0) -> list[str]:
    return [f"{entry.path}?{entry.query}" for entry in server.log[since:]]


def _is_report(path: str) -> bool:
    return "/reports/" in path


def _early_in(paths: list[str]) -> int:
    """Reports that were asked for before anything asked what changed."""
    fence = next(at for at, path in enumerate(paths) if "/cdc" in path)
    return sum(map(_is_report, paths[:fence]))


@pytest.fixture
def twin() -> Iterator[Twin]:
    """The sample company; nothing here rests on when it was keyed, since the clock goes on before it is read."""
    copied = sample_twin()
    yield copied
    copied.close()


@pytest.fixture
def books(twin: Twin) -> Books:
    return Books(twin, random.Random(1))


@pytest.fixture
def late_ones(monkeypatch: pytest.MonkeyPatch) -> Act:
    """A switch: from now on nothing is asked for early."""
    return lambda: monkeypatch.setattr(early.Early, "arrived", lambda *_: None)


class TestNothingChanges:
    def test_reports_come_among_the_pages_and_nothing_is_asked_for_twice(
        self, twin: Twin, books: Books, writer: Any, writers: Any, late_ones: Act
    ) -> None:
        with serve(twin) as server:
            info = _captured(server, writer)
            paths = _asked(server)
            late_ones()
            other, before = writers(), len(paths)
            again = _captured(server, other)
            later = _asked(server, before)
        assert info["complete"]
        assert again["complete"]
        pages = [at for at, path in enumerate(paths) if "/query" in path]
        assert any(_is_report(path) for path in paths[: pages[-1]])
        assert _early_in(paths) > 4
        assert _early_in(later) == 0
        assert Counter(filter(_is_report, paths)) == Counter(filter(_is_report, later))
        assert writer.controls.keys() == other.controls.keys()
        assert _shown(writer.controls) == _shown(other.controls)
        assert info["requests"] == again["requests"]


def _while_read(books: Books, server: TwinServer, names: list[str], rng: random.Random) -> None:
    """Each is done once reports have come, before anything asks what changed."""
    waiting = list(names)

    def stir(*_: Any) -> None:
        paths = _asked(server)
        if (
            waiting
            and sum(map(_is_report, paths)) > 4
            and not any("/cdc" in path for path in paths)
            and rng.random() < 0.4
        ):
            books.act(waiting.pop())

    server.before_apply = stir


class TestSomethingChanges:
    @pytest.mark.parametrize("name", ACTS)
    def test_what_it_can_have_moved_is_asked_for_again(
        self, twin: Twin, books: Books, writer: Any, writers: Any, late_ones: Act, name: str
    ) -> None:
        with serve(twin) as server:
            _while_read(books, server, [name], random.Random(0))
            info = _captured(server, writer)
            server.before_apply = None
            asked = Counter(filter(_is_report, _asked(server)))
            late_ones()
            other = writers()
            _captured(server, other)
        assert info["complete"]
        assert books.done[name] == 1
        assert max(asked.values()) == 2
        assert _shown(writer.controls) == _shown(other.controls)

    def test_of_a_new_record_only_what_stands_on_its_day_or_adds_up_to_it(
        self, twin: Twin, books: Books, writer: Any
    ) -> None:
        with serve(twin) as server:
            _while_read(books, server, ["late"], random.Random(0))
            _captured(server, writer)
            asked = Counter(filter(_is_report, _asked(server)))
        body = twin.get("JournalEntry", books.mine[-1])
        assert body is not None
        again = {path for path, times in asked.items() if times > 1}
        assert again
        for path in again:
            if "end_date=" in path:
                assert path.partition("end_date=")[2][:10] >= body["TxnDate"]
        assert any(
            "accounting_method=Accrual" in path and path.partition("end_date=")[2][:10] < body["TxnDate"]
            for path in asked.keys() - again
        )

    @pytest.mark.parametrize("seed", range(6))
    def test_reports_are_of_the_state_of_the_records(
        self, twin: Twin, writer: Any, writers: Any, late_ones: Act, seed: int
    ) -> None:
        _reports_agree(twin, writer, writers(), late_ones, seed)

    @pytest.mark.soak
    @pytest.mark.parametrize("seed", range(100, 150))
    def test_reports_are_of_the_state_of_the_records_in_many_companies(
        self, twin: Twin, writer: Any, writers: Any, late_ones: Act, seed: int
    ) -> None:
        _reports_agree(twin, writer, writers(), late_ones, seed)


def _reports_agree(twin: Twin, writer: Any, other: Any, late_ones: Act, seed: int) -> None:
    rng = random.Random(seed)
    books = Books(twin, rng)
    with serve(twin) as server:
        _while_read(books, server, rng.choices(ACTS, k=rng.randrange(1, 8)), rng)
        info = _captured(server, writer)
        server.before_apply = None
        late_ones()
        _captured(server, other)
    assert info["complete"]
    assert sum(books.done.values()) > 0
    assert _shown(writer.controls) == _shown(other.controls)


class TestItEndsBeforeItsTime:
    def test_a_company_that_never_rests_keeps_no_report_that_nobody_looked_at(
        self, twin: Twin, books: Books, writer: Any
    ) -> None:
        with serve(twin) as server:
            server.before_apply = lambda *_: books.late() if "/cdc" in server.log[-1].path else None
            info = _captured(server, writer)
        assert not info["complete"]
        assert writer.codes("problem") == {"not_quiet"}
        assert writer.controls == {}

    def test_a_stop_does_not_wait_for_them(self, twin: Twin, books: Books, writer: Any) -> None:
        with serve(twin) as server, _reader(server) as reader:
            with pytest.raises(Interrupted):
                capture.run(reader, writer, should_stop=lambda: sum(map(_is_report, _asked(server))) > 3)
            assert sum(map(_is_report, _asked(server))) < 25
        assert writer.committed is None

    def test_what_ends_the_capture_ends_it_here_too(self, twin: Twin, books: Books, writer: Any) -> None:
        with serve(twin, faults="unauthorized@[path=*/reports/*]:*") as server, pytest.raises(SignInFailed):
            _captured(server, writer)
        assert writer.committed is None

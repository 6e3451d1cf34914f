"""A transaction while its life lasts: what it says by its act, and what others have done to it since."""

from __future__ import annotations

from typing import Any, Final

from akika_forensics.twin.life.bulk.known import Party
from akika_forensics.twin.life.lines import CostLine

type Posting = tuple[Any, ...]
"""The columns of a posting: entity, id, date, account, cents, party, movement, own cents, line, class, department, item,
quantity, memo."""

ACCOUNT: Final = 3
CENTS: Final = 4
PARTY: Final = 5
OWN: Final = 7


class Paper:
    """``links`` are (Id, type) of the others that show on it, the newest first; ``applied`` what it settles.

    ``state`` is what an estimate or an order has come to; ``label`` under which type others show it.
    """

    __slots__ = (
        "act",
        "applied",
        "balance",
        "changed",
        "changed_us",
        "entity",
        "id",
        "label",
        "lines",
        "links",
        "made",
        "made_us",
        "maker",
        "movements",
        "name",
        "number",
        "party",
        "postings",
        "saver",
        "stale",
        "state",
        "total",
        "void",
    )

    def __init__(self, entity: str, number: int, name: str, act: Any, party: Party | None, total: int) -> None:
        self.entity = entity
        self.number = number
        self.id = str(number)
        self.name = name
        self.act = act
        self.party = party
        self.total = total
        self.balance = 0
        self.label = entity
        self.links: list[tuple[str, str]] = []
        self.applied: list[Settled] = []
        self.lines: tuple[CostLine, ...] = ()
        self.postings: list[Posting] = []
        self.movements: list[tuple[Any, ...]] = []
        self.state = ""
        self.stale = 0
        self.void = False
        self.made = self.changed = ""
        self.made_us = self.changed_us = 0
        self.maker = self.saver = ""

    @property
    def key(self) -> tuple[str, str]:
        """By which indirect events are sorted."""
        return self.entity, self.id

    def others(self) -> str:
        """Its LinkedTxn."""
        return ",".join([f'{{"TxnId":"{number}","TxnType":"{kind}"}}' for number, kind in self.links])

    def meta(self) -> str:
        return (
            f'"domain":"QBO","sparse":false,"Id":"{self.id}","SyncToken":"{self.stale}","MetaData":'
            f'{{"CreateTime":"{self.made}","LastUpdatedTime":"{self.changed}"}}'
        )


class Settled:
    """A line of a payment: the paper that it takes ``cents`` off, and what was open of it before."""

    __slots__ = ("cents", "opened", "paper")

    def __init__(self, paper: Paper, cents: int, opened: int) -> None:
        self.paper = paper
        self.cents = cents
        self.opened = opened

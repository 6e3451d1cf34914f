"""Customers of a generated company: who they are, how they pay, when they come and go."""

from __future__ import annotations

from bisect import bisect
from dataclasses import dataclass, field
from datetime import date

from akika_forensics.twin.life.chance import Chance, Weighted
from akika_forensics.twin.life.parameter_tables import Names, Parameters, Payer, TermRow

_HEAVIEST = 14.0


@dataclass(slots=True)
class Due:
    """An invoice of which ``open`` cents are still to be paid."""

    number: str
    open: int


@dataclass(slots=True)
class Client:
    """A customer, or a job below one. ``dues`` counts what is open or still to come."""

    name: str
    business: bool
    tax: str
    term: TermRow
    payer: Payer
    currency: str = ""
    parent: str = ""
    given: str = ""
    family: str = ""
    street: str = ""
    city: str = ""
    postal_code: str = ""
    email: str = ""
    phone: str = ""
    dues: int = 0
    jobs: int = 0
    weight: float = 2.0
    active: bool = True
    credits: list[tuple[str, int]] = field(default_factory=list)
    pay_days: dict[date, list[Due]] = field(default_factory=dict)


class Clientele:
    """Makes customers of words, and draws those who buy."""

    def __init__(self, parameters: Parameters, names: Names, seed: int, currency: str) -> None:
        self._parameters = parameters
        self._names = names
        self._chance = Chance(seed, "customers")
        self._currency = currency
        self._terms = Weighted(parameters.term, [row.share for row in parameters.term])
        self._payers = Weighted(parameters.payer, [row.share for row in parameters.payer])
        self._codes = Weighted([row.name for row in parameters.tax.code], [row.share for row in parameters.tax.code])
        self._taken = {row.vendor.casefold() for row in (*parameters.spending, *parameters.abroad)}
        self._taken |= {row.vendor.casefold() for row in parameters.recurring}
        self._taken |= {f"{row.given} {row.family}".casefold() for row in parameters.employee}
        self._taken |= {row.vendor.casefold() for row in parameters.item}
        self._taken |= {parameters.tax.agency.casefold(), parameters.payroll.agency.casefold()}
        self.all: list[Client] = []
        self._sums: list[float] = []
        self._buying: list[Client] = []
        self.made = 0

    def make(self) -> Client:
        """A new customer, who buys once ``join`` was called."""
        chance, words = self._chance, self._names
        sales = self._parameters.sales
        business = chance.happens(float(sales.businesses))
        given, family = chance.one_of(words.given), chance.one_of(words.family)
        name = self._free(
            f"{chance.one_of(words.place)} {chance.one_of(words.feature)} {chance.one_of(words.trade)}"
            if business
            else f"{given} {family}"
        )
        foreign = bool(self._currency) and chance.happens(float(sales.foreign))
        taxed = not foreign and chance.happens(float(sales.taxed))
        self.made += 1
        number = self.made
        client = Client(
            name,
            business,
            self._codes.draw(chance) if taxed else "",
            self._terms.draw(chance),
            self._payers.draw(chance),
            self._currency if foreign else "",
            "",
            given,
            family,
            f"{chance.between((2, 1980))} {chance.one_of(words.place)} {chance.one_of(words.street)}",
            chance.one_of(words.town),
            f"94{chance.between((1, 899)):03d}",
            f"{family.lower()}{number}@example.{'com' if business else 'org'}",
            f"(555) 01{chance.between((0, 9))}-{chance.between((0, 9999)):04d}",
        )
        client.weight = min(chance.pareto(1.2), _HEAVIEST) * (2.2 if business else 1.0)
        return client

    def make_job(self) -> Client | None:
        """A job below a customer of long standing; None when there is none yet."""
        hosts = [client for client in self.all[-400:] if client.business and not client.parent and client.active]
        if not hosts:
            return None
        above = self._chance.one_of(hosts)
        above.jobs += 1
        name = self._free(f"{self._chance.one_of(self._names.job)} {above.name}")
        job = Client(name, above.business, above.tax, above.term, above.payer, above.currency, above.name)
        self.made += 1
        return job

    def _free(self, name: str) -> str:
        """The name, with a number where somebody has it already."""
        found, number = name, 1
        while found.casefold() in self._taken:
            number += 1
            found = f"{name} {number}"
        self._taken.add(found.casefold())
        return found

    def join(self, client: Client) -> None:
        self.all.append(client)
        self._buy(client)

    def _buy(self, client: Client) -> None:
        self._buying.append(client)
        self._sums.append((self._sums[-1] if self._sums else 0.0) + client.weight)

    def draw(self) -> Client | None:
        """Somebody who buys; None while nobody does."""
        if not self._buying:
            return None
        return self._buying[min(bisect(self._sums, self._chance.unit() * self._sums[-1]), len(self._buying) - 1)]

    def leaving(self, share: float) -> list[Client]:
        """Some of those who owe nothing and have no jobs: they buy no more."""
        gone = [
            client
            for client in self._buying
            if not client.dues and not client.jobs and not client.credits and self._chance.happens(share)
        ]
        gone = gone[: max(0, len(self._buying) - 8)]
        for client in gone:
            client.active = False
        kept = [client for client in self._buying if client.active]
        self._buying, self._sums = [], []
        for client in kept:
            self._buy(client)
        return gone

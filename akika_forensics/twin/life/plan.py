"""The plan of a life: day by day, from a seed and the parameters, what everybody does in the books.

The number of records is steered: what a day may add is what the season allows up to it less what is there and what is on
the agenda anyway. So a life of N records is never more than a few off, whatever chance does.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from itertools import accumulate
from typing import Final

from akika_forensics.twin.life import acts, founding
from akika_forensics.twin.life.agenda import DAY, Agenda, moment
from akika_forensics.twin.life.bank_truth import BankTruth
from akika_forensics.twin.life.banking import Banking
from akika_forensics.twin.life.buying import Buying
from akika_forensics.twin.life.chance import Chance
from akika_forensics.twin.life.clientele import Client, Clientele
from akika_forensics.twin.life.goods import Goods
from akika_forensics.twin.life.parameter_tables import Names, Parameters
from akika_forensics.twin.life.period_end import PeriodEnd
from akika_forensics.twin.life.selling import Selling
from akika_forensics.twin.life.staff import Staff
from akika_forensics.twin.life.wish import Wish

_QUIET: Final = 0.4
_STEP: Final = 500


class Plan:
    """Everything that the parts of a plan share: the day, the agenda, the customers, the bank, the rate of exchange."""

    def __init__(self, parameters: Parameters, names: Names, wish: Wish) -> None:
        wish.check()
        self.parameters = parameters
        self.wish = wish
        self.first_day = parameters.company.starts
        self.last_day = wish.last_day(parameters)
        self.day = self.first_day
        self.volume = wish.records / wish.months(parameters) / 222
        self.agenda = Agenda(parameters, Chance(wish.seed, "hours"))
        self.clientele = Clientele(parameters, names, wish.seed, wish.currency)
        self.bank = BankTruth(parameters.bank, wish.seed, self.last_day)
        self.goods = Goods(self)
        self.banking = Banking(self)
        self.selling = Selling(self)
        self.buying = Buying(self)
        self.period_end = PeriodEnd(self)
        self.staff = Staff(self)
        self.rate = int(parameters.currency.rate * 1_000_000)
        self.records = founding.count(parameters, wish)
        self._rates = Chance(wish.seed, "rates")
        self._arrivals = Chance(wish.seed, "arrivals")
        self._wanted = Chance(wish.seed, "documents")
        self._out: list[acts.Act] = []
        self._targets = self._curve()

    def add(self, act: acts.Act, records: int = 1) -> None:
        """One more act; ``records`` is by how many it changes the number of records."""
        self._out.append(act)
        self.records += records

    def scaled(self, cents: int) -> int:
        """An amount that comes whatever is sold, in a firm so many times as busy as the parameters' own."""
        whole = int(cents * max(_QUIET, self.volume))
        return whole // _STEP * _STEP if whole >= 100 * _STEP else whole

    def rate_of(self, currency: str) -> int:
        """The rate of a document: 0 at home."""
        return self.rate if currency else 0

    def acts(self) -> Iterator[acts.Act]:
        """All acts of the life in the order of their time. Can be asked once."""
        self._open()
        while self.day <= self.last_day:
            self._day()
            yield from self._out
            self._out.clear()
            self.day += DAY

    def _open(self) -> None:
        self.period_end.open()
        wanted = int(
            float(self.parameters.sales.customers_a_record * self.parameters.sales.from_the_start) * self.wish.records
        )
        for _ in range(max(8, wanted)):
            self._welcome(self.first_day, 7 * 3600 + 1200 + int(self._arrivals.unit() * 5400))

    def _day(self) -> None:
        day = self.day
        if day.day == 1 or day == self.first_day:
            self.buying.month(day)
            self.period_end.month(day)
            self.staff.month(day)
            if day.month == 1 and day != self.first_day:
                self._new_year(day)
        if self.wish.currency and (day.weekday() == 0 or day == self.first_day):
            self._move_rate(day)
        self.banking.day(day)
        self.goods.day(day)
        self._newcomers(day)
        room = self._targets[day] - self.records - self.agenda.planned(day)
        share = float(self.parameters.sales.share)
        for _ in range(max(0, room)):
            (self.selling if self._wanted.happens(share) else self.buying).enter(day)
        for second, _, who, doing, rest in self.agenda.take(day):
            doing(moment(day, second), who, *rest)

    def _curve(self) -> dict[date, int]:
        """How many records there are to be at the end of each day."""
        season = self.parameters.season
        days, weights = [], []
        day, month = self.first_day, 0
        while day <= self.last_day:
            if day.day == 1:
                month += 1
            start = float(season.start[month]) if month < len(season.start) else 1.0
            growth = (1.0 + float(season.growth)) ** ((day - self.first_day).days / 365)
            weights.append(float(season.months[day.month - 1] * season.weekdays[day.weekday()]) * growth * start)
            days.append(day)
            day += DAY
        begun = self.records + max(8, int(0.4 * len(self.parameters.employee)))
        total = sum(weights)
        return {
            day: begun + round((self.wish.records - begun) * part / total)
            for day, part in zip(days, accumulate(weights), strict=True)
        }

    def _newcomers(self, day: date) -> None:
        """Customers come as the books grow; some bring a job along."""
        goal = float(self.parameters.sales.customers_a_record) * self.wish.records
        start = float(self.parameters.sales.from_the_start)
        through = (day - self.first_day) / (self.last_day - self.first_day)
        while self.clientele.made < goal * (start + (1 - start) * through):
            if not self.agenda.hours[self.agenda.who("sales")].weekdays[day.weekday()]:
                return
            self._welcome(day, 9 * 3600 - 1 - int(self._arrivals.unit() * 600))

    def _welcome(self, day: date, second: int) -> None:
        job = self.clientele.make_job() if self._arrivals.happens(float(self.parameters.sales.jobs)) else None
        self.agenda.put_at(day, second, self.agenda.who("estimates"), self._add_customer, job or self.clientele.make())

    def _add_customer(self, at: datetime, who: str, client: Client) -> None:
        self.clientele.join(client)
        self.add(
            acts.AddCustomer(
                at,
                who,
                client.name,
                client.name if client.business and not client.parent else "",
                client.given,
                client.family,
                client.street,
                client.city,
                self.parameters.company.state if client.street else "",
                client.postal_code,
                client.email,
                client.phone,
                client.term.name,
                client.tax,
                client.parent,
                client.currency,
            )
        )

    def _new_year(self, day: date) -> None:
        share = float(self.parameters.sales.leave)
        for client in self.clientele.leaving(share):
            on = self.agenda.working(day + 9 * DAY, "lists")
            self.agenda.put(on, "lists", self._drop_customer, client.name)
        self.goods.new_year(self.agenda.working(day + DAY, "lists"))

    def _drop_customer(self, at: datetime, who: str, name: str) -> None:
        self.add(acts.DropCustomer(at, who, name), 0)

    def _move_rate(self, day: date) -> None:
        moved = 1.0 + self._rates.normal(0.0, float(self.parameters.currency.moves))
        self.rate = max(100_000, int(self.rate * moved) // 100 * 100)
        self.agenda.put_at(day, 6 * 3600 + 60, self.agenda.who("banking"), self._set_rate, day, self.rate)

    def _set_rate(self, at: datetime, who: str, day: date, rate: int) -> None:
        self.add(acts.SetRate(at, who, self.wish.currency, day, rate))

"""What happens when: days of a life, working days, hours of people, and what was put off to a later day."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any, Final

from akika_forensics.twin.life.chance import Chance, Weighted
from akika_forensics.twin.life.parameter_tables import Parameters, User
from akika_forensics.twin.wire import PACIFIC

DAY: Final = timedelta(days=1)

type Doing = Callable[..., None]
type Entry = tuple[int, int, str, Doing, tuple[Any, ...]]


class Hours:
    """When in a day a user works."""

    def __init__(self, user: User) -> None:
        self.key = user.key
        self._hours = Weighted([user.first_hour + n for n in range(len(user.hours))], user.hours)
        self.weekdays = [bool(weight) for weight in user.weekdays]

    def second(self, chance: Chance) -> int:
        """A second of the day."""
        return self._hours.draw(chance) * 3600 + int(chance.unit() * 3600)


class Agenda:
    """Entries by day; those of one day are done in the order of their time.

    What is done may enter something for a later day, not for its own.
    """

    def __init__(self, parameters: Parameters, chance: Chance) -> None:
        self._chance = chance
        self.hours = {user.key: Hours(user) for user in parameters.user}
        self._who = {kind: user.key for user in reversed(parameters.user) for kind in user.acts}
        self._days: dict[date, list[Entry]] = {}
        self._number = 0

    def put(self, day: date, acts: str, doing: Doing, *rest: Any) -> None:
        """Enter something for a day, within the hours of whoever does such acts."""
        who = self._who[acts]
        self.put_at(day, self.hours[who].second(self._chance), who, doing, *rest)

    def put_at(self, day: date, second: int, who: str, doing: Doing, *rest: Any) -> None:
        self._number += 1
        self._days.setdefault(day, []).append((second, self._number, who, doing, rest))

    def who(self, acts: str) -> str:
        return self._who[acts]

    def working(self, day: date, acts: str, *, weekend: bool = False) -> date:
        """The day, or the next one on which whoever does such acts works."""
        weekdays = self.hours[self._who[acts]].weekdays
        while not (weekdays[day.weekday()] and (weekend or day.weekday() < 5)):
            day += DAY
        return day

    def nth_working(self, last: date, number: int, acts: str) -> date:
        """The day that is so many working days after another."""
        day = last
        for _ in range(number):
            day = self.working(day + DAY, acts)
        return day

    def planned(self, day: date) -> int:
        return len(self._days.get(day, ()))

    def take(self, day: date) -> list[Entry]:
        """The entries of a day in the order of their time; they are off the agenda."""
        found = self._days.pop(day, [])
        found.sort(key=lambda entry: (entry[0], entry[1]))
        return found


def moment(day: date, second: int) -> datetime:
    return datetime(day.year, day.month, day.day, second // 3600, second // 60 % 60, second % 60, tzinfo=PACIFIC)


def morning_after(last_day: date) -> datetime:
    """When a life is over: whoever looks back on it does so from here."""
    return moment(last_day + DAY, 9 * 3600)


def month_end(day: date) -> date:
    """The last day of the day's month."""
    return (day.replace(day=1) + timedelta(days=32)).replace(day=1) - DAY


def months_later(day: date, months: int) -> date:
    """The same day of a later month, or its last one."""
    index = day.year * 12 + day.month - 1 + months
    first = date(index // 12, index % 12 + 1, 1)
    return first.replace(day=min(day.day, month_end(first).day))

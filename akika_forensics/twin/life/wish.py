"""What is asked of a generated company: how many records, which seed, how long, which currency."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Final

from akika_forensics.errors import WrongUse
from akika_forensics.twin.life.agenda import DAY, months_later
from akika_forensics.twin.life.parameter_tables import Parameters

FEWEST: Final = 300
_A_MONTH: Final = 110
"""Records that a month of even the smallest firm takes."""


@dataclass(frozen=True, slots=True)
class Wish:
    """``years`` 0 leaves it to the parameters and the number of records; ``currency`` is a code or empty."""

    records: int = 8000
    seed: int = 1
    years: int = 0
    currency: str = ""
    closing_date: date | None = None

    def check(self) -> None:
        """Raises WrongUse for what cannot be."""
        if self.records < FEWEST:
            raise WrongUse(f"A company with a life has at least {FEWEST} records.", do="Ask for more.")
        if not 0 <= self.years <= 30:
            raise WrongUse("A life lasts 1 to 30 years.")
        if self.years and self.records < self.years * 12 * _A_MONTH // 2:
            raise WrongUse(
                f"{self.years} years take more than {self.records} records.",
                do=f"Ask for {self.years * 12 * _A_MONTH} or more, or for fewer years.",
            )
        if self.currency and (len(self.currency) != 3 or not self.currency.isupper() or self.currency == "USD"):
            raise WrongUse(f"{self.currency!r} is no currency beside the company's own.", do="Write for example EUR.")

    def months(self, parameters: Parameters) -> int:
        """How long the life is: the years asked for, or as many months as so few records fill."""
        whole = (self.years or parameters.company.years) * 12
        return whole if self.years else max(2, min(whole, self.records // _A_MONTH - 1))

    def last_day(self, parameters: Parameters) -> date:
        first = parameters.company.starts.replace(day=1)
        return months_later(first, self.months(parameters)) - DAY

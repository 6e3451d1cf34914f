"""What captures and plans take for granted of QuickBooks, as far as nobody has verified it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from akika_forensics.settings import profile_file
from akika_forensics.twin.beliefs import Beliefs, Taken, read_profile
from akika_widgets.views.markup import Markup, tag
from akika_widgets.views.view import View, styled


def beliefs_in_force() -> Beliefs:
    """Those of the profile that ``AKIKA_PROFILE`` names, else the defaults. Raises WrongUse when it cannot be read."""
    file = profile_file()
    return read_profile(file) if file else Beliefs()


def capture_rests_on(entities: Iterable[str], beliefs: Beliefs) -> tuple[Taken, ...]:
    """What a capture of these entities takes for granted: their lists, the order of the pages, the change feed."""
    return beliefs.unverified(f"{act} {entity}" for entity in entities for act in ("query", "order", "feed"))


def sentence(rows: Sequence[Taken] | Sequence[Mapping[str, Any]]) -> str:
    """The rows in one sentence, empty when there are none."""
    names = [row.belief if isinstance(row, Taken) else str(row["belief"]) for row in rows]
    return f"{_counted(len(names))}: {', '.join(names)}." if names else ""


def _counted(number: int) -> str:
    facts = "1 fact" if number == 1 else f"{number} facts"
    return f"It rests on {facts} about QuickBooks that nobody has verified"


class Unverified(View):
    """Each fact as a question, with what is taken for granted of it; folded on a screen, open on paper.

    ``rows``: as `Taken.as_dict` gives them.
    """

    title = "What nobody has verified"

    def __init__(self, rows: Iterable[Mapping[str, Any]]) -> None:
        self.rows = tuple((str(row["question"]), str(row["taken"]).replace("_", " ")) for row in rows)

    def plain(self) -> str:
        if not self.rows:
            return "Nothing that it rests on is unverified."
        return "\n".join([f"{_counted(len(self.rows))}:", *(f"  {asked} {taken}" for asked, taken in self.rows)])

    def html(self) -> Markup:
        if not self.rows:
            return styled(tag("p", self.plain(), class_="ak-quiet"))
        head = tag("tr", tag("th", "Question", scope="col"), tag("th", "Taken for granted", scope="col"))
        body = (tag("tr", tag("th", asked, scope="row"), tag("td", taken)) for asked, taken in self.rows)
        table = tag("table", tag("thead", head), tag("tbody", *body), aria_label=self.title)
        return styled(tag("details", tag("summary", f"{_counted(len(self.rows))}."), table, class_="ak-on-paper"))

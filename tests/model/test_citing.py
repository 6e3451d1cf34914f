"""What a record cites, asked quickly, is what the walk over its references finds."""

from __future__ import annotations

from functools import cache
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from akika_forensics.model import payload as payloads
from akika_forensics.model.catalogue import CATALOGUE
from akika_forensics.model.citing import UNREADABLE, by_code, cited
from akika_forensics.model.references import links_of
from akika_forensics.twin import Twin, sample


@cache
def bodies() -> list[tuple[str, dict[str, Any]]]:
    twin = Twin()
    sample.build(twin)
    return [(entity, payloads.decode(payload)) for (entity, _), payload in twin.dump().items()]


def walked(entity: str, body: dict[str, Any]) -> set[tuple[str, str]]:
    return {
        UNREADABLE if link.target is None else by_code(*link.target) if link.by_code else link.target
        for link in links_of(entity, body)
    }


def test_every_record_of_the_sample_company() -> None:
    found = 0
    for entity, body in bodies():
        assert cited(entity, body) == walked(entity, body)
        found += len(cited(entity, body))
    assert found > 500


def _places(value: Any) -> list[tuple[Any, Any]]:
    """Every place in a body that holds something: its holder, and its name or position there."""
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [found for name, below in inner for found in ((value, name), *_places(below))]


@given(
    number=st.integers(0, 10**6),
    entity=st.sampled_from(sorted(CATALOGUE)),
    harm=st.lists(
        st.tuples(
            st.integers(0, 10**6),
            st.sampled_from([None, "", "7", 7, True, [], {}, {"value": "9"}, {"value": 0}, {"value": None}, "NON"]),
        ),
        max_size=6,
    ),
    relabelled=st.booleans(),
)
def test_any_record_whatever_it_holds(number: int, entity: str, harm: list[tuple[int, Any]], relabelled: bool) -> None:
    kind, body = bodies()[number % len(bodies())]
    body = payloads.copied(body)
    for position, value in harm:
        places = _places(body)
        if places:
            holder, name = places[position % len(places)]
            # A copy: the same list put into itself would have no end.
            holder[name] = payloads.copied(value)
    name = entity if relabelled else kind
    assert cited(name, body) == walked(name, body)

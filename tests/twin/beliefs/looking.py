"""How a switch is looked at, and the table of looks."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from akika_forensics.twin import QuickBooksFault

type Body = dict[str, Any]
Look = Callable[[Any], str]
"""Does something to a company and says which choice it shows."""

LOOKS: dict[str, Look] = {}


def ref(value: str) -> Body:
    return {"value": value}


def look(name: str) -> Callable[[Look], Look]:
    def keep(function: Look) -> Look:
        LOOKS[name] = function
        return function

    return keep


def answered(call: Callable[[], Any], code: str, fine: str, refused: str) -> str:
    """``fine`` when the call works, ``refused`` when it is refused with exactly this code."""
    try:
        call()
    except QuickBooksFault as fault:
        return refused if fault.code == code else str(fault)
    return fine


def code_of(call: Callable[[], Any]) -> str:
    """The code with which the call is refused."""
    with pytest.raises(QuickBooksFault) as caught:
        call()
    return caught.value.code


def select(books: Any, statement: str) -> Callable[[], Any]:
    return lambda: books.twin.query(statement)

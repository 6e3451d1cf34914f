"""What a question to a company is, and what an answer settles."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from akika_forensics.twin.probing.sandbox import Reply
from akika_forensics.twin.probing.stage import Stage, Unclear


@dataclass(frozen=True, slots=True)
class Found:
    """A choice, and in short what was asked and what came back."""

    choice: str
    asked: str
    answered: str


Ask = Callable[[Stage], Found]


@dataclass(frozen=True, slots=True)
class Question:
    """``ask`` raises Unclear when the answer settles nothing. ``makes``: what it writes on the way, empty for none.

    ``floods``: it provokes the refusal of too many requests.
    """

    ask: Ask
    makes: str = ""
    floods: bool = False


def either(asked: str, reply: Reply, choices: tuple[str, str], code: str) -> Found:
    """The first choice when it works, the second when it is refused with this code."""
    if reply.fine:
        return Found(choices[0], asked, reply.told)
    if reply.code != code:
        raise Unclear(f"{asked}: {reply.told}")
    return Found(choices[1], asked, reply.told)

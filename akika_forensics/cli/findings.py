"""Findings on the terminal, the same from every command."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from akika_forensics.cli.speech import say

if TYPE_CHECKING:
    from akika_forensics.case.plain_words import FindingLike


def tell_findings(findings: Iterable[FindingLike], *, detail: bool = False) -> None:
    """What happened, then once for all of a kind what it means for the books and what to do."""
    from akika_forensics.case.plain_words import grouped

    for group in grouped(findings):
        for one in group.findings:
            say(f"{'Problem' if one.severity == 'problem' else 'Note'}: {one.what}")
            if detail:
                say(f"    {one.code}: {one.stored}")
        if group.first.means:
            say(f"    For the books: {group.first.means}")
            say(f"    What to do: {group.first.do}")

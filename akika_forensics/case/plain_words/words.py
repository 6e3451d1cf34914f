"""How the words of one kind of finding are written down."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from akika_forensics.model.catalogue import CATALOGUE
from akika_widgets.views.wording import entity_words

_KEY: Final = re.compile(rf"(?<![\w:])({'|'.join(CATALOGUE)}):(\d+|[0-9a-f]{{16,}})(?!\w)")
_PATH: Final = re.compile(r" \([A-Za-z]\w*(?:\[\d*\])?(?:\.\w+(?:\[\d*\])?)*\)")
_CAPITAL: Final = re.compile(r"(?<=[a-z])(?=[A-Z])")


@dataclass(frozen=True, slots=True)
class Words:
    """``means``: what it is for the books; ``do``: what a person is to do.

    ``said``: pairs of a pattern of the stored sentence and the sentence to show for it, with the pattern's groups. Of these
    ``record…`` are keys of records, ``many…`` record types, ``report…`` names of reports, and everything else is text that stays
    as it is, names from the books among it. A stored sentence that no pattern fits is an accountant's already.
    """

    means: str
    do: str
    said: tuple[tuple[str, str], ...] = ()

    def happened(self, stored: str) -> str:
        """The sentence to show for a stored one."""
        for pattern, shown in self.said:
            found = re.fullmatch(pattern, stored, re.DOTALL)
            if found is not None:
                parts = {name: _worded(name, value or "") for name, value in found.groupdict().items()}
                return _begun(shown.format(**parts))
        return _begun(_first_key(stored))


def _worded(name: str, value: str) -> str:
    if name.startswith("record"):
        return _KEY.sub(_key_words, _PATH.sub("", value))
    if name.startswith("many"):
        return entity_words(value).many
    if name.startswith("report"):
        report, *of = value.replace("..", " to ").split("/")
        return _CAPITAL.sub(" ", report).lower() + (f" ({', '.join(of)})" if of else "")
    return value


def _key_words(found: re.Match[str]) -> str:
    return f"{entity_words(found[1]).one} with internal number {found[2]}"


def _first_key(stored: str) -> str:
    """Keys further on may be somebody's names, which stay as they are."""
    found = _KEY.match(stored)
    return stored if found is None else f"{_key_words(found)}{stored[found.end() :]}"


def _begun(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}"

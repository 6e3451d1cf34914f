r"""The words of a statement, and what the service says of one that it did not expect.

Its parser was made by JavaCC; its complaints show the names and the order of its tokens: marks and words by name,
then literals. Source: recorded answers; tests/twin/test_query_complaints.py holds them word by word. Words in any
case, names of letters, digits and ``_``, texts in single or double quotes with ``\`` before what is meant itself.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from akika_forensics.twin import faults

EOF: Final = "<EOF>"
IDENTIFIER: Final = "<IDENTIFIER>"
STRING: Final = "<STRING>"
INTEGER: Final = "<INTEGER>"
DECIMAL: Final = "<DECIMAL>"
DATETIME: Final = "<DATETIME>"
ID: Final = "<ID>"
AND: Final = "<AND>"

_MARKS: Final = ("(", ")", "*", ",", ".", ";")
_NAMED: Final = frozenset({"and", "or", "not"})
_ORDER: Final = (
    EOF,
    *(f'"{mark}"' for mark in _MARKS),
    AND,
    *(
        f'"{word}"'
        for word in [
            "asc",
            "between",
            "by",
            "contains",
            "count",
            "current_date",
            "desc",
            "=",
            "false",
            "from",
            ">",
            ">=",
            "in",
        ]
    ),
    *(f'"{word}"' for word in ["iterator", "like", "<", "<=", "maxresults", "!="]),
    "<NOT>",
    '"null"',
    "<OR>",
    *(f'"{word}"' for word in ["order", "orderby", "select", "startposition", "true", "where"]),
    *(DATETIME, DECIMAL, ID, IDENTIFIER, INTEGER, STRING),
)
_PLACE: Final = {kind: place for place, kind in enumerate(_ORDER)}
WORDS: Final = {
    word: f"<{word.upper()}>" if word in _NAMED else f'"{word}"'
    for word in (*(kind.strip('"') for kind in _ORDER if kind.strip('"').replace("_", "").isalpha()), *_NAMED)
}

_BLANK: Final = re.compile(r"[ \t\r\n\f]*")
_TOKEN: Final = re.compile(
    r"""(?P<word>[A-Za-z_]\w*)
    |(?P<text>'(?:\\.|[^'\\])*'|"(?:\\.|[^"\\])*")
    |(?P<time>\d{4}-\d\d-\d\d(?:T\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[ +-]\d\d:?\d\d)?)?(?![\w:.]))
    |(?P<decimal>-?\d+\.\d+)
    |(?P<integer>-?\d+)
    |(?P<mark>[<>!]=|[=<>(),.*;])""",
    re.VERBOSE | re.DOTALL | re.ASCII,
)
_LITERALS: Final = {"text": STRING, "time": DATETIME, "decimal": DECIMAL, "integer": INTEGER}


@dataclass(frozen=True, slots=True)
class Token:
    """``kind`` as the service names it, ``image`` as it stands in the statement, ``start`` counted from 0."""

    kind: str
    image: str
    start: int


class Tokens:
    """A statement word by word, read no further than it was asked for: what comes later is not complained of."""

    def __init__(self, statement: str) -> None:
        self._statement = statement
        self._ahead: list[Token] = []
        self._place = 0

    def peek(self, ahead: int = 0) -> Token:
        while len(self._ahead) <= ahead:
            self._ahead.append(self._read())
        return self._ahead[ahead]

    def take(self) -> Token:
        token = self.peek()
        if token.kind != EOF:
            del self._ahead[0]
        return token

    def expect(self, *kinds: str) -> Token:
        """The next token. Raises QuickBooksFault 4000 when it is none of these."""
        if self.peek().kind not in kinds:
            raise self.unexpected(kinds)
        return self.take()

    def takes(self, kind: str) -> bool:
        """Whether the next token is of that kind; if so, it is behind us."""
        found = self.peek().kind == kind
        if found:
            self.take()
        return found

    def unexpected(self, expected: Iterable[str], more: tuple[str, ...] = ()) -> faults.QuickBooksFault:
        """What the service says of the next token; ``more`` stands after the expected ones in its own order."""
        token = self.peek()
        names = [*sorted(set(expected), key=_PLACE.__getitem__), *more]
        shown = "".join(f"{name} {'' if name == EOF else '...'}\n    " for name in names)
        met = EOF if token.kind == EOF else f' {token.kind} "{_escaped(token.image)} "'
        line, column = self._position(token)
        count = " one of" if len(names) > 1 else ""
        return faults.bad_query(
            f'Encountered "{met}" at line {line}, column {column}.\nWas expecting{count}:\n    {shown}'
        )

    def _read(self) -> Token:
        blank = _BLANK.match(self._statement, self._place)
        start = blank.end() if blank else self._place
        if start >= len(self._statement):
            return Token(EOF, "", start)
        match = _TOKEN.match(self._statement, start)
        if match is None:
            raise self._unreadable(start)
        self._place = match.end()
        image, name = match[0], match.lastgroup or ""
        if name == "word":
            return Token(WORDS.get(image.lower(), IDENTIFIER), image, start)
        return Token(_LITERALS.get(name, f'"{image}"'), image, start)

    def _unreadable(self, start: int) -> faults.QuickBooksFault:
        char = self._statement[start]
        if char in "'\"":
            line, column = self._at(len(self._statement) - 1)
            met = f'<EOF> after : "{_escaped(self._statement[start:])}"'
        else:
            line, column = self._at(start)
            met = f'"{_escaped(char)}" ({ord(char)}), after : ""'
        return faults.bad_query(f"Invalid content. Lexical error at line {line}, column {column}.  Encountered: {met}")

    def _position(self, token: Token) -> tuple[int, int]:
        """The end of a statement is where its last character stands; nothing at all is line 0."""
        if token.kind == EOF:
            return self._at(len(self._statement) - 1) if self._statement else (0, 0)
        return self._at(token.start)

    def _at(self, place: int) -> tuple[int, int]:
        line, column, before = 1, 0, ""
        for char in self._statement[: place + 1]:
            if before == "\n" or (before == "\r" and char != "\n"):
                line, column = line + 1, 0
            column += 8 - column % 8 if char == "\t" else 1
            before = char
        return line, column


_ESCAPES: Final = {"\b": r"\b", "\t": r"\t", "\n": r"\n", "\f": r"\f", "\r": r"\r", '"': r"\"", "'": r"\'", "\\": r"\\"}


def _escaped(image: str) -> str:
    return "".join(_ESCAPES.get(char) or (char if " " <= char <= "~" else f"\\u{ord(char):04x}"[:6]) for char in image)


def unescaped(text: str) -> str:
    chars = iter(text)
    return "".join(next(chars, "") if char == "\\" else char for char in chars)

"""Statements in OFX: 1.0.2 (SGML, elements without an end, code page 1252) and 2.2 (XML).

Text from the books is text: markup is escaped, control characters are spaces, NAME ends at 32 and MEMO at 255 characters.
Source: Open Financial Exchange 1.0.2 and 2.2, bank and credit card statement download.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime
from typing import Final

from akika_forensics.errors import WrongUse
from akika_forensics.twin.statements.lines import BankLine
from akika_forensics.twin.statements.statement import ROUTING, Statement, one_line

VERSIONS: Final = ("102", "220")
_HEAD_102: Final = (
    "OFXHEADER:100\r\nDATA:OFXSGML\r\nVERSION:102\r\nSECURITY:NONE\r\nENCODING:USASCII\r\nCHARSET:1252\r\n"
    "COMPRESSION:NONE\r\nOLDFILEUID:NONE\r\nNEWFILEUID:NONE\r\n\r\n"
)
_HEAD_220: Final = (
    '<?xml version="1.0" encoding="UTF-8" standalone="no"?>\r\n'
    '<?OFX OFXHEADER="200" VERSION="220" SECURITY="NONE" OLDFILEUID="NONE" NEWFILEUID="NONE"?>\r\n'
)

type Part = tuple[str, str | list[Part]]
"""A name with text, or with the parts within it."""


def write(statements: Iterable[Statement], at: datetime, version: str = "102") -> bytes:
    """One file with a statement each, those of banks before those of cards; ``at`` is when the bank made it.

    Raises WrongUse for another version.
    """
    if version not in VERSIONS:
        raise WrongUse(f"OFX {version!r} is not offered.", do=f"Choose {' or '.join(VERSIONS)}.")
    listed = list(statements)
    parts: list[Part] = [("SIGNONMSGSRSV1", [_signed_on(at)])]
    banks = [_bank(number, one) for number, one in enumerate(listed, 1) if not one.card]
    cards = [_card(number, one) for number, one in enumerate(listed, 1) if one.card]
    parts += [("BANKMSGSRSV1", list(banks))] if banks else []
    parts += [("CREDITCARDMSGSRSV1", list(cards))] if cards else []
    is_sgml = version == "102"
    text = "".join(_written(("OFX", parts), closed=not is_sgml))
    if is_sgml:
        return (_HEAD_102 + text).encode("cp1252", errors="replace")
    return (_HEAD_220 + text).encode()


def _signed_on(at: datetime) -> Part:
    served = f"{at.astimezone(UTC):%Y%m%d%H%M%S}[0:GMT]"
    return ("SONRS", [_fine(), ("DTSERVER", served), ("LANGUAGE", "ENG"), ("FI", [("ORG", "TWIN"), ("FID", "9900")])])


def _fine() -> Part:
    return ("STATUS", [("CODE", "0"), ("SEVERITY", "INFO")])


def _bank(number: int, one: Statement) -> Part:
    kind = "SAVINGS" if one.savings else "CHECKING"
    account: Part = ("BANKACCTFROM", [("BANKID", ROUTING), ("ACCTID", one.number), ("ACCTTYPE", kind)])
    return ("STMTTRNRS", [("TRNUID", str(number)), _fine(), ("STMTRS", _content(one, account))])


def _card(number: int, one: Statement) -> Part:
    account: Part = ("CCACCTFROM", [("ACCTID", one.number)])
    return ("CCSTMTTRNRS", [("TRNUID", str(number)), _fine(), ("CCSTMTRS", _content(one, account))])


def _content(one: Statement, account: Part) -> list[Part]:
    listed: list[Part] = [("DTSTART", _noon(one.since)), ("DTEND", _noon(one.until))]
    listed += [_transaction(one, line) for line in one.lines]
    return [
        ("CURDEF", one.currency),
        account,
        ("BANKTRANLIST", listed),
        ("LEDGERBAL", [("BALAMT", amount(one.closing)), ("DTASOF", _noon(one.until))]),
    ]


def _transaction(one: Statement, line: BankLine) -> Part:
    check = not one.card and line.cents < 0 and line.number != ""
    kind = "CHECK" if check else "CREDIT" if line.cents > 0 else "DEBIT"
    parts: list[Part] = [
        ("TRNTYPE", kind),
        ("DTPOSTED", _noon(date.fromisoformat(line.date))),
        ("TRNAMT", amount(line.cents)),
        ("FITID", one_line(line.fitid)[:255]),
        ("CHECKNUM", one_line(line.number)[:12]),
        ("NAME", one_line(line.payee)[:32].rstrip()),
        ("MEMO", one_line(line.memo)[:255].rstrip()),
    ]
    return ("STMTTRN", [part for part in parts if part[1]])


def amount(cents: int) -> str:
    """``-12.30``."""
    return f"{'-' if cents < 0 else ''}{abs(cents) // 100}.{abs(cents) % 100:02d}"


def _noon(day: date) -> str:
    """Noon, so that no zone moves it to another day."""
    return f"{day:%Y%m%d}120000[0:GMT]"


def _written(part: Part, *, closed: bool) -> Iterator[str]:
    name, content = part
    if isinstance(content, str):
        yield f"<{name}>{_escaped(content)}{f'</{name}>' if closed else ''}\r\n"
        return
    yield f"<{name}>\r\n"
    for inner in content:
        yield from _written(inner, closed=closed)
    yield f"</{name}>\r\n"


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")

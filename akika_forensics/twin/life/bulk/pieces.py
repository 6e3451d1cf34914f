"""What bodies are put together of: references, currencies, notes, as they stand on the wire."""

from __future__ import annotations

from typing import Final

from akika_forensics.twin.life.bulk.figures import amount, at_home, rate, text
from akika_forensics.twin.life.bulk.known import Known

VALUE: Final = (
    '{"name":"{http://schema.intuit.com/finance/v3}NameValue","declaredType":"com.intuit.schema.finance.v3.NameValue",'
    '"scope":"javax.xml.bind.JAXBElement$GlobalScope","value":{"Name":"%s","Value":"%s"},"nil":false,'
    '"globalScope":true,"typeSubstituted":false}'
)
"""An extension element as the service writes it; its name and its value are to be filled in."""


class Pieces:
    """``many`` companies show rates and amounts in home currency."""

    def __init__(self, known: Known) -> None:
        self._known = known
        self._many = known.many
        self._pieces: dict[tuple[str, str], str] = {}

    def _piece(self, kind: str, name: str) -> str:
        """A reference with its field, from the lists: never made twice."""
        found = self._pieces.get((kind, name))
        if found is None:
            known = self._known
            match kind:
                case "DepartmentRef":
                    found = f'"DepartmentRef":{{"value":"{known.departments[name]}","name":{text(name)}}},'
                case "ClassRef":
                    found = f'"ClassRef":{{"value":"{known.classes[name]}","name":{text(name)}}},'
                case "SalesTermRef":
                    found = f'"SalesTermRef":{{"value":"{known.terms[name][0]}","name":{text(name)}}},'
                case "PaymentMethodRef":
                    found = f'"PaymentMethodRef":{{"value":"{known.methods[name]}","name":{text(name)}}},'
                case _:
                    found = f'"PaymentMethodRef":{{"value":"{known.methods[name]}"}},'
            self._pieces[kind, name] = found
        return found

    def _named(self, kind: str, name: str) -> str:
        return self._piece(kind, name) if name else ""

    def _currency(self, millionths: int) -> str:
        if not self._many:
            return f'"CurrencyRef":{self._known.home},'
        if not millionths:
            return f'"CurrencyRef":{self._known.home},"ExchangeRate":1,'
        return f'"CurrencyRef":{self._known.abroad},"ExchangeRate":{rate(millionths)},'

    def _home(self, field: str, cents: int, millionths: int) -> str:
        return f'"{field}":{amount(at_home(cents, millionths))},' if self._many else ""

    @staticmethod
    def _note(memo: str) -> str:
        return f'"PrivateNote":{text(memo)},' if memo else ""

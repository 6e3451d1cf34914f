"""The same books as if nothing had happened until money moved; the rules are in docs/design/cash-basis.md."""

from akika_forensics.books.cash_basis.basis import cash_postings

__all__ = ["cash_postings"]

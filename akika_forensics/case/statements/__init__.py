"""The books of a snapshot as statements: which is wanted, as frames, figures and pictures, down to the digests in the vault."""

from akika_forensics.books.drill import Figure
from akika_forensics.case.statements.books import BASES, Basis, Books, books_of
from akika_forensics.case.statements.drilling import Drilled, drill

__all__ = ["BASES", "Basis", "Books", "Drilled", "Figure", "books_of", "drill"]

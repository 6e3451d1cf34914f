"""From a figure of a statement to the postings that add up to it."""

from akika_forensics.books.drill.figure import KINDS, Figure
from akika_forensics.books.drill.open_parts import open_parts
from akika_forensics.books.drill.parts import PARTS, parts_of

__all__ = ["KINDS", "PARTS", "Figure", "open_parts", "parts_of"]

"""What needs what among the records of a snapshot."""

from akika_forensics.graph.links import WRITES, is_mirror
from akika_forensics.graph.placeholders import placeholders
from akika_forensics.graph.reference_graph import Dangling, Direction, Edge, ReferenceGraph, order
from akika_forensics.graph.references import Cited, cited

__all__ = [
    "WRITES",
    "Cited",
    "Dangling",
    "Direction",
    "Edge",
    "ReferenceGraph",
    "cited",
    "is_mirror",
    "order",
    "placeholders",
]

"""A company with a life: its parameters, the plan of what people do in the books, and the ways of living it."""

from akika_forensics.twin.life.agenda import morning_after
from akika_forensics.twin.life.generate import Generated, empty, fill, later, living, write
from akika_forensics.twin.life.wish import Wish

__all__ = ["Generated", "Wish", "empty", "fill", "later", "living", "morning_after", "write"]

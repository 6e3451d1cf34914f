"""Recorded exchanges with the real service, asked again of the twin; ``python -m twin_recorded`` prints the score."""

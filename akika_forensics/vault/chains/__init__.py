"""Signed entries that follow one another, and what is remembered of them outside."""

"""Transactions read out of their payloads: many at once, exactly, and whatever is odd by name."""

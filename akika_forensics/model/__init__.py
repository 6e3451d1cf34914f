"""The vocabulary every other package shares: entities, records, references, money, instants."""

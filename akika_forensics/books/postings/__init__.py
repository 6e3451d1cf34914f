"""Rules carried out: the debits and credits of a whole company at once."""

"""A look at each switch of what nobody is sure of: which of its choices a company shows."""

"""How a company is connected: by a browser or a token, sealed in slots of the vault, and how that stands."""

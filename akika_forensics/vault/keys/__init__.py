"""From what a person knows to the keys of the files."""

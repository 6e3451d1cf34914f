"""A second reader of vaults, written from docs/design/vault-format.md alone.

It imports nothing of akika_forensics, and reads Parquet with pyarrow where the first reader uses polars. It reads a
vault of version 2 in a folder whole: everything is checked on the way, and `Wrong` is raised by what is not as the
document says. It is neither fast nor sparing with memory.
"""

"""Statements of a company as of any day, as polars frames."""

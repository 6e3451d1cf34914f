"""Notifications of what changed, sent to an address on this machine in Intuit's forms, until they are acknowledged."""

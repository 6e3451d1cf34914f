"""From the state to go back to, to books that are back: scope, plan, rehearse, approve, execute, verify, undo."""

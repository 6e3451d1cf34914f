"""Long work on its own thread, watched by whoever looks."""

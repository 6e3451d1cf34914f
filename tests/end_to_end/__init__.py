"""The whole story, through the command line."""

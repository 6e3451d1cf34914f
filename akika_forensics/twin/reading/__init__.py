"""What is asked of the company: statements, the change feed, reports."""

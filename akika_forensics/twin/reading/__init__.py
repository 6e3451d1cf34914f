"""What is asked of the company: statements and the change feed."""

"""What the company's reports say, worked out from the postings that were made when documents were written."""

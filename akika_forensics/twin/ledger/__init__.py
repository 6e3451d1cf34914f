"""What a written document does to the books: postings, stock, balances."""

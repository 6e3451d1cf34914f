"""What the bank and the card company say: lines, statements, and the files in which they hand them out."""

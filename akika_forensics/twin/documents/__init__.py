"""What a body is made of: lines, links, references, totals, tax; what an update leaves, what may not be touched."""

"""QuickBooks' own reports, read into the figures that the books are held against."""

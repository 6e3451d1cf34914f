"""Reports that list transactions line by line: the general ledger, the journal, lists of transactions."""

"""A life written down as it ends, instead of lived request by request: for companies of hundreds of thousands of records.

What the engine does to every request (checks, merges, costs from the first layer) is not done here; what comes of it is.
That both are the same, body for body and posting for posting, is a test.
"""

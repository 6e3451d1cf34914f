"""The plans of a company from the first draft to the proof: made, shown, signed, run, proved, and kept in its vault."""

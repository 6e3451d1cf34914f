"""What becomes of stored versions with the years: merged, dropped by a rule, erased with their company."""

"""Training jobs on plans."""

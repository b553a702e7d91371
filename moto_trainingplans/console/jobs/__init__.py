"""Training jobs in the console."""

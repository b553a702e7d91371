"""Studio apps, on plans and without."""

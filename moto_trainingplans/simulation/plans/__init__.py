"""Training plans: bought, paid for, running, extended, and used by workloads."""

"""What a test has ordered to happen: payments, run times, faults of calls, outages."""

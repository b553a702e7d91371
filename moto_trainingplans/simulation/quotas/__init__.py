"""Service quotas: limits, requests to increase them, and how much is in use."""

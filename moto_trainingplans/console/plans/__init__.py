"""The plans that there are."""

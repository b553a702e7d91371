"""The operations on training jobs."""

"""The operations on inference endpoints."""

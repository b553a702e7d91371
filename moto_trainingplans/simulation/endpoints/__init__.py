"""What endpoints hold of plans."""

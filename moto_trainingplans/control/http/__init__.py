"""The HTTP twin of the control object: its paths, what answers there, and what describes it."""

"""Scenarios: what a simulation begins with, written down once as calls of the control object."""

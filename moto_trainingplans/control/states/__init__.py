"""Saved states: the files of them, what is in them, and how a simulation is made of one again."""

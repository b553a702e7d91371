"""The simulation itself in the console: its clock, what it is ordered to do, what happened."""

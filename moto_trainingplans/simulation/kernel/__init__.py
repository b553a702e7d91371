"""What everything in a simulation stands on: time, events, history, ids and tags."""

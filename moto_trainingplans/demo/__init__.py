"""The demo: the guide's workflow, from search to expiry, in a terminal."""

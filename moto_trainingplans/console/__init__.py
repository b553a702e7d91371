"""The console: pages over the calls that any client makes, on the server itself."""

"""The control object, in Python and over HTTP."""

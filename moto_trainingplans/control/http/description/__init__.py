"""The control API described: for programs as OpenAPI, for people as a page."""

"""The way of a call of the control object: to a simulation of this process, or to a server."""

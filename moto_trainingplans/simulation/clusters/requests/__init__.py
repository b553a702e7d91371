"""Requests on nodes: to add, delete, reboot, replace, move and check them."""

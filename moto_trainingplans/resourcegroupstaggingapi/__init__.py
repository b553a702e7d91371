"""The Resource Groups Tagging API of a moto that cannot ask a backend for its resources.

moto takes the service from the second part of a module's name, so this package bears its name.
"""

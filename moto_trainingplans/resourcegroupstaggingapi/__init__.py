"""The Resource Groups Tagging API of a moto that cannot ask a backend for its resources."""

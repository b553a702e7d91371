"""CloudFormation with clusters among its resources, and stacks that fail as AWS's do.

moto takes the service from the second part of a module's name, so this package bears its name.
"""

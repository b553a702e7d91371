"""What CloudWatch shows of plans, beside all that moto's does.

moto takes the service from the second part of a module's name, so this package bears its name.
"""

"""moto's SageMaker Runtime, with endpoints whose capacity can expire.

moto takes the service from the second part of a module's name, so this package bears its name.
"""

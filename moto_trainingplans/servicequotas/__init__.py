"""Service Quotas for SageMaker, beside what moto answers for other services.

moto takes the service from the second part of a module's name, so this package bears its name.
"""

"""Service Quotas for SageMaker, beside what moto answers for other services.

moto takes the service from the second part of a module's name, so this package bears its name.
"""

# Before what is ours: once it has been imported, the seam imports what is to be in its place.
import moto.servicequotas.models  # noqa: F401

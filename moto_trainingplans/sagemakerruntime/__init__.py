"""moto's SageMaker Runtime, with endpoints whose capacity can expire.

moto takes the service from the second part of a module's name, so this package bears its name.
"""

# Before what is ours: once it has been imported, the seam imports what is to be in its place.
import moto.sagemakerruntime.models  # noqa: F401

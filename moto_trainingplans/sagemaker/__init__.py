"""The AWS face of the simulation: SageMaker requests in, SageMaker answers out.

It lies here, and not in a folder of faces, because moto takes a service from the second part of
a module's name: for its URLs, its errors and its dashboard.
"""

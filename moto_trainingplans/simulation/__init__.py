"""The simulated service: what AWS sells, who holds it, and what time does to it.

The innermost ring: it knows nothing of moto, boto3 or HTTP, and asks nobody but
its own clock for the time.
"""

"""Service Quotas for SageMaker, beside what moto answers for other services."""

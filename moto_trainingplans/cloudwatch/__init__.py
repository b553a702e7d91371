"""What CloudWatch shows of plans, beside all that moto's does."""

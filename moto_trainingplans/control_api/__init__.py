"""The control object's HTTP twin, below /moto-api/training-plans/."""

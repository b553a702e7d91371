"""moto's SageMaker Runtime, with endpoints whose capacity can expire."""

"""The AWS face of the simulation: SageMaker requests in, SageMaker answers out."""

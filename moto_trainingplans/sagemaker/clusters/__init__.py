"""The operations on HyperPod clusters."""

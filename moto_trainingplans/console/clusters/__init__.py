"""HyperPod clusters in the console."""

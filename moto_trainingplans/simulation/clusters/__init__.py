"""HyperPod clusters, on plans and without."""

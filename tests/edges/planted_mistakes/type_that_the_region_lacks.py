r"""The finder sweeps a Region that does not sell the type.

caught: Invalid instance type ml\.trn2\.48xlarge for target resource training-job
"""


def test_something_is_found(find):
    assert find(InstanceType="ml.trn2.48xlarge")
    # right: assert find(InstanceType="ml.p5.48xlarge")

r"""The finder asks for a count that is not sold.

caught: Invalid instance count 3 for instance type ml\.p4d\.24xlarge
"""


def test_something_is_found(find):
    assert find(InstanceCount=3)
    # right: assert find(InstanceCount=4)

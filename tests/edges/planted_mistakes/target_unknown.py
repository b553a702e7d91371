r"""The target is called by a name of one's own.

caught: target must be one of training-job, hyperpod-cluster, endpoint, studio-apps, not 'training'
"""


def test_there_is_enough(training_plans):
    target = "training"
    # right: target = "training-job"
    assert training_plans.capacity.free("us-west-2a", "ml.p4d.24xlarge", target=target) == 64

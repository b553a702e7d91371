r"""The context manager lacks its parentheses.

caught: 'function' object does not support the context manager protocol|__enter__
"""

from moto_trainingplans import mock_training_plans


def test_nothing_has_happened():
    with mock_training_plans as plans:
        # right: with mock_training_plans() as plans:
        assert plans.history() == []

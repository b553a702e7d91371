r"""The server's address lacks its scheme.

caught: 'http://127\.0\.0\.1:1'
"""

import pytest

from moto_trainingplans import TrainingPlansError, connect


def test_a_server_that_does_not_run_is_told_with_the_command_that_starts_one():
    address = "127.0.0.1:1"
    # right: address = "http://127.0.0.1:1"
    with pytest.raises(TrainingPlansError, match="moto-trainingplans server"):
        connect(address)

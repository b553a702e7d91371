"""A moto or botocore that is too old is told of, with what helps, before anything fails."""

from __future__ import annotations

import botocore
import moto
import pytest

import moto_trainingplans
from moto_trainingplans.__main__ import main

pytestmark = pytest.mark.in_process("about what is installed here")


@pytest.fixture
def use(monkeypatch):
    """Uses the package as if these were installed, and it for the first time."""

    def first(moto_version, botocore_version):
        monkeypatch.setattr(moto, "__version__", moto_version)
        monkeypatch.setattr(botocore, "__version__", botocore_version)
        monkeypatch.delitem(vars(moto_trainingplans), "mock_training_plans", raising=False)
        return moto_trainingplans.mock_training_plans

    return first


@pytest.mark.parametrize(
    ("versions", "message"),
    [
        (
            ("5.1.22", "1.44.8"),
            "moto-trainingplans needs moto 5.2.0 or newer (installed: 5.1.22). "
            "What helps: pip install --upgrade 'moto>=5.2.0'",
        ),
        (
            ("5.10.0", "1.40.45"),
            "moto-trainingplans needs botocore 1.40.46 or newer (installed: 1.40.45). "
            "What helps: pip install --upgrade 'boto3>=1.40.46'",
        ),
        (
            ("4.2.14", "1.9.300"),
            "moto-trainingplans needs moto 5.2.0 or newer (installed: 4.2.14), and botocore "
            "1.40.46 or newer (installed: 1.9.300). What helps: pip install --upgrade "
            "'moto>=5.2.0' 'boto3>=1.40.46'",
        ),
    ],
)
def test_the_first_use_says_what_is_installed_needed_and_to_be_typed(use, versions, message):
    with pytest.raises(ImportError) as refused:
        use(*versions)
    assert str(refused.value) == message


@pytest.mark.parametrize(
    "versions", [("5.2.0", "1.40.46"), ("5.2.6.dev", "1.100.0"), ("6.0", "2.0")]
)
def test_what_is_as_new_or_newer_is_used(use, versions):
    assert callable(use(*versions))


def test_the_command_says_it_in_one_line_and_still_tells_its_version(monkeypatch, capsys):
    monkeypatch.setattr(moto, "__version__", "5.1.22")
    with pytest.raises(SystemExit) as ended:
        main(["server", "--port", "0"])
    assert str(ended.value.code).startswith("moto-trainingplans needs moto 5.2.0 or newer")
    with pytest.raises(SystemExit) as ended:
        main(["--version"])
    assert ended.value.code == 0
    assert "moto-trainingplans" in capsys.readouterr().out

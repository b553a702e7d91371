"""What the package needs of moto, name by name."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

import moto_trainingplans
from moto_trainingplans.seam import install as seam
from moto_trainingplans.seam import names

pytestmark = pytest.mark.in_process("looks at the moto of this process")
PACKAGE = Path(moto_trainingplans.__file__).parent
EVERY = (
    *names.NAMES,
    *names.NAMES_OF_OTHER_SERVICES,
    *names.CLOUDFORMATION_NAMES,
    *names.CLOUDWATCH_NAMES,
    *names.RUNTIME_NAMES,
    *names.QUOTAS_NAMES,
    *names.SERVER_NAMES,
    *(name for of_service in names.NEIGHBOUR_NAMES.values() for name in of_service),
)
# Names that moto documents for everyone.
PUBLIC = {
    "moto:mock_aws",
    "moto:__version__",
    "moto:server",
    "moto:settings",
    "moto.core.base_backend:BaseBackend",
    "moto.core.base_backend:BackendDict",
    "moto.core.models:DEFAULT_ACCOUNT_ID",
}
# Names that only some versions have: the tagging API asks backends since 5.2.2, and lists the
# services itself before.
BY_VERSION = {
    "moto.core.request:Request",
    "moto.core.resource_tagging:TaggedResource",
    "moto.resourcegroupstaggingapi.urls:url_bases",
    "moto.resourcegroupstaggingapi.urls:url_paths",
    "moto.resourcegroupstaggingapi.models:ResourceGroupsTaggingAPIBackend",
    "moto.resourcegroupstaggingapi.models:resourcegroupstaggingapi_backends",
}


def test_this_moto_has_every_name_of_the_seam():
    assert names.missing_names(EVERY) == []


def test_an_incompatible_moto_is_told_what_it_lacks(monkeypatch):
    monkeypatch.setattr(
        seam,
        "NAMES",
        ("moto.core.responses:BaseResponse.gone", "moto.gone:Gone", "moto.core.utils:utcnow"),
    )
    with pytest.raises(ImportError) as lacking:
        seam.install()
    assert "moto.core.responses:BaseResponse.gone, moto.gone:Gone" in str(lacking.value)
    assert "utcnow" not in str(lacking.value)
    with pytest.raises(RuntimeError):
        seam.uninstall()


def test_every_name_of_moto_that_the_package_imports_is_in_the_seam():
    unlisted = set()
    for path in PACKAGE.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] == "moto":
                for alias in node.names:
                    name = f"{node.module}:{alias.name}"
                    if name not in PUBLIC | BY_VERSION and not any(
                        each.startswith(name) for each in EVERY
                    ):
                        unlisted.add(name)
    assert unlisted == set()

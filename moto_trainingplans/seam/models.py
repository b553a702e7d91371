"""The models of services, as a server of moto's reads them: once, and no slower than it must be.

To its first answer a server reads five megabytes of JSON. moto does it twice, once to know in
which Regions a service is, and once to know its operations.
"""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

from botocore.loaders import JSONFileLoader, Loader


class FileLoader(JSONFileLoader):  # type: ignore[misc]
    """Reads a file into dictionaries of Python's own, which keep their order as well."""

    def load_file(self, file_path: str) -> Any:
        """The content of a JSON file, None where there is none. It is named without its ending."""
        whole = Path(f"{file_path}.json")
        if whole.is_file():
            return json.loads(whole.read_bytes())
        packed = Path(f"{file_path}.json.gz")
        if packed.is_file():
            return json.loads(gzip.decompress(packed.read_bytes()))
        return None


class RegionsLoader(Loader):  # type: ignore[misc]
    """For a session that is only asked for Regions: what it needs of a model is in moto's."""

    def load_service_model(
        self, service_name: str, type_name: str, api_version: str | None = None
    ) -> Any:
        """The model of a service; raises botocore's UnknownServiceError where there is none."""
        from moto.core.utils import get_service_model

        if type_name != "service-2" or api_version is not None:
            return super().load_service_model(service_name, type_name, api_version)
        return {"metadata": get_service_model(service_name).metadata}


def share_models() -> None:
    """Have moto read each model once, by `FileLoader`. In a process that serves: to stay."""
    import moto.core.loaders
    from moto.core.base_backend import AccountSpecificBackend

    moto.core.loaders.Loader.FILE_LOADER_CLASS = FileLoader
    # The one that moto asks, which is nobody else's.
    session = AccountSpecificBackend.get_session()._session
    session.register_component("data_loader", RegionsLoader(file_loader=FileLoader()))

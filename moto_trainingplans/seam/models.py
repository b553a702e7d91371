"""The models of services, as a server of moto's reads them: once, and no slower than it must be.

To its first answer a server reads five megabytes of JSON. moto does it twice, once to know in
which Regions a service is, and once to know its operations.
"""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any, overload

import moto.core.loaders
from botocore.exceptions import DataNotFoundError
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


class KnownServices(Sequence[str]):
    """All services that a loader has models of, which are not listed to know whether one is there.

    botocore lists them first, in four hundred folders, whichever model is asked for.
    """

    def __init__(self, loader: Any, type_name: str, listed: Callable[[], list[str]]) -> None:
        self._loader = loader
        self._type_name = type_name
        self._listed = listed

    def __contains__(self, name: object) -> bool:
        try:
            return bool(self._loader.list_api_versions(name, self._type_name))
        except DataNotFoundError:
            return False

    @overload
    def __getitem__(self, index: int) -> str: ...
    @overload
    def __getitem__(self, index: slice) -> list[str]: ...
    def __getitem__(self, index: int | slice) -> str | list[str]:
        return self._listed()[index]

    def __len__(self) -> int:
        return len(self._listed())


class ModelLoader(moto.core.loaders.Loader):
    """Reads models with what moto adds to them."""

    FILE_LOADER_CLASS = FileLoader

    def list_available_services(self, type_name: str) -> Sequence[str]:
        """The services that have models of a type."""
        listed = partial(super().list_available_services, type_name)
        return KnownServices(self, type_name, listed)


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
    import moto.core.utils
    from moto.core.base_backend import AccountSpecificBackend

    where = [moto.core.loaders.moto_root]
    moto.core.utils.create_loader = lambda: ModelLoader(  # type: ignore[attr-defined]
        extra_search_paths=where
    )
    # The one that moto asks, which is nobody else's.
    session = AccountSpecificBackend.get_session()._session
    session.register_component("data_loader", RegionsLoader(file_loader=FileLoader()))

"""Does something as soon as modules are first imported, so that nothing has to import them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec, PathFinder
from types import ModuleType


class FirstImport(MetaPathFinder, Loader):
    """To be put first into `sys.meta_path`: once one of the modules has been imported, does `then`.

    moto's CloudFormation takes longer to import than all else that a mock needs, and most
    tests do not use it.
    """

    def __init__(self, then: Mapping[str, Callable[[], None]]) -> None:
        self._then = then
        self._loaders: dict[str, Loader] = {}

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """Find the module as it would be found without this, and wait for its end."""
        if fullname not in self._then:
            return None
        spec = PathFinder.find_spec(fullname, path, target)
        if spec is not None and spec.loader is not None:
            self._loaders[fullname], spec.loader = spec.loader, self
        return spec

    def create_module(self, spec: ModuleSpec) -> ModuleType | None:
        """Make the module as its own loader does."""
        return self._loaders[spec.name].create_module(spec)

    def exec_module(self, module: ModuleType) -> None:
        """Import the module as its own loader does, then do what was waiting for it."""
        assert module.__spec__ is not None
        name = module.__spec__.name
        loader = module.__spec__.loader = module.__loader__ = self._loaders[name]
        loader.exec_module(module)
        self._then[name]()

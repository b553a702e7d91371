"""What botocore builds from its models, built once in a process instead of once in a test.

Each test has a session of its own, as users have, since moto takes the default one away. A
session shares what it has loaded among its clients and forgets it with them: for SageMaker that
is a quarter of a second, more than most tests take. Here all sessions share it.

This is a pytest plugin, for the tests and for the pytest processes that tests start.
"""

from __future__ import annotations

import gc
from typing import Any

import boto3
import pytest
from botocore.client import ClientCreator
from botocore.hooks import EventAliaser
from botocore.loaders import Loader
from botocore.model import ServiceModel


def pytest_configure() -> None:
    """Let all sessions that are made from now on share files, models and client classes."""
    _share_files()
    _share_service_models()
    _share_client_classes()
    _share_event_names()


def pytest_collection_finish(session: pytest.Session) -> None:
    """Before the first test, load what most tests need, and keep it."""
    if session.items:
        boto3.Session().client("sagemaker", region_name="us-west-2")
        # What is there now stays, so it need not be searched for garbage again and again.
        gc.collect()
        gc.freeze()


def _share_files() -> None:
    """What a loader has read is known to every other that looks in the same folders."""
    caches: dict[tuple[str, ...], dict[Any, Any]] = {}
    initialize = Loader.__init__

    def initialize_with_shared_cache(self: Any, *args: Any, **kwargs: Any) -> None:
        initialize(self, *args, **kwargs)
        self._cache = caches.setdefault(tuple(self.search_paths), self._cache)

    Loader.__init__ = initialize_with_shared_cache


def _share_service_models() -> None:
    """A service's model keeps what it has resolved of its shapes, operations and errors."""
    models: dict[int, ServiceModel] = {}

    def load(self: Any, service_name: str, api_version: str | None = None) -> ServiceModel:
        loaded = self._loader.load_service_model(service_name, "service-2", api_version=api_version)
        if id(loaded) not in models:  # it stays in the loaders' cache, and so does its id
            models[id(loaded)] = ServiceModel(loaded, service_name=service_name)
        return models[id(loaded)]

    ClientCreator._load_service_model = load


def _share_client_classes() -> None:
    """A client's class has a method for each operation, and nothing of a session."""
    classes: dict[ServiceModel, type] = {}
    create = ClientCreator._create_client_class

    def create_once(self: Any, service_name: str, service_model: ServiceModel) -> type:
        if service_model not in classes:
            classes[service_model] = create(self, service_name, service_model)
        return classes[service_model]

    ClientCreator._create_client_class = create_once


def _share_event_names() -> None:
    """A session looks through all services for the old names of each of a hundred events."""
    names: dict[str, str] = {}
    initialize = EventAliaser.__init__

    def initialize_with_shared_names(self: Any, emitter: Any, event_aliases: Any = None) -> None:
        initialize(self, emitter, event_aliases)
        if event_aliases is None:  # as in every session
            self._alias_name_cache = names

    EventAliaser.__init__ = initialize_with_shared_names

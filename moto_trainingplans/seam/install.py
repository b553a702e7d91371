"""The whole seam to moto: what is put into it while training plans are installed.

Only classes and URLs are put in, each by one attribute or key, and taken out again. No
function of moto is rewritten.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from functools import cache, partial
from importlib import import_module
from threading import RLock
from typing import Any

from .first_import import FirstImport
from .models import share_models
from .names import (
    CLOUDFORMATION,
    CLOUDFORMATION_NAMES,
    CLOUDWATCH,
    CLOUDWATCH_NAMES,
    EC2,
    NAMES,
    NEIGHBOUR_NAMES,
    NEIGHBOURS,
    QUOTAS,
    QUOTAS_NAMES,
    RUNTIME,
    RUNTIME_NAMES,
    SERVER_NAMES,
    check,
)

_lock = RLock()
_installed = 0
_taken_out: list[Callable[[], None]] = []


def install() -> None:
    """Teach moto about training plans. Counted; raises ImportError where moto lacks a name."""
    global _installed  # noqa: PLW0603
    with _lock:
        if not _installed:
            check(NAMES)
            _put_in()
        _installed += 1


def uninstall(*, keep_data: bool = False) -> None:
    """Undo one `install`; the last one leaves moto as it was, and no simulation unless kept."""
    global _installed  # noqa: PLW0603
    with _lock:
        if not _installed:
            raise RuntimeError("uninstall() called before install()")
        _installed -= 1
        if _installed:
            return
        while _taken_out:
            _taken_out.pop()()
        if not keep_data:
            from ..host.backend import forget_world

            forget_world()


def is_last() -> bool:
    """Whether the next `uninstall` will take everything out."""
    return _installed == 1


def _put_in() -> None:
    for backends, motos, ours in _classes():
        _put_in_backend(backends, motos, ours)
    _put_in_stubber()
    _put_in_urls()
    _put_in_dashboard()
    _put_in_listener()
    _put_in_once_imported()


def _classes() -> tuple[tuple[Any, type, type], ...]:
    """The backends of services, of which class moto has them, and of which class ours are.

    Looked up each time: who runs tests within a test has the modules imported anew after it.
    """
    from moto.sagemaker.models import SageMakerModelBackend, sagemaker_backends

    from ..sagemaker.models import SageMakerBackend

    classes: tuple[tuple[Any, type, type], ...] = (
        (sagemaker_backends, SageMakerModelBackend, SageMakerBackend),
    )
    if hasattr(SageMakerModelBackend, "iter_tagged_resources"):
        return classes
    # Before 5.2.2 the tagging API itself knows the resources of each service.
    from moto.resourcegroupstaggingapi.models import (
        ResourceGroupsTaggingAPIBackend as MotoTaggingBackend,
    )
    from moto.resourcegroupstaggingapi.models import resourcegroupstaggingapi_backends

    from ..resourcegroupstaggingapi.models import ResourceGroupsTaggingAPIBackend

    tagging = (
        resourcegroupstaggingapi_backends,
        MotoTaggingBackend,
        ResourceGroupsTaggingAPIBackend,
    )
    return (*classes, tagging)


def _put_in_once_imported() -> None:
    """Have what is slow to import and seldom used put in when somebody else imports it."""
    waiting: dict[str, Callable[[], None]] = {}
    for module, put_in in _seldom_used().items():
        if module in sys.modules:
            put_in()
        else:
            waiting[module] = partial(_if_installed, put_in)
    finder = FirstImport(waiting)
    sys.meta_path.insert(0, finder)
    _taken_out.append(partial(_stop_waiting, finder))


@cache
def _seldom_used() -> dict[str, Callable[[], None]]:
    """What is to be done when a module of moto's is there."""
    return {
        CLOUDFORMATION: _put_in_cloudformation,
        CLOUDWATCH: _put_in_cloudwatch,
        RUNTIME: _put_in_runtime,
        QUOTAS: _put_in_quotas,
        EC2: _put_in_networks,
        **{urls: partial(_put_in_journal, name) for name, urls in NEIGHBOURS.items()},
    }


def _stop_waiting(waiting: FirstImport) -> None:
    """Take a finder out, unless whoever replaced `sys.meta_path` has done so."""
    if waiting in sys.meta_path:
        sys.meta_path.remove(waiting)


def _if_installed(put_in: Callable[[], None]) -> None:
    with _lock:
        if _installed:
            put_in()


def _put_in_journal(service: str) -> None:
    """Have the requests to a service that is moto's enter the journal."""
    from ..aws_json.neighbours import journaled_class

    check(NEIGHBOUR_NAMES[service])
    url_paths = import_module(NEIGHBOURS[service]).url_paths
    ours = {
        path: journaled_class(service, handler.__self__).dispatch
        for path, handler in url_paths.items()
        # What is no request of a client's, as an answer to CloudFormation, has no dispatch.
        if handler.__name__ == "dispatch"
    }
    _put_in_keys(url_paths, ours)


def _put_in_networks() -> None:
    from moto.ec2.models import EC2Backend, ec2_backends

    from ..host.draws import with_own_draws

    _put_in_backend(ec2_backends, EC2Backend, with_own_draws(EC2Backend))


def _put_in_cloudwatch() -> None:
    check(CLOUDWATCH_NAMES)
    from moto.cloudwatch.models import CloudWatchBackend as MotoCloudWatchBackend
    from moto.cloudwatch.models import cloudwatch_backends

    from ..cloudwatch.models import CloudWatchBackend

    _put_in_backend(cloudwatch_backends, MotoCloudWatchBackend, CloudWatchBackend)


def _put_in_runtime() -> None:
    check(RUNTIME_NAMES)
    from moto.sagemakerruntime.models import SageMakerRuntimeBackend as MotoRuntimeBackend
    from moto.sagemakerruntime.models import sagemakerruntime_backends

    from ..sagemakerruntime.models import SageMakerRuntimeBackend

    _put_in_backend(sagemakerruntime_backends, MotoRuntimeBackend, SageMakerRuntimeBackend)


def _put_in_quotas() -> None:
    check(QUOTAS_NAMES)
    from moto.servicequotas.models import ServiceQuotasBackend as MotoServiceQuotasBackend
    from moto.servicequotas.models import servicequotas_backends

    from ..servicequotas.models import ServiceQuotasBackend

    _put_in_backend(servicequotas_backends, MotoServiceQuotasBackend, ServiceQuotasBackend)


def _put_in_cloudformation() -> None:
    check(CLOUDFORMATION_NAMES)
    from moto.cloudformation.models import CloudFormationBackend as MotoCloudFormationBackend
    from moto.cloudformation.models import cloudformation_backends
    from moto.cloudformation.parsing import get_model_map, get_name_type_map
    from yaml import Loader  # type: ignore[import-untyped]

    from ..cloudformation.clusters import NAME_PROPERTY, RESOURCE_TYPE, ClusterResource
    from ..cloudformation.models import CloudFormationBackend
    from ..cloudformation.templates import condition_tag

    # Of which moto would make a function that there is not, and each such condition false.
    _put_in_keys(Loader.yaml_constructors, {"!Condition": condition_tag})
    _put_in_backend(cloudformation_backends, MotoCloudFormationBackend, CloudFormationBackend)
    _put_in_keys(get_model_map(), {RESOURCE_TYPE: ClusterResource})
    _put_in_keys(get_name_type_map(), {RESOURCE_TYPE: NAME_PROPERTY})


def _put_in_keys(table: Any, ours: Mapping[str, Any]) -> None:
    """Have a table of moto's say something else of some keys."""
    before = {key: table[key] for key in ours.keys() & table.keys()}
    table.update(ours)

    def restore() -> None:
        for key, value in ours.items():
            # Others may have put something in place of ours meanwhile.
            if table.get(key) is not value:
                continue
            if key in before:
                table[key] = before[key]
            else:
                del table[key]

    _taken_out.append(restore)


def _put_in_backend(backends: Any, old: type, new: type) -> None:
    """Make a service's backends of another class, those that exist already too."""

    def change_to(cls: type) -> None:
        backends.backend = cls
        for account in backends.values():
            account.backend = cls
            for backend in account.values():
                # A backend of ours has no state of its own, so one can become the other.
                backend.__class__ = cls

    change_to(new)

    def restore() -> None:
        # Not what others have put in place of ours meanwhile.
        if backends.backend is new:
            change_to(old)

    _taken_out.append(restore)


def _put_in_stubber() -> None:
    """Have what moto puts before botocore's requests know a shorter way to ours."""
    from moto.core.models import botocore_stubber

    from .stubber import Stubber

    before: Any = type(botocore_stubber)
    botocore_stubber.__class__ = Stubber  # it has no state of its own, as a backend of ours

    def restore() -> None:
        # Not what others have put in place of ours meanwhile.
        if type(botocore_stubber) is Stubber:
            botocore_stubber.__class__ = before

    _taken_out.append(restore)


def _put_in_listener() -> None:
    """Have moto's EventBridge hear of what happens in simulations."""
    from ..host.journaled_world import listeners
    from ..sagemaker import eventbridge

    listeners.append(eventbridge.listen)
    _taken_out.append(lambda: listeners.remove(eventbridge.listen))


def _put_in_dashboard() -> None:
    """Have moto's dashboard show what the simulation has."""
    from moto.core.model_instances import model_data

    from ..sagemaker.dashboard import SHOWN

    _put_in_keys(model_data["sagemaker"], SHOWN)


def _put_in_urls() -> None:
    from moto.moto_api._internal.urls import url_paths

    from ..aws_json.repeating import RESULTS
    from ..control.addresses import PREFIX
    from ..control.http.entrance import (
        respond,
        respond_in_order,
        respond_to_seed,
        respond_without_slash,
    )

    seed_path = "{0}/moto-api/seed"
    results = [f"{{0}}{path}" for path in RESULTS]
    ours = {
        f"{{0}}{PREFIX}?$": respond_without_slash,
        f"{{0}}{PREFIX}(?P<call>.+)$": respond,
        seed_path: respond_to_seed(url_paths[seed_path]),
        **{path: respond_in_order(url_paths[path]) for path in results},
    }
    _put_in_keys(url_paths, ours)


def install_for_server() -> None:
    """As `install`, in a process that serves: to stay, and without moto's way with origins.

    moto's server lets the page of any origin read its answers; ours decides on that itself.
    """
    check(SERVER_NAMES)
    install()
    import moto.moto_server.werkzeug_app

    moto.moto_server.werkzeug_app.DISABLE_GLOBAL_CORS = True  # type: ignore[attr-defined]
    share_models()


def decorate_class(mock: Any, cls: type) -> type:
    """Mock the tests of a class as moto does, with another mock than moto's."""
    from moto.core.models import MockAWS

    decorated: type = MockAWS._decorate_class(mock, cls)
    return decorated


def server_mode_endpoint() -> str | None:
    """The server that this process's tests use, None where they run in process."""
    from moto import settings

    if settings.is_test_proxy_mode():
        raise RuntimeError("moto's proxy mode has no training plans: use the server mode instead")
    return settings.test_server_mode_endpoint() if settings.TEST_SERVER_MODE else None

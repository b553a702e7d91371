"""The whole seam to moto: what is put into it while training plans are installed.

Only classes and URLs are put in, each by one attribute or key, and taken out again. No
function of moto is rewritten.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from importlib import import_module
from threading import RLock
from typing import Any

from ._first_import import FirstImport

# Every name of moto that the package uses and that moto does not promise to keep.
NAMES = (
    "moto.core.base_backend:BackendDict._instances",
    "moto.core.base_backend:BaseBackend.reset",
    "moto.core.base_backend:BaseBackend._url_module",
    "moto.core.exceptions:ServiceException",
    "moto.core.models:MockAWS._decorate_class",
    "moto.core.responses:BaseResponse._dispatch",
    "moto.core.authorization:ActionAuthenticatorMixin.request_count",
    "moto.core.responses:BaseResponse.get_access_key",
    "moto.core.responses:BaseResponse.get_current_account",
    "moto.core.responses:BaseResponse.get_region_from_url",
    "moto.core.responses:BaseResponse.setup_class",
    "moto.core.responses:BaseResponse._authenticate_and_authorize_action",
    "moto.core.utils:get_service_model",
    "moto.core.utils:utcnow",
    "moto.iam.access_control:IAMRequest.check_action_permitted",
    "moto.iam.access_control:IAMRequest.check_signature",
    "moto.iam.access_control:IAMUserAccessKey.collect_policies",
    "moto.iam.access_control:AssumedRoleAccessKey.collect_policies",
    "moto.moto_api:state_manager.get_transition",
    "moto.moto_api._internal.urls:url_paths",
    "moto.moto_api._internal.urls:response_instance.seed",
    "moto.sagemaker.models:SageMakerModelBackend",
    "moto.sagemaker.models:FakeEndpointConfig.validate_instance_type",
    "moto.sagemaker.models:SageMakerModelBackend.create_endpoint",
    "moto.sagemaker.models:SageMakerModelBackend.create_endpoint_config",
    "moto.sagemaker.models:SageMakerModelBackend.create_training_job",
    "moto.sagemaker.models:SageMakerModelBackend.delete_endpoint",
    "moto.sagemaker.models:SageMakerModelBackend.describe_endpoint_config",
    "moto.sagemaker.models:SageMakerModelBackend.validate_production_variants",
    "moto.sagemaker.models:sagemaker_backends.backend",
    "moto.sagemaker.responses:SageMakerResponse.sagemaker_backend",
    "moto.sagemaker.urls:url_bases",
    "moto.sagemakerruntime.models:SageMakerRuntimeBackend",
    "moto.sagemakerruntime.models:sagemakerruntime_backends.backend",
    "moto.sagemakerruntime.responses:SageMakerRuntimeResponse.invoke_endpoint",
    "moto.sagemakerruntime.urls:url_bases",
    "moto.servicequotas.models:ServiceQuotasBackend",
    "moto.servicequotas.models:servicequotas_backends.backend",
    "moto.servicequotas.responses:ServiceQuotasResponse.backend",
    "moto.servicequotas.urls:url_bases",
    "moto.settings:INITIAL_NO_AUTH_ACTION_COUNT",
    "moto.settings:TEST_SERVER_MODE",
    "moto.settings:is_test_proxy_mode",
    "moto.settings:test_server_mode_endpoint",
)
# Those of services that are only imported when something needs them.
NAMES_OF_OTHER_SERVICES = (
    "moto.ec2.models:EC2Backend.describe_availability_zones",
    "moto.ec2.models:ec2_backends",
    "moto.events.models:EventsBackend.describe_event_bus",
    "moto.events.models:EventsBackend.put_events",
    "moto.events.models:events_backends",
    "moto.iam.models:mark_account_as_visited",
    "moto.logs.models:LogStream.put_log_events",
    "moto.logs.models:LogsBackend.ensure_log_group",
    "moto.logs.models:LogsBackend.ensure_log_stream",
    "moto.logs.models:logs_backends",
)
# Of CloudFormation, which takes longer to import than anything else: only where it is used.
CLOUDFORMATION = "moto.cloudformation.models"
CLOUDFORMATION_NAMES = (
    "moto.cloudformation.exceptions:UnformattedGetAttTemplateException",
    "moto.cloudformation.models:ChangeSet.apply",
    "moto.cloudformation.models:CloudFormationBackend.create_stack",
    "moto.cloudformation.models:CloudFormationBackend.delete_stack",
    "moto.cloudformation.models:CloudFormationBackend.describe_change_set",
    "moto.cloudformation.models:CloudFormationBackend.describe_stacks",
    "moto.cloudformation.models:CloudFormationBackend.execute_change_set",
    "moto.cloudformation.models:CloudFormationBackend.get_stack",
    "moto.cloudformation.models:CloudFormationBackend.update_stack",
    "moto.cloudformation.models:Event",
    "moto.cloudformation.models:Stack._add_stack_event",
    "moto.cloudformation.models:Stack._create_output_map",
    "moto.cloudformation.models:Stack._create_resource_map",
    "moto.cloudformation.models:Stack._parse_template",
    "moto.cloudformation.models:Stack.verify_readiness",
    "moto.cloudformation.models:cloudformation_backends.backend",
    "moto.cloudformation.parsing:ResourceMap.delete",
    "moto.cloudformation.parsing:ResourceMap.update",
    "moto.cloudformation.parsing:get_model_list.cache_clear",
    "moto.cloudformation.parsing:get_model_map.cache_clear",
    "moto.cloudformation.parsing:get_name_type_map.cache_clear",
    "moto.cloudformation.urls:url_bases",
    "moto.cloudformation.urls:url_paths",
)

# Of moto's server, which needs more to be installed than moto itself.
SERVER_NAMES = (
    "moto.moto_server.werkzeug_app:DomainDispatcherApplication.infer_service_region_host",
    "moto.server:DomainDispatcherApplication",
    "moto.server:main",
)

_lock = RLock()
_installed = 0
# The names that were looked for and found: looking costs as much as starting a mock.
_found: set[tuple[str, ...]] = set()
_taken_out: list[Callable[[], None]] = []


def missing_names(names: Sequence[str]) -> list[str]:
    """Those of the names that this moto lacks."""
    return [name for name in names if not _exists(name)]


def _exists(name: str) -> bool:
    module, _, path = name.partition(":")
    try:
        value = import_module(module)
        for part in path.split("."):
            value = getattr(value, part)
    except (ImportError, AttributeError):
        return False
    return True


def install() -> None:
    """Teach moto about training plans. Counted; raises ImportError where moto lacks a name."""
    global _installed  # noqa: PLW0603
    with _lock:
        if not _installed:
            _check(NAMES)
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
            from .control_api.models import forget_world

            forget_world()


def _check(names: tuple[str, ...]) -> None:
    if names in _found:
        return
    missing = missing_names(names)
    if missing:
        from moto import __version__

        raise ImportError(
            f"moto {__version__} does not have what moto-trainingplans needs of it: "
            + ", ".join(missing)
        )
    _found.add(names)


def _put_in() -> None:
    from moto.sagemaker.models import SageMakerModelBackend, sagemaker_backends
    from moto.sagemakerruntime.models import SageMakerRuntimeBackend as MotoRuntimeBackend
    from moto.sagemakerruntime.models import sagemakerruntime_backends
    from moto.servicequotas.models import ServiceQuotasBackend as MotoServiceQuotasBackend
    from moto.servicequotas.models import servicequotas_backends

    from .sagemaker.models import SageMakerBackend
    from .sagemakerruntime.models import SageMakerRuntimeBackend
    from .servicequotas.models import ServiceQuotasBackend

    _put_in_backend(sagemaker_backends, SageMakerModelBackend, SageMakerBackend)
    _put_in_backend(sagemakerruntime_backends, MotoRuntimeBackend, SageMakerRuntimeBackend)
    _put_in_backend(servicequotas_backends, MotoServiceQuotasBackend, ServiceQuotasBackend)
    if not hasattr(SageMakerModelBackend, "iter_tagged_resources"):
        # Before 5.2.2 the tagging API itself knows the resources of each service.
        from moto.resourcegroupstaggingapi.models import (
            ResourceGroupsTaggingAPIBackend as MotoTaggingBackend,
        )
        from moto.resourcegroupstaggingapi.models import resourcegroupstaggingapi_backends

        from .resourcegroupstaggingapi.models import ResourceGroupsTaggingAPIBackend

        _put_in_backend(
            resourcegroupstaggingapi_backends, MotoTaggingBackend, ResourceGroupsTaggingAPIBackend
        )
    _put_in_urls()
    if CLOUDFORMATION in sys.modules:
        _put_in_cloudformation()
    else:
        waiting = FirstImport(CLOUDFORMATION, _put_in_cloudformation_if_installed)
        sys.meta_path.insert(0, waiting)
        _taken_out.append(lambda: sys.meta_path.remove(waiting))


def _put_in_cloudformation_if_installed() -> None:
    with _lock:
        if _installed:
            _put_in_cloudformation()


def _put_in_cloudformation() -> None:
    _check(CLOUDFORMATION_NAMES)
    from moto.cloudformation.models import CloudFormationBackend as MotoCloudFormationBackend
    from moto.cloudformation.models import cloudformation_backends
    from moto.cloudformation.parsing import get_model_list, get_model_map, get_name_type_map

    from .cloudformation.clusters import NAME_PROPERTY, RESOURCE_TYPE, ClusterResource
    from .cloudformation.models import CloudFormationBackend

    _put_in_backend(cloudformation_backends, MotoCloudFormationBackend, CloudFormationBackend)
    types: dict[str, Any] = get_model_map()
    types[RESOURCE_TYPE] = ClusterResource
    get_name_type_map()[RESOURCE_TYPE] = NAME_PROPERTY

    def restore() -> None:
        # moto makes them anew.
        for made_once in (get_model_list, get_model_map, get_name_type_map):
            made_once.cache_clear()

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
    _taken_out.append(lambda: change_to(old))


def _put_in_urls() -> None:
    from moto.moto_api._internal.urls import url_paths

    from .control_api.responses import PREFIX, respond, respond_to_seed

    seed_path = "{0}/moto-api/seed"
    before = dict(url_paths)
    paths: dict[str, Any] = url_paths
    paths[f"{{0}}{PREFIX}(?P<call>.+)$"] = respond
    paths[seed_path] = respond_to_seed(paths[seed_path])

    def restore() -> None:
        url_paths.clear()
        url_paths.update(before)

    _taken_out.append(restore)


def serve(arguments: list[str], dispatcher: type) -> None:
    """Run moto's server with training plans, and its own way of finding the service."""
    _check(SERVER_NAMES)
    install()
    from moto import server

    server.DomainDispatcherApplication = dispatcher  # type: ignore[assignment, attr-defined]
    server.main(arguments)


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

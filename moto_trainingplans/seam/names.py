"""Every name of moto that the package uses and that moto does not promise to keep."""

from __future__ import annotations

from collections.abc import Sequence
from importlib import import_module

NAMES = (
    "moto.backend_index:backend_url_patterns",
    "moto.core.base_backend:BackendDict._instances",
    "moto.core.base_backend:BaseBackend.reset",
    "moto.core.base_backend:backend_lock",
    "moto.core.base_backend:BaseBackend._url_module",
    "moto.core.botocore_stubber:BotocoreStubber.process_request",
    "moto.core.config:default_user_config",
    "moto.core.exceptions:ServiceException",
    "moto.core.model_instances:model_data",
    "moto.core.models:MockAWS._decorate_class",
    "moto.core.models:botocore_stubber",
    "moto.core.responses:BaseResponse._dispatch",
    "moto.core.authorization:ActionAuthenticatorMixin.request_count",
    "moto.core.responses:BaseResponse.dispatch",
    "moto.core.responses:BaseResponse.get_access_key",
    "moto.core.responses:BaseResponse.get_current_account",
    "moto.core.responses:BaseResponse.get_region_from_url",
    "moto.core.responses:BaseResponse.setup_class",
    "moto.core.responses:BaseResponse._authenticate_and_authorize_action",
    "moto.core.responses:BaseResponse._authenticate_and_authorize_normal_action",
    "moto.core.utils:camelcase_to_underscores",
    "moto.core.utils:get_equivalent_url_in_aws_domain",
    "moto.core.utils:get_service_model",
    "moto.core.utils:utcnow",
    "moto.core.model_instances:model_data",
    "moto.moto_api:recorder._record_request",
    "moto.moto_api:recorder._user_enabled",
    "moto.moto_api:state_manager._transitions",
    "moto.moto_api:state_manager.get_transition",
    "moto.moto_api._internal:mock_random",
    "moto.moto_api._internal.moto_random:MotoRandom",
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
    "moto.sagemaker.models:SageMakerModelBackend._get_resource_from_arn",
    "moto.sagemaker.models:SageMakerModelBackend.create_pipeline",
    "moto.sagemaker.models:SageMakerModelBackend.update_pipeline",
    "moto.sagemaker.models:sagemaker_backends.backend",
    "moto.sagemaker.responses:SageMakerResponse.sagemaker_backend",
    "moto.sagemaker.urls:url_bases",
    "moto.sagemaker.utils:load_pipeline_definition_from_s3",
    "moto.settings:INITIAL_NO_AUTH_ACTION_COUNT",
    "moto.settings:TEST_SERVER_MODE",
    "moto.settings:get_s3_custom_endpoints",
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
    "moto.iam.access_control:IAMRequest.check_action_permitted",
    "moto.iam.access_control:IAMRequest.check_signature",
    "moto.iam.access_control:IAMUserAccessKey.collect_policies",
    "moto.iam.access_control:AssumedRoleAccessKey.collect_policies",
    "moto.iam.models:iam_backends",
    "moto.iam.models:mark_account_as_visited",
    "moto.logs.models:LogStream.put_log_events",
    "moto.logs.models:LogsBackend.ensure_log_group",
    "moto.logs.models:LogsBackend.ensure_log_stream",
    "moto.logs.models:logs_backends",
    "moto.s3.exceptions:S3ClientError",
    "moto.s3.models:S3Backend.get_object",
    "moto.s3.models:s3_backends",
)


# Of CloudFormation, which takes longer to import than anything else: only where it is used.
CLOUDFORMATION = "moto.cloudformation.models"


CLOUDFORMATION_NAMES = (
    "moto.cloudformation.exceptions:UnformattedGetAttTemplateException",
    "moto.cloudformation.exceptions:ValidationError",
    "moto.cloudformation.models:ChangeSet.apply",
    "moto.cloudformation.models:CloudFormationBackend.create_change_set",
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
    "moto.cloudformation.models:Stack.parse_template",
    "moto.cloudformation.models:Stack.verify_readiness",
    "moto.cloudformation.models:cloudformation_backends.backend",
    "moto.cloudformation.parsing:ResourceMap.creation_complete",
    "moto.cloudformation.parsing:ResourceMap.delete",
    "moto.cloudformation.parsing:ResourceMap.update",
    "moto.cloudformation.parsing:clean_json",
    "moto.cloudformation.parsing:get_model_map",
    "moto.cloudformation.parsing:get_name_type_map",
    "moto.cloudformation.parsing:parse_and_update_resource",
    "moto.cloudformation.urls:url_bases",
    "moto.cloudformation.urls:url_paths",
)


# Of CloudWatch, which most tests do not use either.
CLOUDWATCH = "moto.cloudwatch.models"
CLOUDWATCH_NAMES = (
    "moto.cloudwatch.exceptions:InvalidParameterCombination",
    "moto.cloudwatch.exceptions:InvalidParameterValue",
    "moto.cloudwatch.metric_data_expression_parser:parse_expression",
    "moto.cloudwatch.models:CloudWatchBackend.describe_alarms",
    "moto.cloudwatch.models:CloudWatchBackend.get_alarms_by_action_prefix",
    "moto.cloudwatch.models:CloudWatchBackend.get_alarms_by_alarm_name_prefix",
    "moto.cloudwatch.models:CloudWatchBackend.get_alarms_by_alarm_names",
    "moto.cloudwatch.models:CloudWatchBackend.get_alarms_by_state_value",
    "moto.cloudwatch.models:CloudWatchBackend.get_filtered_metrics",
    "moto.cloudwatch.models:CloudWatchBackend.get_metric_data",
    "moto.cloudwatch.models:CloudWatchBackend.get_metric_statistics",
    "moto.cloudwatch.models:MetricAggregatedDatum",
    "moto.cloudwatch.models:MetricDatumBase",
    "moto.cloudwatch.models:Statistics.get_statistics_for_type",
    "moto.cloudwatch.models:cloudwatch_backends",
    "moto.cloudwatch.urls:url_bases",
    "moto.cloudwatch.urls:url_paths",
)

# Of the two smaller services, of which most tests ask nothing.
RUNTIME = "moto.sagemakerruntime.models"
RUNTIME_NAMES = (
    "moto.sagemakerruntime.models:SageMakerRuntimeBackend",
    "moto.sagemakerruntime.models:sagemakerruntime_backends.backend",
    "moto.sagemakerruntime.responses:SageMakerRuntimeResponse.invoke_endpoint",
    "moto.sagemakerruntime.responses:SageMakerRuntimeResponse.invoke_endpoint_async",
    "moto.sagemakerruntime.urls:url_bases",
)
QUOTAS = "moto.servicequotas.models"
QUOTAS_NAMES = (
    "moto.servicequotas.models:ServiceQuotasBackend",
    "moto.servicequotas.models:servicequotas_backends.backend",
    "moto.servicequotas.responses:ServiceQuotasResponse.backend",
    "moto.servicequotas.urls:url_bases",
)

EC2 = "moto.ec2.models"
# The services whose requests enter the journal beside ours, and where their URLs are.
NEIGHBOURS = {
    name: f"moto.{name}.urls"
    for name in (
        "cloudformation",
        "ec2",
        "iam",
        "resourcegroupstaggingapi",
        "sagemakermetrics",
        "sts",
    )
}
NEIGHBOUR_NAMES = {
    "cloudformation": (
        "moto.cloudformation.responses:CloudFormationResponse._get_stack_from_s3_url",
        "moto.cloudformation.urls:url_paths",
    ),
    "ec2": ("moto.ec2.urls:url_paths",),
    "iam": ("moto.iam.urls:url_paths",),
    "resourcegroupstaggingapi": ("moto.resourcegroupstaggingapi.urls:url_paths",),
    "sagemakermetrics": (
        "moto.sagemakermetrics.models:sagemakermetrics_backends",
        "moto.sagemakermetrics.urls:url_paths",
    ),
    "sts": (
        "moto.sts.models:STSBackend.get_assumed_role_from_access_key",
        "moto.sts.models:sts_backends",
        "moto.sts.urls:url_paths",
    ),
}

# Of moto's server, which needs more to be installed than moto itself.
SERVER_NAMES = (
    "moto.moto_server.werkzeug_app:DomainDispatcherApplication.get_application",
    "moto.moto_server.werkzeug_app:DomainDispatcherApplication.get_backend_for_host",
    "moto.moto_server.werkzeug_app:DomainDispatcherApplication.infer_service_region_host",
    "moto.core.base_backend:AccountSpecificBackend.get_session",
    "moto.core.loaders:Loader.FILE_LOADER_CLASS",
    "moto.core.loaders:moto_root",
    "moto.core.utils:create_loader",
    "moto.backends:list_of_moto_modules",
    "moto.moto_server.werkzeug_app:DISABLE_GLOBAL_CORS",
    "moto.moto_server.werkzeug_app:create_backend_app",
)


# The names that were looked for and found: looking costs as much as starting a mock.
_found: set[tuple[str, ...]] = set()


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


def check(names: tuple[str, ...]) -> None:
    """Raise ImportError where moto lacks any of the names."""
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

"""The keys that IAM conditions can ask for, set from what a request says.

A key whose members the request leaves out is not set, so that `Null` and `IfExists` tell it
from one that is. source: documented, for which operation has which keys
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import cache
from typing import Any

from ..aws_json.iam_conditions import Keys, value_text

Members = Mapping[str, Any]

# Where a request has the values of a key, as JMESPath.
VPC = {
    "VpcSecurityGroupIds": "VpcConfig.SecurityGroupIds[]",
    "VpcSubnets": "VpcConfig.Subnets[]",
}
OF_CLUSTERS = {
    "InstanceTypes": (
        "[InstanceGroups[].[InstanceType, InstanceRequirements.InstanceTypes], "
        "RestrictedInstanceGroups[].InstanceType]"
    ),
    "VpcSecurityGroupIds": (
        "[VpcConfig.SecurityGroupIds, InstanceGroups[].OverrideVpcConfig.SecurityGroupIds, "
        "RestrictedInstanceGroups[].OverrideVpcConfig.SecurityGroupIds]"
    ),
    "VpcSubnets": (
        "[VpcConfig.Subnets, InstanceGroups[].OverrideVpcConfig.Subnets, "
        "RestrictedInstanceGroups[].OverrideVpcConfig.Subnets]"
    ),
}
FILE_SYSTEM = "InputDataConfig[].DataSource.FileSystemDataSource"
VARIANTS = "[ProductionVariants, ShadowProductionVariants][][]"
KEYS: dict[str, dict[str, str]] = {
    "CreateTrainingJob": {
        "InstanceTypes": (
            "[ResourceConfig.[InstanceType, InstanceGroups[].InstanceType, "
            "InstancePreferences[].InstanceType], ProfilerRuleConfigurations[].InstanceType, "
            "DebugRuleConfigurations[].InstanceType]"
        ),
        "KeepAlivePeriod": "ResourceConfig.KeepAlivePeriodInSeconds",
        "MaxRuntimeInSeconds": "StoppingCondition.MaxRuntimeInSeconds",
        "InterContainerTrafficEncryption": "EnableInterContainerTrafficEncryption",
        "NetworkIsolation": "EnableNetworkIsolation",
        "EnableRemoteDebug": "RemoteDebugConfig.EnableRemoteDebug",
        "OutputKmsKey": "OutputDataConfig.KmsKeyId",
        "VolumeKmsKey": "ResourceConfig.VolumeKmsKeyId",
        "FileSystemAccessMode": f"{FILE_SYSTEM}.FileSystemAccessMode",
        "FileSystemDirectoryPath": f"{FILE_SYSTEM}.DirectoryPath",
        "FileSystemId": f"{FILE_SYSTEM}.FileSystemId",
        "FileSystemType": f"{FILE_SYSTEM}.FileSystemType",
        **VPC,
    },
    "UpdateTrainingJob": {
        "InstanceTypes": "ProfilerRuleConfigurations[].InstanceType",
        "KeepAlivePeriod": "ResourceConfig.KeepAlivePeriodInSeconds",
        "EnableRemoteDebug": "RemoteDebugConfig.EnableRemoteDebug",
    },
    "CreateCluster": OF_CLUSTERS,
    "UpdateCluster": OF_CLUSTERS,
    "CreateEndpointConfig": {
        "AcceleratorTypes": f"{VARIANTS}.AcceleratorType",
        "InstanceTypes": f"{VARIANTS}.[InstanceType, InstancePools[].InstanceType]",
        "ServerlessMaxConcurrency": f"{VARIANTS}.ServerlessConfig.MaxConcurrency",
        "ServerlessMemorySize": f"{VARIANTS}.ServerlessConfig.MemorySizeInMB",
        "VolumeKmsKey": "KmsKeyId",
        "NetworkIsolation": "EnableNetworkIsolation",
        **VPC,
    },
    "CreateApp": {
        "InstanceTypes": "ResourceSpec.InstanceType",
        "ImageArns": "ResourceSpec.SageMakerImageArn",
        "ImageVersionArns": "ResourceSpec.SageMakerImageVersionArn",
        "StudioLifecycleConfigArns": "ResourceSpec.LifecycleConfigArn",
    },
}


def condition_keys(operation: str, members: Members, arn: Callable[[str, str], str]) -> Keys:
    """The keys of a request, in lower case, each with its values as texts.

    `arn` gives the ARN of a resource type and name in the caller's account and Region.
    """
    keys = {
        f"sagemaker:{key}".lower(): values
        for key, place in KEYS.get(operation, {}).items()
        if (values := [value_text(each) for each in _flat(_expression(place).search(members))])
    }
    if operation == "CreateEndpointConfig":
        models = _flat(_expression(f"{VARIANTS}.ModelName").search(members))
        if named := [arn("model", name) for name in models]:
            keys["sagemaker:modelarn"] = named
    if "UserProfileName" in members and operation in ("CreateApp", "DeleteApp"):
        owner = f"{members['DomainId']}/{members['UserProfileName']}"
        keys["sagemaker:owneruserprofilearn"] = [arn("user-profile", owner)]
    return {**keys, **request_tags(members)}


def request_tags(members: Members) -> dict[str, list[str]]:
    """The keys of a request that tags something."""
    tags = {tag["Key"]: tag["Value"] for tag in members.get("Tags", [])}
    names = [*tags, *members.get("TagKeys", [])]
    named = {f"aws:requesttag/{key}".lower(): [value] for key, value in tags.items()}
    return {**named, **({"aws:tagkeys": names} if names else {})}


def resource_tags(tags: Mapping[str, str]) -> dict[str, list[str]]:
    """The keys of a resource that carries tags; SageMaker's own is the same as IAM's."""
    return {
        f"{service}:resourcetag/{key}".lower(): [value]
        for service in ("aws", "sagemaker")
        for key, value in tags.items()
    }


@cache
def _expression(place: str) -> Any:
    import jmespath

    return jmespath.compile(place)


def _flat(value: Any) -> Iterator[Any]:
    """The values in lists within lists; none where there is nothing."""
    if isinstance(value, list):
        for each in value:
            yield from _flat(each)
    elif value is not None:
        yield value

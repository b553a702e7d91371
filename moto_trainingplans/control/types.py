"""What the calls of the control object take, for type checkers and editors."""

from __future__ import annotations

import os
from collections.abc import Mapping
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any, Literal, TypeAlias

Time = datetime | str | float
"""A datetime (UTC if naive), an ISO 8601 string, or epoch seconds."""

Duration = timedelta | float
"""A timedelta, or seconds."""

Rate = float | Decimal | str
"""USD; as a Decimal or text where each digit counts."""

# A scenario: the path of its file, or a dictionary of the same keys.
Source: TypeAlias = "str | os.PathLike[str] | Mapping[str, Any]"

Target = Literal["training-job", "hyperpod-cluster", "endpoint", "studio-apps"]
"""What a plan is for, in the service model's words."""

Unit = Literal["seconds", "milliseconds"]
"""Of the timestamp at which a job's instances are taken."""

Operation = Literal[
    # SageMaker
    "AddTags",
    "BatchAddClusterNodes",
    "BatchDeleteClusterNodes",
    "BatchRebootClusterNodes",
    "BatchReplaceClusterNodes",
    "CreateApp",
    "CreateCluster",
    "CreateEndpoint",
    "CreateEndpointConfig",
    "CreateTrainingJob",
    "CreateTrainingPlan",
    "DeleteApp",
    "DeleteCluster",
    "DeleteEndpoint",
    "DeleteTags",
    "DeleteTrainingJob",
    "DescribeApp",
    "DescribeCluster",
    "DescribeClusterEvent",
    "DescribeClusterNode",
    "DescribeClusterOperation",
    "DescribeEndpoint",
    "DescribeReservedCapacity",
    "DescribeTrainingJob",
    "DescribeTrainingPlan",
    "DescribeTrainingPlanExtensionHistory",
    "ExtendTrainingPlan",
    "ListApps",
    "ListClusterEvents",
    "ListClusterNodes",
    "ListClusterOperations",
    "ListClusters",
    "ListTags",
    "ListTrainingJobs",
    "ListTrainingPlans",
    "ListUltraServersByReservedCapacity",
    "MoveClusterNodes",
    "Search",
    "SearchTrainingPlanOfferings",
    "StartClusterHealthCheck",
    "StopTrainingJob",
    "UpdateCluster",
    "UpdateClusterSoftware",
    "UpdateEndpoint",
    "UpdateEndpointWeightsAndCapacities",
    "UpdateTrainingJob",
    # Service Quotas
    "GetAWSDefaultServiceQuota",
    "GetQuotaUtilizationReport",
    "GetRequestedServiceQuotaChange",
    "GetServiceQuota",
    "ListAWSDefaultServiceQuotas",
    "ListRequestedServiceQuotaChangeHistory",
    "ListRequestedServiceQuotaChangeHistoryByQuota",
    "ListServiceQuotas",
    "ListServices",
    "RequestServiceQuotaIncrease",
    "StartQuotaUtilizationReport",
]
"""An operation that is emulated; botocore models of other versions may lack some."""

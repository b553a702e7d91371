"""What a refused request is answered: the AWS code and text of every mistake."""

from __future__ import annotations

from ..simulation.kernel.errors import ServiceError
from ..simulation.quotas import errors

NO_SUCH_RESOURCE = "NoSuchResourceException"
ILLEGAL_ARGUMENT = "IllegalArgumentException"

# source: choice for every text; the codes are the model's
ANSWERS: dict[type[ServiceError], tuple[str, str]] = {
    errors.NoSuchQuota: (NO_SUCH_RESOURCE, "The service sagemaker has no quota {code}."),
    errors.NoSuchQuotaRequest: (
        NO_SUCH_RESOURCE,
        "There is no quota increase request {request_id}.",
    ),
    errors.NoSuchReport: (
        NO_SUCH_RESOURCE,
        "There is no quota utilization report {report_id}.",
    ),
    errors.QuotaNotIncreased: (
        ILLEGAL_ARGUMENT,
        "The desired value {desired} of the quota '{quota_name}' must be greater than "
        "the current value {value}.",
    ),
    errors.QuotaNotWhole: (
        ILLEGAL_ARGUMENT,
        "The desired value {desired} of the quota '{quota_name}' must be a whole number.",
    ),
    errors.QuotaRequestOpen: (
        "ResourceAlreadyExistsException",
        "There is an open increase request for the quota '{quota_name}' already.",
    ),
    errors.NotAResourceQuota: (
        ILLEGAL_ARGUMENT,
        "The quota {code} is the account's, and cannot be had for {context_id} alone.",
    ),
}

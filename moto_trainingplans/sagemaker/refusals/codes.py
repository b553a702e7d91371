"""The AWS codes of refusals that several kinds of requests share."""

from __future__ import annotations

from ...simulation.kernel.errors import ServiceError

VALIDATION = "ValidationException"
NOT_FOUND = "ResourceNotFound"
IN_USE = "ResourceInUse"
LIMIT_EXCEEDED = "ResourceLimitExceeded"
CONFLICT = "ConflictException"

# The code and text of each mistake; a text names the mistake's fields in braces.
Answers = dict[type[ServiceError], tuple[str, str]]

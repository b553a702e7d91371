"""What is refused before the simulation sees it, and how a refusal of its own is answered."""

from __future__ import annotations

from collections.abc import Mapping

from ..simulation.kernel.errors import ServiceError


class WireError(Exception):
    """A request that is refused before the simulation sees it."""

    status = 400

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message


class CallFailed(WireError):
    """A request that fails because the control object said so."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(code, message)
        # The errors that are the service's own fault. source: documented
        self.status = {"InternalFailure": 500, "ServiceUnavailable": 503}.get(code, 400)


class SerializationException(WireError):
    """A body that is not what the protocol says it should be."""

    def __init__(self, message: str) -> None:
        super().__init__("SerializationException", message)


class RequestEntityTooLarge(WireError):
    """A body that is longer than any request needs."""

    status = 413

    def __init__(self, most: int) -> None:
        super().__init__(
            "RequestEntityTooLargeException",
            f"The request body has more than {most} bytes, as sent or decompressed.",
        )


class ValidationException(WireError):
    """A request that does not satisfy the constraints of the model."""

    def __init__(self, message: str) -> None:
        super().__init__("ValidationException", message)


class UnknownOperationException(WireError):
    """A request for no operation of the service, or for one that nobody emulates."""

    status = 404

    def __init__(self, operation: str) -> None:
        super().__init__(
            "UnknownOperationException", f"The requested operation {operation[:100]} is not known."
        )


def answer_to(
    error: ServiceError,
    answers: Mapping[type[ServiceError], tuple[str, str]],
) -> WireError:
    """The AWS error that a mistake is answered with, by a service's table of them."""
    code, text = answers[type(error)]
    return WireError(code, text.format(**error.facts))

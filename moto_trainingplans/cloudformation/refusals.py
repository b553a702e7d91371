"""What makes a stack fail."""

from __future__ import annotations

from moto.core.exceptions import ServiceException


class ResourceRefused(ServiceException):
    """A resource that SageMaker refuses to create, update or delete.

    `logical_id` is its name in the template, None as long as nobody has said so.
    """

    logical_id: str | None = None

    def __init__(self, code: str, message: str) -> None:
        super().__init__(code, message)
        self.reason = f"Resource handler returned message: {message!r} ({code})"

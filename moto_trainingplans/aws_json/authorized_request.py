"""A request whose caller is known to moto, and what their policies say to it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from moto.iam.access_control import IAMRequest

from ..host.backend import present_world
from .errors import WireError
from .iam import Decision, Permission, decide, statements_of
from .iam_conditions import Keys

Needs = Callable[[], Iterable[Permission]]


class AuthorizedRequest(IAMRequest):
    """A request whose caller moto knows, and which needs several permissions at once."""

    def __init__(
        self, needs: Needs, wish: Permission | None, granted: list[bool], **request: Any
    ) -> None:
        if "Authorization" not in request["headers"]:
            raise WireError("MissingAuthenticationTokenException", "Missing Authentication Token")
        self._needs = needs
        self._wish = wish
        self._granted = granted
        super().__init__(**request)

    def check_signature(self) -> None:
        """Whether the caller has the secret key."""
        try:
            super().check_signature()
        except KeyError as missing:
            raise WireError(
                "IncompleteSignatureException", f"The request must be signed with {missing}."
            ) from None

    def check_action_permitted(self, resource: str) -> None:  # noqa: ARG002
        """Whether the caller's policies give every permission that is needed."""
        statements = list(statements_of(self._access_key.collect_policies()))
        caller = self._keys_of_the_caller()

        def decided(permission: Permission) -> Decision:
            keys = {**caller, **permission.keys}
            return decide(statements, Permission(permission.action, permission.resource, keys))

        for permission in self._needs():
            decision = decided(permission)
            if decision is not Decision.ALLOWED:
                raise _denial(self._access_key.arn, permission, decision)
        if self._wish is not None:
            self._granted[0] = decided(self._wish) is Decision.ALLOWED

    def _keys_of_the_caller(self) -> Keys:
        """The keys that every request has. source: documented"""
        arn = self._access_key.arn
        with present_world() as world:
            now = world.now
        kind, _, name = arn.split(":", 5)[-1].partition("/")
        keys = {
            "aws:principalarn": [arn],
            "aws:principalaccount": [self.account_id],
            "aws:principaltype": ["User" if kind == "user" else "AssumedRole"],
            "aws:requestedregion": [self._region],
            "aws:currenttime": [now.isoformat()],
            "aws:epochtime": [str(int(now.timestamp()))],
        }
        if kind == "user":
            keys["aws:username"] = [name.rpartition("/")[2]]
        return keys


def _denial(caller: str, permission: Permission, decision: Decision) -> WireError:
    because = (
        "with an explicit deny in an identity-based policy"
        if decision is Decision.DENIED
        else f"because no identity-based policy allows the {permission.action} action"
    )
    return WireError(
        "AccessDeniedException",
        f"User: {caller} is not authorized to perform: {permission.action} "
        f"on resource: {permission.resource} {because}",
    )

"""Who may do what: whether the caller of a request has the permissions that it needs.

Only looked at where moto's own authorization is switched on. moto finds out who calls and
checks the signature; which policies they have is its answer too, what these say is ours.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial
from typing import Any

from werkzeug.exceptions import HTTPException

from ..host.journal import under_way
from .errors import WireError
from .iam import Permission

Needs = Callable[[], Iterable[Permission]]


def authorize(response: Any, needs: Needs, wish: Permission | None = None) -> bool:
    """Have moto authenticate the caller of a response of its, if it is told to, then authorize.

    `needs` is only asked for once the caller is known. Raises WireError for callers who may not.
    Returns whether the caller has what is wished for besides, without which the request is done
    all the same.
    """
    granted = [True]
    try:
        response._authenticate_and_authorize_action(
            partial(_authorized_request, needs, wish, granted)
        )
    except HTTPException as denied:
        # moto answers in XML what a JSON service must answer in JSON.
        raise WireError(denied.error_type, denied.message) from None  # type: ignore[attr-defined]
    request = under_way.get()
    if request is not None:
        if request.replayed is not None:
            return not request.denied
        request.denied = not granted[0]
    return granted[0]


def _authorized_request(*given: Any, **request: Any) -> Any:
    # moto's IAM takes longer to import than SageMaker, and most never switch authorization on.
    from .authorized_request import AuthorizedRequest

    return AuthorizedRequest(*given, **request)

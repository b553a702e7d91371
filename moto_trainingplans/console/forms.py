"""What a form has sent: texts by name, from a query or a JSON object."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from datetime import date, datetime, time, timedelta, timezone
from typing import Any

from flask import abort, request

_WHOLE = re.compile(r"[+-]?[0-9]{1,18}")


class Form:
    """Texts by name. What is not there is empty; whoever asks for one gets the last of several."""

    def __init__(self, fields: Mapping[str, list[str]]) -> None:
        self._fields = fields

    def __contains__(self, name: str) -> bool:
        return name in self._fields

    @property
    def typed(self) -> dict[str, str]:
        """Each field's text by its name, for a form to be shown again as it was."""
        return {name: self.text(name) for name in self._fields}

    def text(self, name: str, default: str = "") -> str:
        """A text, without the spaces around it."""
        values = self._fields.get(name)
        return values[-1].strip() if values else default

    def texts(self, name: str) -> list[str]:
        """All texts of that name, as they are."""
        return list(self._fields.get(name, []))

    def whole(self, name: str) -> int | str | None:
        """A whole number; a text that is none, for AWS to refuse; None where nothing is."""
        text = self.text(name)
        if not text:
            return None
        return int(text) if _WHOLE.fullmatch(text) else text

    def day(self, name: str, *, end: bool = False) -> int | str | None:
        """The beginning of a day in UTC, or its end, in epoch seconds.

        A text that is no day is given as it is, for AWS to refuse; None where nothing is.
        """
        text = self.text(name)
        if not text:
            return None
        try:
            day = date.fromisoformat(text) + timedelta(days=1 if end else 0)
        except (ValueError, OverflowError):
            return text
        return int(datetime.combine(day, time(), timezone.utc).timestamp())

    def days(self, name: str, unit: str) -> int | str | None:
        """A duration in hours, of a number of days or hours, whichever its unit says."""
        count = self.whole(name)
        return count * 24 if isinstance(count, int) and self.text(unit) != "hours" else count

    def only(self, names: Iterable[str]) -> dict[str, str]:
        """Those of these names that are not empty."""
        return {name: self.text(name) for name in names if self.text(name)}


def asked() -> Form:
    """What the query of the address says."""
    return Form(dict(request.args.lists()))


def posted() -> Form:
    """What was posted, as JSON: a page of another site cannot send that unasked.

    A body that is no JSON object of texts and lists of texts is refused with 400, another
    content type with 415.
    """
    if request.mimetype != "application/json":
        abort(415, "Forms of the console are posted as application/json.")
    try:
        content = json.loads(request.get_data())
    except (ValueError, RecursionError):
        content = None
    if not isinstance(content, dict):
        abort(400, "The body must be a JSON object.")
    return Form({name: _texts(name, value) for name, value in content.items()})


def _texts(name: str, value: Any) -> list[str]:
    values = value if isinstance(value, list) else [value]
    if not all(isinstance(each, str) for each in values):
        abort(400, f"The field {name!r} must be a text, or a list of texts.")
    return values

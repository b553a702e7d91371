"""Scenario files: TOML, or JSON, read into values that JSON has."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

from ...simulation.kernel.errors import TrainingPlansError
from ..tracebacks import hide_misuse

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

__tracebackhide__ = hide_misuse


def read_source(source: Any) -> tuple[Any, str | None]:
    """What a path or a table says, in values that JSON has; and the name of the file, if any.

    A file that begins with a brace is JSON, any other TOML. Raises TrainingPlansError for a
    file that cannot be read, with the line where it is known, and for what is neither.
    """
    if isinstance(source, Mapping):
        try:
            return _plain(source), None
        except RecursionError:
            raise TrainingPlansError(
                "a scenario cannot be read that contains itself, or is nested as deeply"
            ) from None
    if not isinstance(source, (str, os.PathLike)):
        raise TrainingPlansError(
            f"a scenario is the path of a file, or a dictionary, not {type(source).__name__}"
        )
    name = _shown(Path(source))
    try:
        text = Path(source).read_text(encoding="utf-8-sig")
    except OSError as problem:
        raise TrainingPlansError(f"{name} cannot be read: {problem.strerror}") from None
    except ValueError:
        raise TrainingPlansError(f"{name} cannot be read: it is not UTF-8 text") from None
    return read_text(text, name), name


def read_text(text: str, name: str) -> Any:
    """What the text of a file says, as `read_source` has it; `name` is what an error calls it."""
    try:
        if text.lstrip().startswith("{"):
            return json.loads(text)
        return _plain(tomllib.loads(text))
    except (tomllib.TOMLDecodeError, json.JSONDecodeError) as wrong:
        kind = "JSON" if isinstance(wrong, json.JSONDecodeError) else "TOML"
        raise TrainingPlansError(f"{name} is not {kind}: {wrong}") from None
    except (RecursionError, ValueError) as wrong:
        raise TrainingPlansError(f"{name} cannot be read: {wrong}") from None


def _shown(path: Path) -> str:
    """A path as one would write it here."""
    if path.is_absolute() and path.is_relative_to(Path.cwd()):
        return str(path.relative_to(Path.cwd()))
    return str(path)


def _plain(value: Any) -> Any:
    """The same in values that JSON has; what has none there is left for whoever reads it."""
    if isinstance(value, Mapping):
        return {str(key): _plain(member) for key, member in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(member) for member in value]
    if isinstance(value, (datetime, date, time)):
        return value.isoformat()
    if isinstance(value, timedelta):
        return value.total_seconds()
    return str(value) if isinstance(value, Decimal) else value

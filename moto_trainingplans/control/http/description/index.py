"""The page that a browser gets: what there is, and how each call is made."""

from __future__ import annotations

import json
import shlex
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

import botocore
import moto
from jinja2 import Environment, PackageLoader, StrictUndefined, Template

from ....host.backend import current_world
from ....version import __version__
from ...addresses import PREFIX
from ...kinds import Argument
from ...perform import PUBLIC_CALLS, arguments_of
from ..routes import READABLE
from .openapi import OTHERS, TAGS, example_of, group_of, summary_of

# For SDKs that are to find the server: any credentials do, but they want some.
VARIABLES = {
    "AWS_ENDPOINT_URL": "",
    "AWS_ACCESS_KEY_ID": "testing",
    "AWS_SECRET_ACCESS_KEY": "testing",
    "AWS_DEFAULT_REGION": "us-west-2",
}


@dataclass(frozen=True)
class ShownCall:
    """A call as the page shows it."""

    name: str
    summary: str
    arguments: list[tuple[Argument, str]]
    curl: str
    fetched_at: list[str]


def page(address: str) -> str:
    """The page, of a server that is reached at an address, as "http://127.0.0.1:5000"."""
    world = current_world()
    groups: dict[str, list[ShownCall]] = {name: [] for name in TAGS}
    for name in PUBLIC_CALLS:
        groups[group_of(name)].append(_shown(name, address))
    return _template().render(
        address=address,
        now=f"{world.shown_time:%Y-%m-%d %H:%M:%S} UTC",
        flow=world.clock.flow,
        versions={
            "moto-trainingplans": __version__,
            "moto": moto.__version__,
            "botocore": botocore.__version__,
        },
        variables={**VARIABLES, "AWS_ENDPOINT_URL": address},
        groups=groups,
        descriptions=TAGS,
        others=OTHERS,
    )


@cache
def _template() -> Template:
    environment = Environment(
        loader=PackageLoader(__package__),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return environment.get_template("index.html")


def _shown(name: str, address: str) -> ShownCall:
    return ShownCall(
        name,
        summary_of(name),
        [(each, _values(each)) for each in arguments_of(name).values()],
        curl_line(address, name, example_of(name)),
        [path for path, call in READABLE.items() if call == name],
    )


def curl_line(address: str, name: str, arguments: Mapping[str, Any]) -> str:
    """The line of a shell that makes a call."""
    body = shlex.quote(json.dumps(arguments))
    url = shlex.quote(f"{address}{PREFIX}{name}")
    return f"curl -H 'Content-Type: application/json' -d {body} {url}"


def _values(argument: Argument) -> str:
    """What an argument may be, in words."""
    if argument.kind is None:
        return "anything"
    words = argument.kind.words
    if argument.required:
        return words
    default = json.dumps(argument.default)
    return f"{words}; {default} if left out"

"""The same call in other words: AWS CLI, boto3, curl, the control object."""

from __future__ import annotations

import json
import shlex
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from botocore import xform_name

from ..control.addresses import PREFIX
from ..control.perform import PUBLIC_CALLS

if TYPE_CHECKING:
    from .place import Place

ROLE = "console"  # any name: moto lets every role be assumed
LINE = 76
# As the beginning of an option's value: the CLI would read what is there instead.
LOADED = ("file://", "fileb://", "http://", "https://")


def of_aws(
    endpoint: str, place: Place, service: str, operation: str, members: Mapping[str, Any]
) -> dict[str, str]:
    """A call as a line of the AWS CLI and as Python with boto3, by the names of the two."""
    return {
        "AWS CLI": _cli(endpoint, place, service, operation, members),
        "boto3": _boto3(endpoint, place, service, operation, members),
    }


def of_control(endpoint: str, name: str, arguments: Mapping[str, Any]) -> dict[str, str]:
    """A control call as a line of curl and as Python, by the names of the two.

    What the control object has no method for, since it asks it by itself, has no Python.
    """
    body = shlex.quote(json.dumps(arguments))
    curl = (
        f"curl -H 'Content-Type: application/json' -d {body} "
        f"{shlex.quote(endpoint + PREFIX + name)}"
    )
    if name not in PUBLIC_CALLS:
        return {"curl": curl}
    written = ", ".join(f"{key}={value!r}" for key, value in arguments.items())
    python = (
        "from moto_trainingplans import connect\n\n"
        f"plans = connect({endpoint!r})\n"
        f"plans.{name.replace('/', '.')}({written})"
    )
    return {"curl": curl, "Python": python}


def _cli(
    endpoint: str, place: Place, service: str, operation: str, members: Mapping[str, Any]
) -> str:
    where = ["--endpoint-url", endpoint, "--region", place.region]
    words = ["aws", service, xform_name(operation, "-"), *where]
    if any(isinstance(value, str) and value.startswith(LOADED) for value in members.values()):
        words += ["--cli-input-json", json.dumps(members)]
    else:
        for name, value in members.items():
            words += _option(name, value)
    command = " ".join(map(shlex.quote, words))
    if place.is_default_account:
        return command
    role = f"arn:aws:iam::{place.account}:role/{ROLE}"
    assume = ["aws", "sts", "assume-role", *where, "--role-arn", role, "--role-session-name", ROLE]
    query = "Credentials.[AccessKeyId,SecretAccessKey,SessionToken]"
    assume += ["--output", "text", "--query", query]
    return (
        "read -r AWS_ACCESS_KEY_ID AWS_SECRET_ACCESS_KEY AWS_SESSION_TOKEN < <("
        f"{' '.join(map(shlex.quote, assume))})\n"
        "export AWS_ACCESS_KEY_ID AWS_SECRET_ACCESS_KEY AWS_SESSION_TOKEN\n"
        f"{command}"
    )


def _option(name: str, value: Any) -> list[str]:
    option = f"--{xform_name(name, '-')}"
    if isinstance(value, bool):
        return [option if value else f"--no-{option[2:]}"]
    if isinstance(value, list) and value and all(_is_plain(each) for each in value):
        return [option, *value]
    if isinstance(value, (list, dict)):
        return [option, json.dumps(value)]
    text = str(value)
    return [f"{option}={text}"] if text.startswith("-") else [option, text]


def _is_plain(value: Any) -> bool:
    """Whether a value of a list is written as it is: a text that is not taken for an option."""
    return isinstance(value, str) and not value.startswith(("-", "[", "{"))


def _boto3(
    endpoint: str, place: Place, service: str, operation: str, members: Mapping[str, Any]
) -> str:
    where = f"region_name={place.region!r}, endpoint_url={endpoint!r}"
    lines = ["import boto3", ""]
    session = "boto3"
    if not place.is_default_account:
        role = f"arn:aws:iam::{place.account}:role/{ROLE}"
        lines += [
            f"role = boto3.client('sts', {where}).assume_role(",
            f"    RoleArn={role!r}, RoleSessionName={ROLE!r}",
            ")['Credentials']",
            "session = boto3.Session(",
            "    role['AccessKeyId'], role['SecretAccessKey'], role['SessionToken']",
            ")",
        ]
        session = "session"
    lines.append(f"client = {session}.client({service!r}, {where})")
    call = f"client.{xform_name(operation)}("
    written = [f"{name}={value!r}" for name, value in members.items()]
    if len(call) + len(", ".join(written)) < LINE:
        lines.append(f"{call}{', '.join(written)})")
    else:
        lines += [call, *(f"    {each}," for each in written), ")"]
    return "\n".join(lines)

"""The entries of a journal, as a saved state has them."""

from __future__ import annotations

from base64 import b64decode, b64encode
from collections.abc import Mapping
from typing import Any

from ...aws_json.repeating import SERVICES
from ...host.draws import SEED_BITS
from ...host.journal import (
    ControlEntry,
    Effects,
    Entry,
    Moment,
    RequestEntry,
    SeedEntry,
    SettingsEntry,
)
from ...host.journaled_world import MODELS
from ...simulation.kernel.clock import check_time
from ..calls import CHANGING
from .fields import Damaged, Fields, plain_number, time_text

Json = dict[str, Any]


def entry_to_json(entry: Entry) -> Json:
    """An entry as JSON has it."""
    shown: Json = {"at": time_text(entry.moment.at)}
    if not entry.moment.begun:
        shown["begun"] = False
    if isinstance(entry, SeedEntry):
        return {**shown, "seed": entry.seed}
    if isinstance(entry, SettingsEntry):
        return {**shown, "settings": dict(entry.settings)}
    if isinstance(entry, ControlEntry):
        arguments = {key: _plain(value) for key, value in entry.arguments.items()}
        shown.update(call=entry.name, arguments=arguments)
        return shown if entry.ordered_at is None else {**shown, "ordered_at": entry.ordered_at}
    return {**shown, **_request_to_json(entry)}


def _plain(value: Any) -> Any:
    return plain_number(value) if isinstance(value, float) else value


def _request_to_json(entry: RequestEntry) -> Json:
    shown: Json = {
        "service": entry.service,
        "account": entry.account,
        "region": entry.region,
        "access_key": entry.access_key,
        "headers": dict(entry.headers),
    }
    if entry.path != "/":
        shown["path"] = entry.path
    try:
        shown["body"] = entry.body.decode()
    except UnicodeDecodeError:
        shown["base64"] = b64encode(entry.body).decode()
    effects = entry.effects
    if effects.seed is not None:
        shown["draws"] = f"{effects.seed:x}"  # some readers of JSON would round it
    if effects.refused:
        shown["refused"] = True
    if effects.denied:
        shown["denied"] = True
    if effects.found is not None:
        shown["found"] = effects.found
    return shown


def entry_from_json(where: str, content: Any) -> Entry:
    """The entry that JSON has; raises Damaged for none."""
    fields = Fields(where, content)
    moment = Moment(check_time(fields.time("at")), fields.get("begun", bool, default=True))
    if "seed" in content:
        return SeedEntry(moment, fields.get("seed", str))
    if "settings" in content:
        return SettingsEntry(moment, settings_from_json(where, content["settings"]))
    if "call" in content:
        name = fields.get("call", str)
        if name not in CHANGING:
            raise Damaged(f"{where} is a call of {name!r}, which no state has")
        arguments: Mapping[str, Any] = fields.get("arguments", dict)
        if name == "load" and arguments.keys() != {"source", "name"}:
            raise Damaged(f"{where} has no arguments as they should be")
        return ControlEntry(moment, name, arguments, fields.get("ordered_at", str, default=None))
    return _request_from_json(where, fields, moment)


def _request_from_json(where: str, fields: Fields, moment: Moment) -> RequestEntry:
    service = fields.get("service", str)
    if service not in SERVICES:
        raise Damaged(f"{where} is a request to {service!r}, which no state has")
    body = fields.get("body", str, default=None)
    encoded = fields.get("base64", str, default="")
    draws = fields.get("draws", str, default=None)
    try:
        content = b64decode(encoded, validate=True) if body is None else body.encode()
        seed = None if draws is None else int(draws, 16)
    except ValueError:
        raise Damaged(f"{where} has no body, or no draws, as it should be") from None
    if seed is not None and not 0 <= seed < 2**SEED_BITS:
        raise Damaged(f"{where} has no draws as they should be")
    headers = fields.get("headers", dict)
    if not all(isinstance(each, str) for pair in headers.items() for each in pair):
        raise Damaged(f"{where} has no headers as they should be")
    return RequestEntry(
        moment,
        service,
        fields.get("account", str),
        fields.get("region", str),
        fields.get("access_key", str),
        fields.get("path", str, default="/"),
        tuple(headers.items()),
        content,
        Effects(
            seed,
            fields.get("refused", bool, default=False),
            fields.get("denied", bool, default=False),
            fields.get("found", str, default=None),
        ),
    )


def settings_from_json(where: str, content: Any) -> Mapping[str, Any]:
    """The state manager's settings of the simulation's models."""
    fields = Fields(where, content)
    unknown = content.keys() - set(MODELS)
    if unknown:
        raise Damaged(f"{where} has settings of {min(unknown)!r}, which no simulation has")
    return {name: fields.get(name, dict) for name in content}

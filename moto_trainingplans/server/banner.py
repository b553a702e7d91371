"""What the server says of itself when it begins."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

from ..host.journaled_world import Startup
from .guard import ANY, Policy
from .limits import CONTROL
from .settings import Settings

CONSOLE = f"{CONTROL}/console"


def show(settings: Settings, url: str, startup: Startup, states: Sequence[Path] = ()) -> None:
    """Write it to standard error, as all that is for people and not for programs."""
    # The first line is as moto's server has it: there are those who wait for it.
    lines = [f" * Running on {url}"]
    if CONSOLE in settings.mounts:
        lines.append(f"   console   {url}{CONSOLE}")
    lines += [
        f"   clock     {_clock(startup)}",
        *(f"   scenario  {each.name}" for each in startup.scenarios),
        *(f"   state     {each}, saved at the stop and by POST .../save" for each in states),
        f"   guard     {_guard(settings)}",
        f"   SDKs      export AWS_ENDPOINT_URL={url}",
        "             export AWS_ACCESS_KEY_ID=testing AWS_SECRET_ACCESS_KEY=testing",
        "             export AWS_DEFAULT_REGION=us-west-2",
        "   stop      Ctrl+C",
    ]
    print("\n".join(lines), file=sys.stderr, flush=True)


def _clock(startup: Startup) -> str:
    begins = "the machine's time" if startup.now is None else f"{startup.now:%Y-%m-%dT%H:%M:%SZ}"
    if startup.speed == 0:
        return f"{begins}, frozen"
    if startup.speed == 1:
        return begins if startup.now is None else f"{begins}, then as time passes"
    return f"{begins}, {startup.speed:,g} seconds a second"


def _guard(settings: Settings) -> str:
    policy = Policy(settings.host, settings.hosts, settings.origins)
    names = [each for each in sorted(policy.hosts) if each not in {"127.0.0.1", "::1", "localhost"}]
    hosts = ", ".join(["localhost", *names])
    if ANY in policy.origins:
        return f"OFF: pages of any origin may ask (--allow-origin '*'); asked for as {hosts}"
    pages = f"pages of {', '.join(sorted(policy.origins))}" if policy.origins else "no other pages"
    return f"asked for as {hosts} (--allow-host), by {pages} (--allow-origin)"

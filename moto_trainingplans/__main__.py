"""The command line: `moto-trainingplans server` and `moto-trainingplans demo`."""

from __future__ import annotations

import argparse
import gc
import os
import re
import sys
from collections.abc import Callable, Sequence
from contextlib import suppress
from ipaddress import ip_address
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from .requirements import check
from .simulation.kernel.clock import EARLIEST, FASTEST, LATEST, check_speed, check_time
from .simulation.kernel.errors import TrainingPlansError

if TYPE_CHECKING:
    from .control.scenarios.scenario import Scenario
    from .control.states.file import StateFile
    from .host.journaled_world import Startup

HIGHEST_PORT = 65535
HOST_NAME = re.compile(r"[\w-]+(\.[\w-]+)*\.?", re.ASCII)
MOST_MEBIBYTES = 1024 * 1024
# How many new objects a server makes before it looks for garbage, until it serves. With the
# interpreter's 700 that takes a sixth of the time of a start, in which nothing is thrown away.
GARBAGE_THRESHOLDS = (50_000, 20, 100)


class _Version(argparse.Action):
    """`--version`: what is installed, and which moto and botocore it works with."""

    def __call__(self, *_: Any, **__: Any) -> None:
        from importlib.metadata import version

        names = ("moto-trainingplans", "moto", "botocore")
        print(", ".join(f"{name} {version(name)}" for name in names))
        sys.exit(0)


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command that the arguments name."""
    known, rest = _parser().parse_known_args(arguments)
    if rest:
        # Of the command, not of all commands.
        known.parser.error(f"unrecognized arguments: {' '.join(rest)}")
    try:
        check()
    except ImportError as too_old:
        sys.exit(str(too_old))
    known.run(known)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="moto-trainingplans", description="Amazon SageMaker training plans for moto."
    )
    parser.add_argument(
        "--version", action=_Version, nargs=0, help="the versions of this, moto and botocore"
    )
    commands = parser.add_subparsers(dest="command", required=True, metavar="command")
    _add_server(commands)
    _add_demo(commands)
    return parser


def _add_server(commands: Any) -> None:
    parser = commands.add_parser(
        "server",
        help="serve all of moto, plus training plans",
        description="Serve all of moto, plus training plans, until interrupted.",
    )
    parser.add_argument(
        "-H",
        "--host",
        default="127.0.0.1",
        help="the address to listen on (default %(default)s, this machine alone)",
    )
    parser.add_argument(
        "-p",
        "--port",
        metavar="PORT",
        type=_checked(_to_port),
        default=os.environ.get("MOTO_PORT", "5000"),
        help=f"the port, 1 to {HIGHEST_PORT}, or 0 for a free one (default 5000, or MOTO_PORT)",
    )
    parser.add_argument(
        "--now",
        metavar="WHEN",
        type=_checked(_to_start),
        help="the simulation's time at the start and after each reset: ISO 8601 or epoch "
        f"seconds, from {EARLIEST:%Y-%m-%d} to {LATEST:%Y-%m-%d} (default the machine's)",
    )
    parser.add_argument(
        "--speed",
        metavar="N",
        type=_checked(_to_speed),
        help=f"simulated seconds a real second, 0 (frozen) to {FASTEST:,.0f} (default 1)",
    )
    parser.add_argument(
        "--scenario",
        metavar="FILE",
        type=_checked(_to_scenario),
        help="a TOML file of what is set and ordered at the start and after each reset; "
        "--now and --speed outweigh its clock",
    )
    parser.add_argument(
        "--state",
        metavar="FILE",
        type=Path,
        help="go on from the state in this file if it is there, and save it there at the stop; "
        "its clock outweighs --now and --speed, which hold after moto's own resets",
    )
    parser.add_argument(
        "--allow-host",
        metavar="NAME",
        type=_checked(_to_host),
        action="append",
        default=[],
        help="another name that leads to this server, besides localhost and --host; "
        "'*' for any; repeatable",
    )
    parser.add_argument(
        "--allow-origin",
        metavar="ORIGIN",
        type=_checked(_to_origin),
        action="append",
        default=[],
        help="another origin whose pages may ask this server, as http://localhost:3000; "
        "'*' for any; repeatable",
    )
    parser.add_argument(
        "--max-body",
        metavar="MIB",
        type=_checked(_to_mebibytes),
        default="1024",
        help="the largest body of a request, in MiB (default %(default)s); those of SageMaker, "
        "Service Quotas and the control calls may have 8",
    )
    parser.add_argument(
        "--access-log", action="store_true", help="a line for each request, on standard error"
    )
    # moto's own server has these too.
    parser.add_argument(
        "-s", "--ssl", action="store_true", help="https, with a certificate made at the start"
    )
    parser.add_argument("-c", "--ssl-cert", metavar="FILE", help="https, with this certificate")
    parser.add_argument("-k", "--ssl-key", metavar="FILE", help="and this private key of it")
    parser.set_defaults(parser=parser, run=_serve)


def _add_demo(commands: Any) -> None:
    parser = commands.add_parser(
        "demo",
        help="walk through a plan's life, from the search to its end, in the terminal",
        description="Walk through a plan's life, from the search to its end, in the terminal.",
    )
    parser.add_argument(
        "--svg", metavar="FILE", type=Path, help="write the picture of the README instead"
    )
    parser.set_defaults(parser=parser, run=lambda known: _demo(known.svg))


def _checked(convert: Callable[[str], Any]) -> Callable[[str], Any]:
    """A converter whose misuse is answered by the command's own usage."""

    def converted(text: str) -> Any:
        try:
            return convert(text)
        except TrainingPlansError as misuse:
            raise argparse.ArgumentTypeError(str(misuse)) from None

    return converted


def _to_port(text: str) -> int:
    if text.isascii() and text.isdigit() and int(text) <= HIGHEST_PORT:
        return int(text)
    raise TrainingPlansError(f"must be a whole number from 0 to {HIGHEST_PORT}, not {text!r}")


def _to_start(text: str) -> Any:
    from .control.values import to_time

    return check_time(to_time("--now", _number_or_text(text)))


def _to_speed(text: str) -> float:
    number = _number_or_text(text)
    if isinstance(number, str):
        raise TrainingPlansError(f"must be a number, not {text!r}")
    return check_speed(number)


def _to_scenario(text: str) -> Scenario:
    from .control.scenarios.files import read_source
    from .control.scenarios.scenario import read_scenario

    return read_scenario(*read_source(text))


def _to_host(text: str) -> str:
    """A name as requests have it, for one that they cannot have would let nothing in."""
    if text == "*" or _is_address(text.strip("[]")) or HOST_NAME.fullmatch(text):
        return text
    raise TrainingPlansError(
        f"must be a name or an address without a port, as moto, or '*' for any, not {text!r}"
    )


def _is_address(text: str) -> bool:
    try:
        ip_address(text)
    except ValueError:
        return False
    return True


def _to_origin(text: str) -> str:
    """An origin as browsers send it, for another would let nothing in."""
    with suppress(ValueError):
        url = urlsplit(text)
        default = {"http": 80, "https": 443}.get(url.scheme)
        sent = f"{url.scheme}://{url.netloc}"
        if text in {"*", "null"} or (
            (default and url.hostname and url.port != default)
            and ("@" not in text and text.lower() == sent.lower())
        ):
            return text
    raise TrainingPlansError(
        "must be as browsers send it, as http://localhost:3000 or https://app.example, or '*' for "
        f"any, not {text!r}"
    )


def _to_mebibytes(text: str) -> int:
    if text.isascii() and text.isdigit() and 0 < int(text) <= MOST_MEBIBYTES:
        return int(text) * 1024 * 1024
    raise TrainingPlansError(f"must be a whole number from 1 to {MOST_MEBIBYTES}, not {text!r}")


def _number_or_text(text: str) -> float | str:
    """Numbers come from the command line as text."""
    try:
        return float(text)
    except ValueError:
        return text


def _serve(known: argparse.Namespace) -> None:
    if (known.ssl_cert is None) != (known.ssl_key is None):
        known.parser.error("--ssl-cert and --ssl-key are given together")
    gc.set_threshold(*GARBAGE_THRESHOLDS)
    try:
        from .server.serving import serve
        from .server.settings import Settings
    except ImportError as missing:
        sys.exit(f"{missing}. The server needs: pip install 'moto-trainingplans[server]'")
    settings = Settings(
        host=known.host,
        port=known.port,
        hosts=known.allow_host,
        origins=known.allow_origin,
        largest_body=known.max_body,
        tls=_tls(known) if known.ssl or known.ssl_cert else None,
        access_log=known.access_log,
    )
    startup = _startup(known)
    state = None
    try:
        state = None if known.state is None else _state_file(known.state)
        serve(settings, startup, state=state)
    except TrainingPlansError as refused:
        known.parser.error(f"argument --state: {refused}")
    except (OSError, UnicodeError) as problem:  # a name that no machine can have is the latter
        sys.exit(f"cannot listen on {known.host}, port {known.port}: {problem}")
    finally:
        if state is not None:
            state.release()


def _state_file(path: Path) -> StateFile:
    from .control.states.file import StateFile, keep_in

    file = StateFile(path)
    keep_in(file)
    return file


def _startup(known: argparse.Namespace) -> Startup:
    """How simulations begin: as the options say, and the scenario where they do not."""
    from .host.journaled_world import Startup
    from .host.outside import outside

    now, speed, scenario = known.now, known.speed, known.scenario
    if scenario is None:
        return Startup(now, 1.0 if speed is None else speed)
    begin, flow = scenario.start.outweighed_by(now, 0.0 if now is None else 1.0)
    try:
        scenario.check(begin or outside.time())
    except TrainingPlansError as misuse:
        known.parser.error(f"argument --scenario: {misuse}")
    flow = 1.0 if flow is None else flow
    return Startup(begin, flow if speed is None else speed, (scenario,))


def _tls(known: argparse.Namespace) -> Any:
    from .server.tls import context_of, context_of_new_certificate

    if known.ssl_cert is None:
        return context_of_new_certificate(known.host)
    try:
        return context_of(known.ssl_cert, known.ssl_key)
    except OSError as problem:
        known.parser.error(
            f"{known.ssl_cert} and {known.ssl_key} are no certificate and its key: {problem}"
        )


def _demo(picture: Path | None) -> None:
    try:
        from .demo.command import run, write_picture
    except ImportError as missing:
        sys.exit(f"{missing}. The demo needs: pip install 'moto-trainingplans[demo]'")
    if picture is None:
        run()
        return
    try:
        write_picture(picture)
    except OSError as problem:
        sys.exit(f"the picture cannot be written: {problem}")


if __name__ == "__main__":
    main()

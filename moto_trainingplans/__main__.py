"""The command line: `moto-trainingplans server` and `moto-trainingplans demo`."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command that the arguments name."""
    parser = argparse.ArgumentParser(
        prog="moto-trainingplans", description="Amazon SageMaker training plans for moto."
    )
    commands = parser.add_subparsers(dest="command", required=True, metavar="command")
    server = commands.add_parser(
        "server",
        help="serve all of moto, plus training plans",
        description="Serve all of moto, plus training plans. What is not listed here goes to "
        "moto's own server, such as -s for HTTPS.",
    )
    server.add_argument("-H", "--host", default="127.0.0.1", help="the address to listen on")
    server.add_argument("-p", "--port", type=int, default=5000, help="the port, 0 for a free one")
    server.add_argument("--now", metavar="WHEN", help="the simulation's time at the start")
    server.add_argument(
        "--speed",
        metavar="N",
        type=float,
        default=1.0,
        help="simulated seconds a real second, 0 to stand still (default 1)",
    )
    demo = commands.add_parser(
        "demo",
        help="walk through a plan's life, from the search to its end, in the terminal",
        description="Walk through a plan's life, from the search to its end, in the terminal.",
    )
    demo.add_argument(
        "--svg", metavar="FILE", type=Path, help="write the picture of the README instead"
    )
    known, rest = parser.parse_known_args(arguments)
    if known.command == "server":
        _serve(parser, known, rest)
        return
    if rest:
        parser.error(f"unrecognized arguments: {' '.join(rest)}")
    _demo(known.svg)


def _serve(parser: argparse.ArgumentParser, known: argparse.Namespace, rest: list[str]) -> None:
    try:
        from .server import serve
    except ImportError as missing:
        sys.exit(f"{missing}. The server needs: pip install 'moto-trainingplans[server]'")
    from .simulation.kernel.errors import TrainingPlansError

    try:
        serve(known.host, known.port, known.now, known.speed, rest)
    except TrainingPlansError as misuse:
        parser.error(str(misuse))


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

"""The commands that pages print, run as printed: in an empty shell, all of a page in one.

Where they run are the files that the page shows.

Two things differ: what `pip` would install is here already, and a server takes a free port
instead of 5000.
"""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

import pytest

from tests.support.examples import PAGES, PROJECT, examples, write_files

SHELL = ("sh", "bash")
TIMEOUT = 120

pytestmark = pytest.mark.in_process("starts processes of its own")


def script(page: Path) -> str:
    """What a page would have its reader type, in order."""
    blocks = [each for each in examples(page, *SHELL) if "not_run" not in each.qualifiers]
    return "\n".join(each.code for each in blocks)


WITH_COMMANDS = [page for page in PAGES if script(page)]


def free_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port: int = taken.getsockname()[1]
        return port


@pytest.mark.parametrize("page", WITH_COMMANDS, ids=lambda page: str(page.relative_to(PROJECT)))
def test_the_commands_of_a_page_work_as_printed(page, tmp_path):
    port = str(free_port())
    commands = script(page).replace("127.0.0.1:5000", f"127.0.0.1:{port}")
    commands = commands.replace("moto-trainingplans server", f"moto-trainingplans server -p {port}")
    pip = tmp_path / "bin" / "pip"
    pip.parent.mkdir()
    pip.write_text("#!/bin/sh\nexit 0\n", encoding="utf-8")
    pip.chmod(0o755)
    write_files(page, tmp_path)
    output = tmp_path / "output"
    with output.open("wb") as log:
        shell = subprocess.Popen(
            ["bash", "-euo", "pipefail", "-c", commands],
            cwd=tmp_path,
            env={
                "PATH": f"{pip.parent}:{Path(sys.executable).parent}:{os.defpath}",
                "HOME": str(tmp_path),
                "PYTHONPATH": os.environ.get("PYTHONPATH", ""),
            },
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        try:
            shell.wait(timeout=TIMEOUT)
        finally:
            # The shell, and what it left running in the background.
            with suppress(ProcessLookupError):
                os.killpg(shell.pid, signal.SIGTERM)
            shell.wait()
    assert shell.returncode == 0, output.read_text(encoding="utf-8")

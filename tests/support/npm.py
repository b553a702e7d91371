"""Packages of the npm registry, for programs in JavaScript that tests run."""

from __future__ import annotations

import os
import shutil
import subprocess
from hashlib import sha256
from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent.parent

HAS_NODE = shutil.which("node") is not None and shutil.which("npm") is not None


def installed(*packages: str) -> Path:
    """A folder in which npm has installed packages, made when it is first asked for.

    Each is a name and a version, as `aws-cdk-lib@2.276.0`. The folder is kept in `.cache/`.
    """
    text = " ".join(packages)
    folder = PROJECT / ".cache" / f"npm-{sha256(text.encode()).hexdigest()[:8]}"
    if not (folder / "complete").exists():
        # Several test processes may need it at once: each makes its own, and one is taken.
        making = folder.with_name(f"{folder.name}-{os.getpid()}")
        making.mkdir(parents=True, exist_ok=True)
        (making / "package.json").write_text('{"private": true}\n')
        subprocess.run(
            ["npm", "install", "--silent", "--no-audit", "--no-fund", *packages],
            cwd=making,
            check=True,
        )
        (making / "complete").touch()
        try:
            making.rename(folder)
        except OSError:
            shutil.rmtree(making)
    return folder


def run(script: Path, packages: Path, **environment: str) -> None:
    """Run a script with Node, which finds the packages of a folder."""
    subprocess.run(
        ["node", str(script)],
        env={**os.environ, "NODE_PATH": str(packages / "node_modules"), **environment},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        check=True,
    )

"""The examples of docs/other-languages.md, each run by its language against a server.

    python -m tests.tools.language_examples            # `nox -s languages`
    python -m tests.tools.language_examples js java    # or some

One whose tool is not installed is left out, and told so.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from tests.support.examples import PROJECT, Example, examples
from tests.support.servers import RunningServer
from tests.tools.server_clients import javascript

PAGE = PROJECT / "docs" / "other-languages.md"
# By the language of the block: the tool, the name that its file must have, and the tool's words.
TOOLS = {
    "js": ("node", "example.mjs", ("node",)),
    "java": ("java", "Control.java", ("java",)),
    "go": ("go", "main.go", ("go", "run")),
    "hcl": ("terraform", "provider.tf", ("terraform", "fmt", "-check", "-diff")),
}


def run(example: Example, url: str) -> bool:
    """Run an example in a folder of its own; whether it ends well."""
    _, file, words = TOOLS[example.language]
    credentials = {"AWS_ACCESS_KEY_ID": "testing", "AWS_SECRET_ACCESS_KEY": "testing"}
    settings = {**os.environ, **credentials, "AWS_ENDPOINT_URL": url, "GOFLAGS": "-mod=mod"}
    with tempfile.TemporaryDirectory() as folder:
        if example.language == "js":
            packages = Path(javascript()[1]["PACKAGES"], "node_modules")
            Path(folder, "node_modules").symlink_to(packages, target_is_directory=True)
        Path(folder, file).write_text(example.code, encoding="utf-8")
        return subprocess.run([*words, file], cwd=folder, env=settings, check=False).returncode == 0


def main() -> None:
    """Run those that are asked for; exit with 1 where one fails."""
    parser = argparse.ArgumentParser(description="Run the examples of other languages.")
    parser.add_argument("language", nargs="*", help=f"of {', '.join(TOOLS)}; all by default")
    asked = parser.parse_args().language or list(TOOLS)
    if unknown := set(asked) - set(TOOLS):
        parser.error(f"there is no {', '.join(sorted(unknown))}")
    passed = failed = skipped = 0
    server = RunningServer("--now", "2025-01-21T19:08:27Z", "--speed", "0")
    try:
        for example in examples(PAGE, *asked):
            if "not_run" in example.qualifiers:
                continue
            tool = TOOLS[example.language][0]
            if shutil.which(tool) is None:
                print(f"{example.language}, line {example.line}: left out, there is no {tool}")
                skipped += 1
                continue
            works = run(example, server.url)
            print(f"{example.language}, line {example.line}: {'ok' if works else 'FAILED'}")
            passed, failed = passed + works, failed + (not works)
    finally:
        server.stop()
    print(f"{passed} passed, {failed} failed, {skipped} skipped")
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()

"""The documentation site: docs/ with its navigation, versions and llms.txt, built by Zensical.

    python -m tests.tools.site [FOLDER]     # writes it there, or to site/; warnings are errors

What is written for GitHub stays as it is in docs/. A copy gets what only a site can have, and
that copy is built.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import yaml

from tests.tools.llms_txt import llms_full_txt, llms_txt
from tests.tools.site_navigation import BLOB, DOCS, PROJECT, Section, navigation
from tests.tools.site_pages import for_the_site

CONFIGURATION = PROJECT / "mkdocs.yml"
PICTURE = PROJECT / ".github" / "timeline.svg"


def build(folder: Path) -> str:
    """Write the site into a folder, and give what the builder says.

    Raises RuntimeError, with that, where it finds anything wrong.
    """
    with tempfile.TemporaryDirectory(prefix="site") as place:
        source = Path(place)
        sections = navigation()
        _copy_docs(source / "docs")
        configuration = _configuration(sections)
        site_url = configuration["site_url"]
        for name, text in (
            ("llms.txt", llms_txt(sections, site_url)),
            ("llms-full.txt", llms_full_txt(sections, site_url)),
        ):
            (source / "docs" / name).write_text(text, encoding="utf-8")
        file = source / "mkdocs.yml"
        file.write_text(yaml.safe_dump(configuration, sort_keys=False), encoding="utf-8")
        built = subprocess.run(
            [sys.executable, "-m", "zensical", "build", "--strict", "--config-file", str(file)],
            capture_output=True,
            text=True,
            check=False,
        )
        said = built.stdout + built.stderr
        if built.returncode:
            raise RuntimeError(said)
        shutil.rmtree(folder, ignore_errors=True)
        shutil.copytree(source / "site", folder)
    return said


def _copy_docs(target: Path) -> None:
    left_out = shutil.ignore_patterns("*.ipynb", "__pycache__", "node_modules", ".*")
    shutil.copytree(DOCS, target, ignore=left_out)
    shutil.copy(PICTURE, target)
    for page in target.rglob("*.md"):
        original = DOCS / page.relative_to(target)
        page.write_text(for_the_site(original), encoding="utf-8")


def _configuration(sections: list[Section]) -> dict[str, Any]:
    """That of mkdocs.yml, with the navigation of docs/index.md."""
    configuration: dict[str, Any] = yaml.safe_load(CONFIGURATION.read_text(encoding="utf-8"))
    nav: list[dict[str, Any]] = [{"Home": "index.md"}]
    for section in sections:
        entries = [{entry.title: _in_navigation(entry.target)} for entry in section.entries]
        nav.append({section.title: entries})
    (handler,) = (
        plugin["mkdocstrings"]["handlers"]["python"]
        for plugin in configuration["plugins"]
        if "mkdocstrings" in plugin and isinstance(plugin, dict)
    )
    handler["paths"] = [str(PROJECT)]
    return {**configuration, "nav": nav}


def _in_navigation(target: str) -> str:
    """A page of the site; GitHub shows what is none."""
    return target if target.endswith(".md") or "://" in target else f"{BLOB}docs/{target}"


if __name__ == "__main__":
    print(build(Path(sys.argv[1]) if len(sys.argv) > 1 else PROJECT / "site"))

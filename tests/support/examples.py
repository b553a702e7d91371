"""The examples of Markdown pages as tests: each Python block is a test module of its own.

A block in which there is no test is the beginning of every later one of its page. A TOML block
whose first line is the name of a file, as `# scarce.toml`, is that file, beside the tests. A
comment before a block says what it needs, or why it cannot run:

    <!-- example: in_process(freezegun moves this process alone) -->
    <!-- example: needs(time_machine) -->
    <!-- example: not_run(it wants Docker) -->
"""

from __future__ import annotations

import re
import tempfile
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parents[2]
PAGES = (
    PROJECT / "README.md",
    PROJECT / "CONTRIBUTING.md",
    *sorted((PROJECT / "docs").rglob("*.md")),
)
QUALIFIERS = {"in_process", "needs", "not_run"}
# Python blocks are tests, those of a shell are run by test_commands; the others are only shown.
# `nox -s languages` runs those of other languages that are not marked.
LANGUAGES = (
    *("python", "sh", "toml", "ini", "json", "yaml", "text", ""),
    *("js", "java", "go", "rust", "csharp", "hcl"),
)

_BLOCK = re.compile(r"^```(?P<language>\w*)[^\n]*\n(?P<code>.*?)^```$", re.DOTALL | re.MULTILINE)
_COMMENT = re.compile(r"<!-- example: ([^\n]*?) -->\s*\Z")
_QUALIFIER = re.compile(r"(\w+)\(([^()]+)\)")
_TEST = re.compile(r"^ *(async )?(def test_|class \w*(Test|\(unittest\.))", re.MULTILINE)
_FILE = re.compile(r"# ([\w-]+\.toml)\n")
_folder = pytest.StashKey["tempfile.TemporaryDirectory[str]"]()


@dataclass(frozen=True)
class Example:
    """A fenced block of a page: its language, the number of its first line, and its qualifiers."""

    page: Path
    language: str
    line: int
    code: str
    qualifiers: dict[str, str]

    @property
    def is_test(self) -> bool:
        """Whether it has tests, or else is the beginning of those that have."""
        return _TEST.search(self.code) is not None


def examples(page: Path, *languages: str) -> list[Example]:
    """The fenced blocks of a page in these languages, in order.

    Raises ValueError for a comment that says nothing known of its block.
    """
    text = page.read_text(encoding="utf-8")
    found = []
    for block in _BLOCK.finditer(text):
        if block["language"] not in languages:
            continue
        comment = _COMMENT.search(text[: block.start()])
        qualifiers = dict(_QUALIFIER.findall(comment[1])) if comment else {}
        line = text.count("\n", 0, block.start()) + 2
        if comment and (not qualifiers or not qualifiers.keys() <= QUALIFIERS):
            known = ", ".join(sorted(QUALIFIERS))
            raise ValueError(f"{page.name}, line {line}: {comment[0].strip()} is none of {known}")
        found.append(Example(page, block["language"], line, block["code"], qualifiers))
    return found


def module_text(example: Example) -> str:
    """An example with what begins it, every line where it stands in the page."""
    lines: list[str] = []
    for each in examples(example.page, "python"):
        begins = each.line < example.line and not each.is_test and "not_run" not in each.qualifiers
        if each == example or begins:
            lines += [""] * (each.line - 1 - len(lines)) + each.code.splitlines()
    return "\n".join(lines) + "\n"


def write_files(page: Path, folder: Path) -> None:
    """Put the files that a page shows into a folder."""
    for shown in examples(page, "toml"):
        if named := _FILE.match(shown.code):
            (folder / named[1]).write_text(shown.code, encoding="utf-8")


class Page(pytest.File):
    """A Markdown page, whose Python blocks are collected."""

    def collect(self) -> Iterable[pytest.Module]:
        """A module for each block that has tests, beside the files that the page shows."""
        write_files(self.path, self._folder())
        for example in examples(self.path, "python"):
            if example.is_test and "not_run" not in example.qualifiers:
                yield self._module(example)

    def _folder(self) -> Path:
        if _folder not in self.config.stash:
            folder = self.config.stash[_folder] = tempfile.TemporaryDirectory(prefix="examples")
            self.config.add_cleanup(folder.cleanup)
        return Path(self.config.stash[_folder].name)

    def _module(self, example: Example) -> pytest.Module:
        name = re.sub(r"\W", "_", self.nodeid.removesuffix(".md"))
        file = self._folder() / f"test_{name}_{example.line}.py"
        file.write_text(module_text(example), encoding="utf-8")
        module: pytest.Module = pytest.Module.from_parent(
            self, path=file, nodeid=f"{self.nodeid}::line {example.line}"
        )
        if reason := example.qualifiers.get("in_process"):
            module.add_marker(pytest.mark.in_process(reason))
        for package in example.qualifiers.get("needs", "").split():
            module.add_marker(pytest.mark.skipif(not _has(package), reason=f"needs {package}"))
        return module


def _has(package: str) -> bool:
    from importlib.util import find_spec

    return find_spec(package) is not None

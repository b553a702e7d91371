"""behaviour.md and the tests agree on which rules there are."""

from __future__ import annotations

import ast
import re
import tokenize
from collections.abc import Iterator
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parent.parent.parent
SOURCES = {"documented", "model", "observed", "choice"}

pytestmark = pytest.mark.in_process("reads files alone")


def rows() -> list[list[str]]:
    """The cells of each row of the document's tables: rule, source and behaviour."""
    lines = (PROJECT / "docs" / "behaviour.md").read_text(encoding="utf-8").splitlines()
    return [
        [cell.strip() for cell in line.strip("|").split(" | ")]
        for line in lines
        if re.match(r"\| [A-Z]+-\d+ ", line)
    ]


def marks() -> Iterator[tuple[str, str]]:
    """Each rule that a mark names, and the test file it stands in."""
    for path in (PROJECT / "tests").rglob("test_*.py"):
        for call in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(call, ast.Call) and ast.unparse(call.func) == "pytest.mark.rule":
                for rule in call.args:
                    yield str(ast.literal_eval(rule)), path.name


def test_every_rule_that_a_test_names_is_in_the_document():
    known = {rule for rule, *_ in rows()}
    unknown = sorted({f"{rule} in {file}" for rule, file in marks() if rule not in known})
    assert not unknown


def test_every_rule_of_the_document_has_a_test():
    tested = {rule for rule, _ in marks()}
    assert [rule for rule, *_ in rows() if rule not in tested] == []


def test_every_rule_stands_once_with_a_source_that_the_document_explains():
    table = rows()
    rules = [rule for rule, *_ in table]
    assert len(rules) == len(set(rules)) > 0
    for rule, source, behaviour in table:
        assert set(source.split(", ")) <= SOURCES, rule
        assert behaviour, rule


def remarks(path: Path) -> Iterator[str]:
    """The comments and docstrings of a module."""
    with path.open("rb") as source:
        yield from (
            token.string
            for token in tokenize.tokenize(source.readline)
            if token.type in (tokenize.COMMENT, tokenize.STRING)
        )


def test_every_source_that_the_code_names_is_one_that_the_document_explains():
    page = (PROJECT / "docs" / "behaviour.md").read_text(encoding="utf-8")
    assert set(re.findall(r"^\| \*\*(\w+)\*\*", page, re.MULTILINE)) == SOURCES
    named = {
        (word, path.name)
        for path in (PROJECT / "moto_trainingplans").rglob("*.py")
        for remark in remarks(path)
        for word in re.findall(r"\bsource: (\w+)", remark)
    }
    assert {word for word, _ in named} >= SOURCES
    assert {(word, file) for word, file in named if word not in SOURCES} == set()

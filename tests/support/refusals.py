"""What requests are refused with: every code and text of the package, and docs/errors.md's list.

Texts of refusal tables are theirs, those of `raise` statements are read from the source. What a
text fills in stands in braces.
"""

from __future__ import annotations

import ast
import json
import os
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from tests.support.conformance import HANDLERS

PROJECT = Path(__file__).resolve().parents[2]
PACKAGE = PROJECT / "moto_trainingplans"
PAGE = PROJECT / "docs" / "errors.md"
# The file that observed refusals are added to, for tests/tools/error_table.py.
SEEN = "REFUSALS_SEEN"
UNMARKED = "choice"  # what the tables say of texts that are not marked otherwise

_PLACEHOLDER = re.compile(r"\{[^}]*\}")
_MARK = re.compile(r"source: (\w+)")
# The exceptions whose code is in their name, with the text as the only argument.
_NAMED = ("ValidationException", "SerializationException")


@dataclass(frozen=True, order=True)
class Refusal:
    """A code and a text, and where the text comes from: a source of docs/behaviour.md.

    `of_any` operation where it is found out before anybody looks what a request is for.
    """

    code: str
    text: str
    source: str = UNMARKED
    of_any: bool = False

    @property
    def key(self) -> tuple[str, str]:
        """Two of a key look alike to whoever gets them."""
        return self.code, _PLACEHOLDER.sub("{}", self.text)

    @property
    def pattern(self) -> re.Pattern[str]:
        """What messages of this text look like."""
        parts = (re.escape(part) for part in _PLACEHOLDER.split(self.text))
        return re.compile("(.*)".join(parts) + ("(.*)" if self.text[-1] not in ".)" else ""), re.S)


@cache
def refusals() -> list[Refusal]:
    """Every one, those with the longest literal text first."""
    found: dict[tuple[str, str], Refusal] = {}
    tables = [
        *(PACKAGE / "sagemaker" / "refusals").glob("*.py"),
        PACKAGE / "servicequotas/refusals.py",
    ]
    for path in sorted(tables):
        for each in _of_table(path):
            found.setdefault(each.key, each)
    for path in sorted(PACKAGE.rglob("*.py")):
        for each in _raised(path):
            found.setdefault(each.key, each)
    return sorted(found.values(), key=lambda each: (-len(each.key[1]), each))


def _of_table(path: Path) -> Iterator[Refusal]:
    source = path.read_text(encoding="utf-8")
    lines = source.splitlines()
    codes = (
        _constants(ast.parse((path.parent / "codes.py").read_text("utf-8")))
        if (path.parent / "codes.py").exists()
        else {}
    )
    tree = ast.parse(source)
    codes |= _constants(tree)
    for node in ast.walk(tree):
        if isinstance(node, ast.AnnAssign) and isinstance(node.value, ast.Dict):
            for key, value in zip(node.value.keys, node.value.values, strict=True):
                if key is not None and isinstance(value, ast.Tuple):
                    code, text = value.elts
                    name = codes[code.id] if isinstance(code, ast.Name) else ast.literal_eval(code)
                    yield Refusal(name, ast.literal_eval(text), _mark(lines, key.lineno))


def _mark(lines: list[str], line: int) -> str:
    """The source that the comment on the line before one names."""
    before = lines[line - 2].strip()
    found = _MARK.search(before) if before.startswith("#") else None
    return found[1] if found else UNMARKED


def _constants(tree: ast.Module) -> dict[str, str]:
    return {
        target.id: node.value.value
        for node in tree.body
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Constant)
        for target in node.targets
        if isinstance(target, ast.Name) and isinstance(node.value.value, str)
    }


def _raised(path: Path) -> Iterator[Refusal]:
    of_any = path.parent.name == "aws_json" and path.stem != "pagination"
    source = path.read_text(encoding="utf-8")
    for node in ast.walk(ast.parse(source)):
        if not isinstance(node, ast.Call):
            continue
        made, arguments = ast.unparse(node.func), list(node.args)
        if made in ("WireError", "super().__init__") and len(arguments) == 2:
            code = arguments.pop(0)
            if not (isinstance(code, ast.Constant) and isinstance(code.value, str)):
                continue
            name = code.value
        elif made in _NAMED and len(arguments) == 1:
            name = made
        else:
            continue
        text = _text(arguments[0])
        if text is not None:
            mark = _mark(source.splitlines(), node.lineno)
            yield Refusal(name, text, mark, of_any)


def refusals_of_templates() -> Iterator[Refusal]:
    """What CloudFormation says of a template with a cluster that it cannot make."""
    for path in sorted((PACKAGE / "cloudformation").glob("*.py")):
        source = path.read_text(encoding="utf-8")
        for node in ast.walk(ast.parse(source)):
            if isinstance(node, ast.Call) and ast.unparse(node.func) == "ValidationError":
                (message,) = (each.value for each in node.keywords if each.arg == "message")
                if (text := _text(message)) is not None:
                    yield Refusal("ValidationError", text, _mark(source.splitlines(), node.lineno))


def _text(node: ast.expr) -> str | None:
    """A literal text, or an f-string with the names of what it fills in."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    if not isinstance(node, ast.JoinedStr):
        return None
    parts = [
        str(part.value)
        if isinstance(part, ast.Constant)
        else "{" + re.findall(r"[a-z]\w*", ast.unparse(part), re.IGNORECASE)[-1].lower() + "}"
        for part in node.values
    ]
    return "".join(parts)


def refusal_of(code: str, message: str) -> Refusal | None:
    """Which one an answer is; None for what is no text of ours."""
    return next(
        (each for each in refusals() if each.code == code and each.pattern.fullmatch(message)), None
    )


@cache
def listed() -> frozenset[tuple[str, tuple[str, str]]]:
    """The operations of docs/errors.md with the keys of what each is refused with."""
    return frozenset(
        (operation, Refusal(code, text).key) for operation, code, text in listed_rows()
    )


def listed_rows() -> Iterator[tuple[str, str, str]]:
    """Operation, code and text of each row of docs/errors.md."""
    for section in re.split(r"^### ", PAGE.read_text(encoding="utf-8"), flags=re.MULTILINE)[1:]:
        operation = section.partition("\n")[0].strip("`")
        for code, text in re.findall(r"^\| `(\w+)` \| (.*?) \| \w+ \|$", section, re.MULTILINE):
            yield operation, code, text.replace("\\|", "|")


def _is_random() -> bool:
    """Whether the request is one of Hypothesis's."""
    hypothesis = sys.modules.get("hypothesis")
    return hypothesis is not None and bool(hypothesis.currently_in_test_context())


def check_refusal(http_response: Any, model: Any, **_: Any) -> None:
    """Fail the test whose call was refused as docs/errors.md does not say."""
    if model.name not in HANDLERS or http_response.status_code == 200:
        return
    content = json.loads(http_response.content or b"{}")
    code = content.get("__type", "")
    message = content.get("message") or content.get("Message") or ""  # ours, and moto's
    refusal = refusal_of(code, message)
    if refusal is None or refusal.of_any:
        return
    if os.environ.get(SEEN):
        with Path(os.environ[SEEN]).open("a", encoding="utf-8") as seen:
            seen.write(json.dumps([model.name, *refusal.key]) + "\n")
        return
    if _is_random():  # which would fail today and pass tomorrow
        return
    filled_in = refusal.pattern.fullmatch(message)
    assert filled_in is not None
    assert "None" not in filled_in.groups(), f"{model.name} names nothing: {message}"
    assert (model.name, refusal.key) in listed(), (
        f"docs/errors.md does not say that {model.name} answers {code}: {refusal.text} "
        "(add the row, and run python -m tests.tools.error_table)"
    )

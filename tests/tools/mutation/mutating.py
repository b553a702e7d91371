"""The mutants of a file: small changes of it that a test should notice, one at a time.

The changes are mutmut's, of which each text gets one instead of three and each argument one
instead of two, and three more: a call that is made for what it does is left out, a condition
without an operator is turned round, and the text of an f-string is changed. What no behaviour
hangs on is left as it is: annotations, docstrings, decorators, imports, `__repr__`, and what only
type checkers read.
"""

from __future__ import annotations

import difflib
import hashlib
import pickle
import random
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import libcst
from libcst import matchers
from libcst.metadata import MetadataWrapper, PositionProvider
from mutmut.mutation.mutators import (
    mutation_operators,
    operator_arg_removal,
    operator_string,
    operator_swap_op,
)

from .tree import KEPT, PROJECT

PACKAGE = "moto_trainingplans"
CHANGES = KEPT / "changes"
# Which arguments these have is for type checkers, or not of a kind that None is.
NEVER_WITHOUT_ARGUMENTS = {"len", "isinstance", "cast"}
ONLY_FOR_TYPES = {"TypeVar", "ParamSpec", "NewType", "TypeVarTuple"}
NEVER_ASSIGNED = {"__slots__", "__all__", "__match_args__"}
LEFT_ALONE = (
    libcst.Annotation,
    libcst.Import,
    libcst.ImportFrom,
    libcst.Decorator,
    libcst.Assert,
    libcst.TypeAlias,
)


@dataclass(frozen=True)
class Place:
    """Where a change is: lines of the file, counted from 1.

    `executed` are the lines by which tests of it are found, the likeliest first; `names` what is
    bound there, where it is executed when the module is imported.
    """

    line: int
    executed: tuple[tuple[int, int], ...]
    names: tuple[str, ...]


@dataclass(frozen=True)
class Mutant:
    """A file with one change. Equal if the change is, wherever in the function it is."""

    path: str
    within: str
    kind: str
    before: str
    after: str
    place: Place
    text: str

    @property
    def key(self) -> tuple[str, str, str, str]:
        """What it is known by in the list of equivalent ones."""
        return self.path, self.within, self.before, self.after

    @property
    def title(self) -> str:
        """Where it is, and the change as a diff."""
        lines = [f"- {line}" for line in self.before.splitlines()]
        lines += [f"+ {line}" for line in self.after.splitlines()]
        return "\n".join([f"{self.path}:{self.place.line} {self.within} ({self.kind})", *lines])


@dataclass(frozen=True)
class _Change:
    node: libcst.CSTNode
    changed: libcst.CSTNode
    kind: str
    within: str
    place: Place


def files(rooms: Iterable[str], but: Iterable[str] = ()) -> list[str]:
    """The files of rooms of the package: folders, modules, or `.` for all of it."""
    left_out = {path for room in but for path in _in_room(room)}
    return sorted({path for room in rooms for path in _in_room(room)} - left_out)


def _in_room(room: str) -> Iterator[str]:
    at = PROJECT / PACKAGE / room
    for file in at.rglob("*.py") if at.is_dir() else [at.with_suffix(".py")]:
        if file.exists():
            yield str(file.relative_to(PROJECT))


def drawn(paths: Iterable[str], seed: int) -> Iterator[Mutant]:
    """All mutants of the files, in an order that only the seed and the files decide."""
    numbered = [(path, number) for path in paths for number in range(len(_changes(path)[1]))]
    random.Random(seed).shuffle(numbered)
    for path, number in numbered:
        if (mutant := _mutant(path, number)) is not None:
            yield mutant


def count(paths: Iterable[str]) -> int:
    """How many changes there are in the files; a few of them are no Python."""
    return sum(len(_changes(path)[1]) for path in paths)


def _mutant(path: str, number: int) -> Mutant | None:
    module, changes = _changes(path)
    change = changes[number]
    text = module.deep_replace(change.node, change.changed).code  # type: ignore[arg-type]
    try:
        compile(text, path, "exec", dont_inherit=True)
    except (SyntaxError, ValueError):
        return None
    compared = list(
        difflib.unified_diff(module.code.splitlines(), text.splitlines(), n=0, lineterm="")
    )[3:]
    before = "\n".join(line[1:].strip() for line in compared if line.startswith("-"))
    after = "\n".join(line[1:].strip() for line in compared if line.startswith("+"))
    if before == after:
        return None
    return Mutant(path, change.within, change.kind, before, after, change.place, text)


@cache
def _changes(path: str) -> tuple[libcst.Module, list[_Change]]:
    """A file and its changes, which are kept until it or this module changes."""
    text = (PROJECT / path).read_bytes()
    kept = CHANGES / hashlib.sha256(text + Path(__file__).read_bytes()).hexdigest()
    if kept.exists():
        found: tuple[libcst.Module, list[_Change]] = pickle.loads(kept.read_bytes())
        return found
    wrapper = MetadataWrapper(libcst.parse_module(text), unsafe_skip_copy=True)
    visitor = _Visitor()
    wrapper.visit(visitor)
    CHANGES.mkdir(parents=True, exist_ok=True)
    kept.write_bytes(pickle.dumps((wrapper.module, visitor.changes)))
    return wrapper.module, visitor.changes


@cache
def _operators(node: type[libcst.CSTNode]) -> list[Callable[[Any], Iterable[libcst.CSTNode]]]:
    """Those of mutmut that have something to do with nodes of the type."""
    return [
        operator
        for of, operator in mutation_operators
        if issubclass(node, of)
        # For any node it would find out itself, but slowly.
        and (operator is not operator_swap_op or "operator" in node.__dataclass_fields__)
    ]


def _changed(node: libcst.CSTNode) -> Iterator[tuple[str, libcst.CSTNode]]:
    """The kinds of changes of a node, and what it is after them."""
    for operator in _operators(type(node)):
        kind = operator.__name__.removeprefix("operator_").replace("_", " ")
        if operator is operator_arg_removal:
            yield from ((kind, changed) for changed in _without_an_argument(node))
            continue
        for number, changed in enumerate(operator(node)):
            if operator is not operator_string or number == 0:
                yield kind, changed
    if isinstance(node, libcst.FormattedStringText):
        yield "string", node.with_changes(value=f"XX{node.value}XX")
    if isinstance(node, libcst.Expr) and isinstance(node.value, (libcst.Call, libcst.Await)):
        yield "call left out", libcst.Pass()
    if isinstance(node, (libcst.If, libcst.While, libcst.CompIf, libcst.IfExp)):
        bare = (libcst.Name, libcst.Attribute, libcst.Call, libcst.Subscript)
        if isinstance(node.test, bare):
            turned = libcst.UnaryOperation(libcst.Not(), node.test)
            yield "condition", node.with_changes(test=turned)


def _without_an_argument(call: libcst.Call) -> Iterator[libcst.Call]:
    """Each argument by keyword is left out, and each other one None."""
    if _name_of(call) in NEVER_WITHOUT_ARGUMENTS:
        return
    for at, argument in enumerate(call.args):
        before, after = call.args[:at], call.args[at + 1 :]
        if argument.keyword is not None and argument.keyword.value != "strict":
            yield call.with_changes(args=[*before, *after])
        elif not argument.star and not matchers.matches(argument.value, matchers.Name("None")):
            changed = argument.with_changes(value=libcst.Name("None"))
            yield call.with_changes(args=[*before, changed, *after])


def _name_of(node: libcst.CSTNode) -> str:
    function = getattr(node, "func", None)
    return function.value if isinstance(function, libcst.Name) else ""


class _Visitor(libcst.CSTVisitor):
    """Collects the changes of a module."""

    METADATA_DEPENDENCIES = (PositionProvider,)

    def __init__(self) -> None:
        super().__init__()
        self.changes: list[_Change] = []
        self._within: list[tuple[str, tuple[int, int] | None]] = []
        self._statements: list[libcst.CSTNode] = []
        self._parameters = 0

    def on_visit(self, node: libcst.CSTNode) -> bool:
        if isinstance(node, LEFT_ALONE) or self._is_left_alone(node):
            return False
        if isinstance(node, libcst.BaseSmallStatement | libcst.BaseCompoundStatement):
            self._statements.append(node)
        for kind, changed in _changed(node):
            within = ".".join(name for name, _ in self._within)
            self.changes.append(_Change(node, changed, kind, within, self._place(node)))
        if isinstance(node, libcst.FunctionDef):
            self._within.append((node.name.value, self._lines(node.body)))
        elif isinstance(node, libcst.ClassDef):
            self._within.append((node.name.value, None))
        elif isinstance(node, libcst.Parameters):
            self._parameters += 1
        return True

    def on_leave(self, original_node: libcst.CSTNode) -> None:
        if self._statements and original_node is self._statements[-1]:
            self._statements.pop()
        if isinstance(original_node, libcst.FunctionDef | libcst.ClassDef) and not (
            self._is_left_alone(original_node)
        ):
            self._within.pop()
        elif isinstance(original_node, libcst.Parameters):
            self._parameters -= 1

    def _lines(self, node: libcst.CSTNode) -> tuple[int, int]:
        position: Any = self.get_metadata(PositionProvider, node)
        return position.start.line, position.end.line

    def _place(self, node: libcst.CSTNode) -> Place:
        lines = self._lines(node)
        body = self._within[-1][1] if self._within else None
        if body is not None and self._parameters:  # a default: whoever calls the function
            return Place(lines[0], (body,), ())
        statement = self._statements[-1] if self._statements else node
        if body is not None:
            of_statement = self._lines(statement)
            if isinstance(statement, libcst.BaseCompoundStatement):
                of_statement = (of_statement[0], max(lines[1], of_statement[0]))
            return Place(lines[0], (lines, of_statement), ())
        names = {each.value for each in matchers.findall(statement, matchers.Name())}
        targets = _targets(statement) & names
        return Place(lines[0], (), (*sorted(targets), *(name for name, _ in self._within)))

    def _is_left_alone(self, node: libcst.CSTNode) -> bool:
        alone = False
        match node:
            case libcst.Expr():  # docstrings, of attributes too
                alone = isinstance(node.value, (libcst.BaseString, libcst.Ellipsis))
            case libcst.FunctionDef():
                alone = node.name.value == "__repr__"
            case libcst.If():
                alone = matchers.matches(node.test, matchers.Name("TYPE_CHECKING"))
            case libcst.Call():
                alone = _name_of(node) in ONLY_FOR_TYPES
            case libcst.Arg():  # zip(..., strict=True) is an assertion
                alone = node.keyword is not None and node.keyword.value == "strict"
            case libcst.Assign():
                alone = bool(_targets(node) & NEVER_ASSIGNED) or _is_type(node.value)
        return alone


def _targets(statement: libcst.CSTNode) -> set[str]:
    if isinstance(statement, libcst.Assign):
        targets: list[Any] = [target.target for target in statement.targets]
    elif isinstance(statement, libcst.AnnAssign | libcst.AugAssign):
        targets = [statement.target]
    else:
        return set()
    return {each.value for target in targets for each in matchers.findall(target, matchers.Name())}


def _is_type(value: libcst.CSTNode) -> bool:
    """Whether it is `Callable[...]`, `A | B[...]` and the like: for annotations."""
    if isinstance(value, libcst.BinaryOperation):
        return isinstance(value.operator, libcst.BitOr) and any(
            map(_is_type, (value.left, value.right))
        )
    if not isinstance(value, libcst.Subscript) or not isinstance(value.value, libcst.Name):
        return False
    name = value.value.value
    return name in {"dict", "list", "set", "tuple", "type", "frozenset"} or (
        name[0].isupper() and not name.isupper()
    )

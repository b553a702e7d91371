"""The examples of the README and of docs/ are tests."""

from __future__ import annotations

import ast
import re

import pytest

from tests.support.examples import LANGUAGES, PAGES, examples, module_text

# Besides these an example has what it makes itself: its reader has no conftest of ours.
FIXTURES = {"training_plans", "request", "monkeypatch", "tmp_path", "capsys", "caplog", "pytester"}
EXAMPLES = [
    pytest.param(each, id=f"{page.name}, line {each.line}")
    for page in PAGES
    if page.name != "CONTRIBUTING.md"  # whose reader has it
    for each in examples(page, "python")
    if each.is_test
]

pytestmark = pytest.mark.in_process("reads files alone")


def test_an_example_that_fails_is_shown_where_it_stands_in_the_page(pytester):
    pytester.makefile(
        ".md",
        page="# Page\n\n```python\nONE = 1\n```\n\n```python\ndef test_it():\n    assert ONE == 2\n"
        "```\n\n<!-- example: needs(nothing_that_is_there) -->\n```python\ndef test_more():\n"
        "    assert False\n```\n",
    )
    pytester.makeconftest(
        "from tests.support.examples import Page\n"
        "def pytest_collect_file(file_path, parent):\n"
        "    if file_path.suffix == '.md':\n"
        "        return Page.from_parent(parent, path=file_path)\n"
    )
    result = pytester.runpytest_inprocess()
    result.assert_outcomes(failed=1, skipped=1)
    result.stdout.fnmatch_lines(["*assert 1 == 2", "*.py:9: AssertionError"])


@pytest.mark.parametrize("example", EXAMPLES)
def test_an_example_uses_no_fixture_that_its_reader_lacks(example):
    functions = [
        each
        for each in ast.walk(ast.parse(module_text(example)))
        if isinstance(each, (ast.FunctionDef, ast.AsyncFunctionDef))
    ]
    taken, made = set(FIXTURES), set()
    for function in functions:
        decorators = " ".join(ast.unparse(each) for each in function.decorator_list)
        if "fixture" in decorators:
            made.add(function.name)
        taken |= set(re.findall(r"parametrize\('(\w+)'", decorators))
    for function in functions:
        if function.name.startswith("test_") or function.name in made:
            asked = {each.arg for each in function.args.args} - {"self", "cls"}
            assert asked <= taken | made, function.name


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_no_code_of_a_page_is_left_unrun_without_a_reason(page):
    blocks = re.findall(r"^```(\w*)", page.read_text(encoding="utf-8"), re.MULTILINE)
    unknown = {language for language in blocks[::2] if language not in LANGUAGES}
    assert not unknown, f"{page.name} has blocks of {unknown}: {LANGUAGES} are run or only shown"
    python = examples(page, "python")
    assert not python or python[-1].is_test or "not_run" in python[-1].qualifiers

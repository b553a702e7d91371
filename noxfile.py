"""Everything that must hold, one session each: `nox -l` lists them, `nox` runs the quick ones.

Sessions without an environment of their own run in the one that nox is installed in, which
`pip install --editable '.[dev]'` has made. What follows `--` goes to pytest, or to the tool.
`.ci/run` runs those with the tag `ci`, in the order in which they stand here.
"""

from __future__ import annotations

import os
import random
import re
import shutil
import sys
from pathlib import Path

import nox

nox.needs_version = ">=2024.10.9"
nox.options.sessions = ["lint", "types", "rooms", "tests"]
nox.options.reuse_venv = "yes"
nox.options.error_on_missing_interpreters = True

PROJECT = Path(__file__).parent
OLDEST_PYTHON = "3.10"
# Tests that learn nothing from another version of moto and botocore: pages in a browser, made of
# calls that the other tests make too, and what is read in the repository's files.
OF_PAGES = ("tests/console", "tests/docs", "tests/edges/test_guard_in_browser.py")


def run(session: nox.Session, module: str, *arguments: str, **environment: str) -> None:
    """Run a module in the environment that nox is installed in."""
    session.run(sys.executable, "-m", module, *arguments, env=environment, external=True)


def oldest_python() -> str:
    """The oldest Python that is supported, or the one that runs nox where the machine lacks it."""
    installed = sorted(Path.home().glob(f".pyenv/versions/{OLDEST_PYTHON}.*/bin/python"))
    found = shutil.which(f"python{OLDEST_PYTHON}")
    if found and ".pyenv/shims" not in found:
        return found
    return str(installed[-1]) if installed else sys.executable


def oldest_version(package: str) -> str:
    """The version that pyproject.toml names as the oldest, as a requirement for pip."""
    text = (PROJECT / "pyproject.toml").read_text(encoding="utf-8")
    (version,) = set(re.findall(rf'^    "{package}>=([\d.]+)",', text, re.MULTILINE))
    return f"{package}=={version}"


def left_out(*paths: str) -> list[str]:
    """The arguments with which pytest leaves out folders and files."""
    return [f"--ignore={path}" for path in paths]


# -- the quick ones --------------------------------------------------------------------------------


@nox.session(python=False, tags=["ci"])
def lint(session: nox.Session) -> None:
    """Ruff's format and rules; `nox -s lint -- --fix` mends what it can."""
    fix = "--fix" in session.posargs
    run(session, "ruff", "format", *([] if fix else ["--check"]), ".")
    run(session, "ruff", "check", *(["--fix"] if fix else []), ".")


@nox.session(python=False, tags=["ci"])
def types(session: nox.Session) -> None:
    """The package passes `mypy --strict`, and so do the examples that need no CDK."""
    run(session, "mypy", *session.posargs)
    for example in ("capacity-finder", "launcher", "hyperpod-operator"):
        folder = PROJECT / "docs" / "examples" / example
        run(session, "mypy", "--config-file", str(folder / "pyproject.toml"), str(folder))


@nox.session(tags=["ci"])
def typing(session: nox.Session) -> None:
    """Type checkers and editors on the public interface, as it is installed for users."""
    session.install(".", "pyright[nodejs]", "mypy", "pytest", "typing-extensions")
    # The tests alone, away from the checkout, whose package would be found instead.
    folder = Path(session.create_tmp()) / "tests" / "typing"
    shutil.rmtree(folder.parent, ignore_errors=True)
    shutil.copytree(PROJECT / "tests" / "typing", folder)
    (folder.parent / "__init__.py").touch()
    markers = "in_process(reason): not against a server"
    (folder.parent.parent / "pytest.ini").write_text(f"[pytest]\nmarkers = {markers}\n")
    session.chdir(folder.parent.parent)
    session.run("python", "-m", "pytest", "-q", "tests/typing", *session.posargs)


@nox.session(tags=["ci"])
def workflows(session: nox.Session) -> None:
    """GitHub's workflows: their schema, and what a stranger could do with them; offline."""
    session.install("check-jsonschema", "zizmor")
    files = [str(file) for file in sorted((PROJECT / ".github" / "workflows").glob("*.yml"))]
    dependabot = str(PROJECT / ".github" / "dependabot.yml")
    session.run("check-jsonschema", "--builtin-schema", "vendor.github-workflows", *files)
    session.run("check-jsonschema", "--builtin-schema", "vendor.dependabot", dependabot)
    session.run("zizmor", "--offline", "--quiet", "--min-severity", "medium", *files, dependabot)


@nox.session(python=False, tags=["ci"])
def rooms(session: nox.Session) -> None:
    """Each room imports only from the rooms below it."""
    session.run(str(Path(sys.executable).with_name("lint-imports")), external=True)


@nox.session(python=False)
def tests(session: nox.Session) -> None:
    """The tests, in process, on all cores. `.ci/run` runs the README's command instead."""
    run(session, "pytest", *(session.posargs or ["-n", "auto", "-q"]))


# -- the same against something else --------------------------------------------------------------


@nox.session(python=False, tags=["ci"])
def server(session: nox.Session) -> None:
    """The same tests against a server."""
    arguments = session.posargs or ["-n", "auto", "-q"]
    run(session, "pytest", *arguments, TEST_SERVER_MODE="true")


@nox.session(python=False)
def console(session: nox.Session) -> None:
    """The console in Chromium, which must be there: other runs skip these tests without it."""
    run(session, "pytest", *(session.posargs or ["-q", "tests/console"]), CHROMIUM="required")


@nox.session(python=False, tags=["ci"])
def moto_suite(session: nox.Session) -> None:
    """The SageMaker tests of moto itself, with training plans installed: both ways."""
    run(session, "tests.tools.moto_suite")
    run(session, "tests.tools.moto_suite", "--server")


@nox.session(python=False, tags=["ci"])
def sdks(session: nox.Session) -> None:
    """The SageMaker Python SDKs, versions 2 and 3, each in an environment of its own."""
    run(session, "tests.tools.sdk_clients", *session.posargs)


@nox.session(python=False, tags=["ci"])
def clients(session: nox.Session) -> None:
    """The AWS SDK for JavaScript (Node 20 and newer), and aioboto3, against a server."""
    run(session, "tests.tools.server_clients", *session.posargs)


@nox.session(tags=["ci"])
def openapi(session: nox.Session) -> None:
    """A server is as its `openapi.json` says, whatever schemathesis makes of that."""
    session.install("--editable", ".[server]", "schemathesis>=4")
    session.run("python", "-m", "tests.tools.openapi_fuzz", *session.posargs)


@nox.session(python=False, tags=["ci"])
def languages(session: nox.Session) -> None:
    """The documentation's examples in other languages, as far as their tools are installed."""
    run(session, "tests.tools.language_examples", *session.posargs)


@nox.session(python=False, tags=["ci"])
def container(session: nox.Session) -> None:
    """What docs/examples/container says, done without a container engine."""
    run(session, "tests.tools.container_example", *session.posargs)


@nox.session(python=oldest_python(), tags=["ci"])
def oldest(session: nox.Session) -> None:
    """The tests with the oldest Python, moto and botocore that are supported, but for pages.

    Tests of what the older models lack are skipped; the summary says what that was.
    """
    pinned = [oldest_version("moto"), oldest_version("botocore")]
    session.install("--editable", ".[test]", *pinned)
    session.run("python", "--version")
    session.run("pip", "list")
    arguments = session.posargs or ["-n", "auto", "-q", *left_out(*OF_PAGES)]
    session.run("python", "-m", "pytest", *arguments)


@nox.session(tags=["ci"])
def examples(session: nox.Session) -> None:
    """The projects of docs/examples/, each copied to a folder of its own; two need Node.js."""
    # Of CDK little is imported, and compiling all of it takes longer than the tests.
    session.install("--no-compile", "aws-cdk-lib>=2.270,<3", "constructs>=10,<11")
    session.install("--editable", ".[cloudformation,server]", "pytest")
    session.run("python", "-m", "tests.tools.example_projects", *session.posargs)


@nox.session(tags=["ci"], reuse_venv=False)
def wheel(session: nox.Session) -> None:
    """What would be published has the right files, its tests run, it installs alone and works.

    `nox -s wheel -- dist` is about what is in that folder already, as a release does it.
    """
    if session.posargs:
        dist = str(Path(session.posargs[0]).resolve())
    else:
        dist = session.create_tmp()
        for earlier in Path(dist).glob("moto_trainingplans-*"):
            earlier.unlink()
        run(session, "build", "--quiet", "--outdir", dist)
    session.install("twine", "check-wheel-contents")
    session.run("twine", "check", "--strict", *map(str, Path(dist).iterdir()))
    session.run("check-wheel-contents", *map(str, Path(dist).glob("*.whl")))
    run(session, "tests.tools.distributions", dist, "--tests")
    (built,) = Path(dist).glob("*.whl")
    session.install(str(built))
    session.cd(dist)  # away from the checkout, which would be imported instead
    session.run("python", str(PROJECT / "tests" / "tools" / "smoke.py"))


@nox.session(tags=["ci"])
def notebooks(session: nox.Session) -> None:
    """The notebooks of the documentation run from their first cell to their last."""
    session.install("--editable", ".", "ipykernel", "matplotlib", "nbclient", "pandas")
    session.run("python", "tests/tools/notebooks.py", *session.posargs)


@nox.session(python=False, tags=["ci"])
def docs(session: nox.Session) -> None:
    """The documentation site, into site/, without a warning; and what is to be found in it."""
    run(session, "tests.tools.site", "site")
    looked_at = ["tests/docs/test_site.py", "tests/docs/test_site_in_a_browser.py"]
    run(session, "pytest", "-n", "0", "-q", *(session.posargs or looked_at), BUILT_SITE="site")


@nox.session(python=False, tags=["ci"])
def first_steps(session: nox.Session) -> None:
    """The quickest of the newcomers: from an empty environment to a green test with pytest."""
    run(session, "tests.tools.newcomers", "fixture")


# -- by hand, and in CI's matrix -------------------------------------------------------------------


@nox.session(python=["3.10", "3.11", "3.12", "3.13", "3.14"])
@nox.parametrize("botocore", ["newest", "oldest"])
@nox.parametrize("moto", ["newest", "oldest", "unreleased"])
def pythons(session: nox.Session, moto: str, botocore: str) -> None:
    """The tests on a Python, with a moto and a botocore: `nox -l` has the names of all."""
    ages = {"moto": moto, "botocore": botocore}
    wanted = [oldest_version(name) if age == "oldest" else name for name, age in ages.items()]
    # Today's, whatever an earlier run has left. boto3 goes along with botocore.
    session.install("--upgrade", "--editable", ".[test]", "boto3", *wanted)
    if moto == "unreleased":
        session.install("--upgrade", "git+https://github.com/getmoto/moto")
    session.run("pip", "list")
    session.run("python", "-m", "pytest", *(session.posargs or ["-n", "auto", "-q"]))


@nox.session(python=False)
def races(session: nox.Session) -> None:
    """The races between clients, a thousand rounds each instead of a few: in process, on a server.

    `RACE_ROUNDS` says how many otherwise.
    """
    rounds = os.environ.get("RACE_ROUNDS", "1000")
    for server_mode in ("false", "true"):
        environment = {"RACE_ROUNDS": rounds, "TEST_SERVER_MODE": server_mode}
        run(session, "pytest", "-n", "0", "-v", *session.posargs, **environment)


@nox.session(python=False)
def hostile(session: nox.Session) -> None:
    """Twenty thousand requests that are almost right, in process and to a server: an hour.

    Others each time; the seed is in the first lines, and `-- --hypothesis-seed=SEED` repeats it.
    """
    seed = f"--hypothesis-seed={random.randrange(2**32)}"
    arguments = ["-n", "0", "-v", "tests/hostile", *(session.posargs or [seed])]
    for server in ("false", "true"):
        run(session, "pytest", *arguments, HOSTILE_EXAMPLES="2000", TEST_SERVER_MODE=server)


@nox.session(python=False)
def ledgers(session: nox.Session) -> None:
    """Two thousand random histories, each ledger held against what was watched: four minutes."""
    arguments = session.posargs or ["tests/views/test_ledger_machine.py"]
    run(session, "pytest", "-n", "auto", "-q", *arguments, LEDGER_EXAMPLES="670")


@nox.session(python=False)
def machine(session: nox.Session) -> None:
    """Random stories of everything at once, 200 of 100 steps: other ones each time, half an hour.

    `MACHINE_EXAMPLES` and `MACHINE_STEPS` say how many of how many.
    """
    sizes = {"MACHINE_EXAMPLES": "200", "MACHINE_STEPS": "100"}
    given = {name: os.environ.get(name, usual) for name, usual in sizes.items()}
    arguments = session.posargs or ["tests/machine"]
    run(session, "pytest", "-n", "0", "-q", *arguments, **given)


@nox.session(python=False, tags=["ci"])
def load(session: nox.Session) -> None:
    """Thirty-two clients at once on a server, for nine seconds; `-- --seconds 60` by hand."""
    run(session, "tests.tools.load", *(session.posargs or ["--seconds", "9"]))


@nox.session(python=False)
def trials(session: nox.Session) -> None:
    """Newcomers who follow each quick start from nothing: how long until their first green test."""
    run(session, "tests.tools.newcomers", *session.posargs)


@nox.session
def mutants(session: nox.Session) -> None:
    """Small changes of the package, drawn at random: how many of them does a test notice?

    `nox -s mutants -- --sample 300 --seed 7 --rooms simulation sagemaker`; it goes on where it was
    stopped. The first time it looks which test executes what, for half an hour.
    """
    session.install("--editable", ".[test]", "mutmut>=3.8", "coverage>=7.10")
    session.run("python", "-m", "tests.tools.mutation", *session.posargs)


@nox.session
def coverage(session: nox.Session) -> None:
    """What of the package the tests execute, in process and against a server: 97 % at least."""
    session.install("--editable", ".[test]", "coverage[toml]>=7.10")
    session.run("coverage", "erase")
    for server_mode in ("false", "true"):
        arguments = session.posargs or ["-n", "auto", "-q"]
        environment = {"TEST_SERVER_MODE": server_mode}
        session.run("coverage", "run", "-m", "pytest", *arguments, env=environment)
    session.run("coverage", "combine", "--quiet")
    session.run("coverage", "report")


@nox.session(python=False)
def slowest(session: nox.Session) -> None:
    """Which tests the time goes to: the forty slowest, on one core."""
    run(session, "pytest", "-n", "0", "-q", "--durations=40", *session.posargs)


@nox.session(python=False)
def comparison(session: nox.Session) -> None:
    """What docs/comparison.md counts in other packages is so in the newest of them."""
    run(session, "tests.tools.emulators", "--check")


@nox.session(python=False)
def benchmarks(session: nox.Session) -> None:
    """Ratios of speed, each measured beside what it is compared with."""
    for module in sorted((PROJECT / "tests" / "benchmarks").glob("bench_*.py")):
        run(session, f"tests.benchmarks.{module.stem}")

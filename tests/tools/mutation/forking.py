"""A process that has imported all that tests need but the package, and forks for each run of them.

To start pytest with boto3 and moto takes seconds, to fork a process that has imported them
milliseconds. The package and the tests are imported in the fork, as they are at that time. A run
is a line of JSON on standard input, what became of it one on standard output.
"""

from __future__ import annotations

import gc
import json
import os
import signal
import sys
import time
import traceback
from contextlib import suppress
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any

WANTED = (
    *("pytest", "hypothesis", "requests", "responses", "flask", "jinja2", "jsonschema", "waitress"),
    *("boto3", "botocore.client", "botocore.loaders", "moto", "moto.core.decorator", "moto.server"),
    *("moto.sagemaker.responses", "moto.s3.responses", "moto.iam.responses", "moto.sts.responses"),
    *("moto.events.responses", "moto.logs.responses", "moto.servicequotas.responses"),
)
SERVICES = ("sagemaker", "sagemaker-runtime", "iam", "sts", "s3", "events", "logs")
TOLD = ("collected", "seconds", "failures", "by_assertion")  # of a Watch
OF_ALL = "*"  # the context of what a process that a test has started executes
MEMORY = 3 * 2**30  # bytes: a run that fills the machine's is ended before


class Watch:
    """A pytest plugin: runs the chosen tests in their order, and tells how long each took.

    Seconds are those of a processor. Of the first failure it notes whether that was an assertion.
    """

    def __init__(self, chosen: list[str] | None, coverage: Any) -> None:
        self._order = None if chosen is None else {name: at for at, name in enumerate(chosen)}
        self._coverage = coverage
        self._began = 0.0
        self.collected: list[str] = []
        self.seconds: dict[str, float] = {}
        self.failures: dict[str, str] = {}
        self.by_assertion: bool | None = None

    def pytest_collection_modifyitems(self, items: list[Any]) -> None:
        """Leave those that were chosen, in their order."""
        if (order := self._order) is not None:
            items[:] = sorted(
                (item for item in items if item.nodeid in order),
                key=lambda item: order[item.nodeid],
            )
        self.collected = [item.nodeid for item in items]

    def pytest_runtest_logstart(self, nodeid: str) -> None:
        """What is executed from now on is executed by this test."""
        self._began = sum(os.times()[:4])
        if self._coverage:
            self._coverage.switch_context(nodeid)

    def pytest_runtest_logfinish(self, nodeid: str) -> None:
        """Up to here."""
        if self._coverage:
            self._coverage.switch_context("")
        self.seconds[nodeid] = sum(os.times()[:4]) - self._began

    def pytest_exception_interact(self, node: Any, call: Any) -> None:
        """Something went wrong in a test, or while it was collected."""
        self.failures.setdefault(node.nodeid, call.excinfo.exconly()[:500])
        if self.by_assertion is None:
            failed = (AssertionError, import_module("pytest").fail.Exception)
            self.by_assertion = bool(call.excinfo.errisinstance(failed))


def prepare() -> None:
    """Import what every run needs, and read the models that most clients are made from."""
    for name in WANTED:
        import_module(name)
    loaders = import_module("botocore.loaders")
    loaders.JSONFileLoader.load_file = cache(loaders.JSONFileLoader.load_file)
    loader = import_module("boto3").Session()._session.get_component("data_loader")
    loader.load_data("endpoints")
    for service in SERVICES:
        loader.load_service_model(service, "service-2")
    gc.freeze()  # what is there now stays, in forks too, and need not be searched for garbage


def in_fork(order: dict[str, Any], answer: Path) -> None:
    """Run the tests, and leave in the file what became of them."""
    os.setsid()
    log = os.open(order["log"], os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
    for stream, file in ((0, os.open(os.devnull, os.O_RDONLY)), (1, log), (2, log)):
        os.dup2(file, stream)
    os.environ.update(order["environment"])
    coverage = None
    if order["tests"] is not None:
        sys.dont_write_bytecode = True  # what is written may be that of a mutant
        os.environ["PYTHONDONTWRITEBYTECODE"] = "1"
    if order["coverage"] is not None:
        coverage = import_module("coverage").Coverage(
            config_file=order["coverage"], data_suffix="tests"
        )
        # Processes that tests start are measured too: they may serve all tests of the file.
        os.environ["COVERAGE_PROCESS_START"] = order["coverage"]
        os.environ["MUTANTS_CONTEXT"] = OF_ALL
        coverage.start()
    # Tests in a browser take too long, and are skipped as on a machine that has none.
    import_module("tests.support.browser").NAMES = ()
    watch = Watch(order["tests"], coverage)
    code = int(import_module("pytest").main(order["arguments"], plugins=[watch]))
    if coverage is not None:
        coverage.stop()
        coverage.save()
    told = {name: getattr(watch, name) for name in TOLD}
    answer.write_text(json.dumps({"code": code, **told}), encoding="utf-8")


def run(order: dict[str, Any]) -> dict[str, Any]:
    """Fork, wait for the end or for the limits, and leave no process behind."""
    answer = Path(order["log"]).with_suffix(".json")
    answer.unlink(missing_ok=True)
    child = os.fork()
    if child == 0:
        try:
            in_fork(order, answer)
        except BaseException:
            traceback.print_exc()
        finally:
            sys.stderr.flush()
            os._exit(0)
    ended = wait(child, order["processor_seconds"], order["wall_seconds"])
    with suppress(ProcessLookupError):
        os.killpg(child, signal.SIGKILL)  # it, or servers that it has left behind
    if not ended:
        os.waitpid(child, 0)
    if not ended or not answer.exists():
        return {"late": not ended, "code": -1, **dict.fromkeys(TOLD)}
    return {"late": False, **json.loads(answer.read_text(encoding="utf-8"))}


def wait(child: int, processor_seconds: float, wall_seconds: float) -> bool:
    """Wait for its end; gives whether it came before the limits of time and memory did."""
    until = time.monotonic() + wall_seconds
    ticks, page, pause = os.sysconf("SC_CLK_TCK"), os.sysconf("SC_PAGE_SIZE"), 0.01
    while os.waitpid(child, os.WNOHANG)[0] == 0:
        # The fields of proc(5), without the first two: times are 14 to 17, the memory is 24.
        fields = Path(f"/proc/{child}/stat").read_text("ascii").rpartition(")")[2].split()
        used = sum(map(int, fields[11:15])) / ticks
        if used > processor_seconds or time.monotonic() > until:
            return False
        if int(fields[21]) * page > MEMORY:
            return False
        time.sleep(pause)
        pause = min(pause * 1.2, 0.2)
    return True


if __name__ == "__main__":
    prepare()
    for line in sys.stdin:
        print(json.dumps(run(json.loads(line))), flush=True)

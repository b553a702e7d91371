"""moto's own SageMaker tests, with training plans in moto: what passed without must pass with.

    python -m tests.tools.moto_suite            # in process
    python -m tests.tools.moto_suite --server   # against a server

The tests are those of the installed moto. They come with its source on PyPI, are fetched by
pip when they are first needed, and are kept in `.cache/`. They run twice side by side, on
plain moto and with training plans installed, so that no number has to be known beforehand.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tarfile
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path
from tempfile import TemporaryDirectory
from xml.etree import ElementTree

PROJECT = Path(__file__).resolve().parent.parent.parent
SELECTION = "tests/test_sagemaker"

# Tests of moto that may fail with training plans, as "class or module.test", and why.
_CLUSTERS = "tests.test_sagemaker.test_sagemaker_cluster"
EXCEPTIONS: dict[str, str] = {
    f"{_CLUSTERS}.test_create_cluster": "pins an ARN that ends in the cluster's name; the "
    "model's pattern wants an id of 12 letters and digits",
    f"{_CLUSTERS}.test_create_cluster_bad_source_s3_uri": "pins a refusal of scripts outside of "
    "`s3://sagemaker-`; AWS's own examples have them elsewhere, which a role allows",
    f"{_CLUSTERS}.test_describe_cluster": "pins groups to the members that it has sent; they "
    "have a Status too",
    f"{_CLUSTERS}.test_delete_cluster": "pins a text with the name that an ARN ends in, and a "
    "ValidationException where the model has ResourceNotFound",
    f"{_CLUSTERS}.test_describe_cluster_node": "describes node `<group>-<n>`; the model's "
    "pattern for node ids is that of EC2 instances",
    f"{_CLUSTERS}.test_list_cluster_nodes": "pins node ids `<group>-<n>`, as above",
    "tests.test_sagemaker.test_sagemaker_training.test_describe_unknown_training_job": "pins "
    "`Could not find training job '<arn>'.`; clients match `Requested resource not found.`, which "
    "was seen of AWS",
}


def pytest_configure() -> None:
    """Install training plans: this file is also the pytest plugin of its second run."""
    from moto_trainingplans import install

    install()


def moto_tests() -> Path:
    """The folder with the tests of the installed moto, fetched if it is not there."""
    moto = f"moto-{version('moto')}"
    folder = PROJECT / ".cache" / moto
    if folder.exists():
        return folder
    folder.parent.mkdir(exist_ok=True)
    with TemporaryDirectory(dir=folder.parent) as download:
        subprocess.run(
            [
                *(sys.executable, "-m", "pip", "download", "--quiet", "--no-deps"),
                *("--no-binary", "moto", "--dest", download, f"moto=={version('moto')}"),
            ],
            check=True,
        )
        (source,) = Path(download).glob("*.tar.gz")
        with tarfile.open(source) as archive:
            # Without moto itself, which would be found before the installed one.
            wanted = [each for each in archive if not each.name.startswith(f"{moto}/moto/")]
            archive.extractall(download, members=wanted, filter="data")
        (Path(download) / moto).rename(folder)
    return folder


class Run:
    """One run of the tests, under way from the start.

    In a process of its own, on plain moto or `with_plans` in it, or against a `server` of such.
    """

    def __init__(self, folder: Path, report: Path, *, with_plans: bool, server: bool) -> None:
        self._report = report
        self._stop: Callable[[], None] = lambda: None
        environment = {
            **os.environ,
            "AWS_ACCESS_KEY_ID": "testing",
            "AWS_SECRET_ACCESS_KEY": "testing",
            "AWS_DEFAULT_REGION": "us-east-1",
            "PYTHONPATH": os.pathsep.join((str(Path(__file__).parent), str(PROJECT))),
        }
        plugins = ["-p", "no:moto_trainingplans"]
        if server:
            from tests.support.servers import RunningServer

            running = RunningServer(module="moto_trainingplans" if with_plans else "moto.server")
            self._stop = running.stop
            environment |= {
                "TEST_SERVER_MODE": "true",
                "TEST_SERVER_MODE_ENDPOINT": running.url,
            }
        elif with_plans:
            plugins += ["-p", Path(__file__).stem]
        self._process = subprocess.Popen(
            [
                *(sys.executable, "-m", "pytest", "-q", "--color=no", "--tb=short"),
                *(*plugins, f"--junitxml={report}", SELECTION),
            ],
            cwd=folder,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def outcomes(self) -> tuple[set[str], set[str], str]:
        """The tests that passed, those that failed, and what pytest said."""
        output, _ = self._process.communicate()
        self._stop()
        if not self._report.exists():
            sys.exit(f"the tests did not run:\n{output}")
        passed, failed = set(), set()
        for test in ElementTree.parse(self._report).iter("testcase"):
            name = f"{test.get('classname')}.{test.get('name')}"
            endings = {child.tag for child in test}
            if endings & {"failure", "error"}:
                failed.add(name)
            elif "skipped" not in endings:
                passed.add(name)
        return passed, failed, output


def main() -> None:
    """Run the tests both ways; exit with 1 where training plans break any."""
    parser = argparse.ArgumentParser(description="Run moto's own SageMaker tests.")
    parser.add_argument("--server", action="store_true", help="against a server")
    server = parser.parse_args().server
    folder = moto_tests()
    with TemporaryDirectory() as reports:
        plain_run, own_run = (
            Run(folder, Path(reports) / f"{with_plans}.xml", with_plans=with_plans, server=server)
            for with_plans in (False, True)
        )
        plain, plain_failed, plain_output = plain_run.outcomes()
        passed, failed, output = own_run.outcomes()
    if not plain:
        sys.exit(f"nothing passes on plain moto:\n{plain_output}")
    broken = (plain - passed) | (failed - plain_failed)
    wrong = sorted(broken - EXCEPTIONS.keys())
    stale = sorted(EXCEPTIONS.keys() & passed)
    print(
        f"moto {version('moto')}, {'against a server' if server else 'in process'}: "
        f"{len(plain)} pass on plain moto, {len(passed)} with training plans"
    )
    for name in sorted(broken & EXCEPTIONS.keys()):
        print(f"excepted: {name}: {EXCEPTIONS[name]}")
    if wrong or stale:
        print(output)
        print(*(f"broken: {name}" for name in wrong), sep="\n")
        print(*(f"excepted, but it passes: {name}" for name in stale), sep="\n")
        sys.exit(1)


if __name__ == "__main__":
    main()

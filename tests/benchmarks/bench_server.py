"""How fast the server is, as ratios to moto's own server, measured in one run.

    python -m tests.benchmarks.bench_server

Both serve the same job without a plan to the same clients, on connections that are kept open,
in turn. The program fails if a ratio is worse than what the project promises.
"""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPConnection, HTTPException
from statistics import median
from typing import Any

from tests.benchmarks.bench_training_plans import report

ROUNDS = 5
SECONDS = 1.5
STARTS = 9
GIVE_UP = 60.0
AUTHORIZATION = (
    "AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20250121/us-west-2/sagemaker/aws4_request, "
    "SignedHeaders=content-type;host;x-amz-date;x-amz-target, Signature=0123456789abcdef"
)
# What boto3 sends.
HEADERS = {
    "Authorization": AUTHORIZATION,
    "Content-Type": "application/x-amz-json-1.1",
    "User-Agent": "Boto3/1.43.105 ua/2.1 os/linux md/arch#x86_64 lang/python#3.12",
    "X-Amz-Date": "20250121T190827Z",
    "amz-sdk-invocation-id": "4b4bd1c5-0000-0000-0000-000000000000",
    "amz-sdk-request": "attempt=1",
}
JOB = {
    "TrainingJobName": "job",
    "RoleArn": "arn:aws:iam::123456789012:role/role",
    "AlgorithmSpecification": {"TrainingInputMode": "File", "TrainingImage": "image"},
    "OutputDataConfig": {"S3OutputPath": "s3://bucket/output"},
    "ResourceConfig": {"InstanceType": "ml.m5.large", "InstanceCount": 1, "VolumeSizeInGB": 10},
    "StoppingCondition": {"MaxRuntimeInSeconds": 3600},
}
OURS, MOTOS = ("moto_trainingplans", "server"), ("moto.server",)
SEARCH = {"InstanceType": "ml.p4d.24xlarge", "DurationHours": 24, "InstanceCount": 1}


class Server:
    """A server in a process of its own, on a free port, that has answered a first request.

    `seconds` is how long that took from the start of the process.
    """

    def __init__(self, module: tuple[str, ...]) -> None:
        with socket.create_server(("127.0.0.1", 0)) as free:
            self.port = free.getsockname()[1]
        begun = time.perf_counter()
        self._process = subprocess.Popen(
            [sys.executable, "-m", *module, "-p", str(self.port)],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            env={**os.environ, "PYTHONDONTWRITEBYTECODE": ""},
        )
        while not self._answers():
            if time.perf_counter() - begun > GIVE_UP:
                raise RuntimeError(f"{module} does not answer")
            time.sleep(0.002)
        self.seconds = time.perf_counter() - begun

    def _answers(self) -> bool:
        try:
            self.ask("DescribeTrainingJob", {"TrainingJobName": "job"})
        except (OSError, HTTPException):
            return False
        return True

    def ask(self, operation: str, members: dict[str, Any]) -> tuple[int, Any]:
        """The status and the members of an answer."""
        connection = HTTPConnection("127.0.0.1", self.port, timeout=GIVE_UP)
        headers = {**HEADERS, "X-Amz-Target": f"SageMaker.{operation}"}
        connection.request("POST", "/", json.dumps(members), headers)
        answer = connection.getresponse()
        content = json.loads(answer.read())
        connection.close()
        return answer.status, content

    def stop(self) -> None:
        """End it."""
        self._process.terminate()
        self._process.wait(timeout=GIVE_UP)


def requests_a_second(
    server: Server, operation: str, members: dict[str, Any], clients: int
) -> float:
    """How many are answered to so many clients, each with a connection that it keeps."""
    body = json.dumps(members)
    headers = {**HEADERS, "X-Amz-Target": f"SageMaker.{operation}", "Content-Length": len(body)}
    lines = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
    request = f"POST / HTTP/1.1\r\nHost: 127.0.0.1:{server.port}\r\n{lines}\r\n{body}".encode()
    until = time.perf_counter() + SECONDS

    def ask_on(_: int) -> int:
        answered = 0
        connection = stream = None
        while time.perf_counter() < until:
            if connection is None or stream is None:
                connection = socket.create_connection(("127.0.0.1", server.port))
                connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                stream = connection.makefile("rb")
            connection.sendall(request)
            assert b" 200 " in stream.readline()
            length, is_kept = 0, True
            while (line := stream.readline()) != b"\r\n":
                name, _, value = line.lower().partition(b":")
                length = int(value) if name == b"content-length" else length
                is_kept &= (name, value.strip()) != (b"connection", b"close")
            stream.read(length)
            answered += 1
            if not is_kept:
                stream.close()
                connection.close()
                connection = None
        return answered

    with ThreadPoolExecutor(clients) as pool:
        return sum(pool.map(ask_on, range(clients))) / SECONDS


def speed(clients: int) -> bool:
    """DescribeTrainingJob of a job without a plan, beside moto's server."""
    ours, motos = Server(OURS), Server(MOTOS)
    try:
        for server in (ours, motos):
            assert server.ask("CreateTrainingJob", JOB)[0] == 200
        _, found = ours.ask("SearchTrainingPlanOfferings", SEARCH)
        offering = found["TrainingPlanOfferings"][-1]["TrainingPlanOfferingId"]
        bought = {"TrainingPlanName": "plan", "TrainingPlanOfferingId": offering}
        assert ours.ask("CreateTrainingPlan", bought)[0] == 200
        asked = [
            (ours, "DescribeTrainingJob", {"TrainingJobName": "job"}),
            (motos, "DescribeTrainingJob", {"TrainingJobName": "job"}),
            (ours, "DescribeTrainingPlan", {"TrainingPlanName": "plan"}),
        ]
        measured = [
            [requests_a_second(*each, clients=clients) for each in asked] for _ in range(ROUNDS)
        ]
        job, moto_job, plan = (median(of_one) for of_one in zip(*measured, strict=True))
    finally:
        ours.stop()
        motos.stop()
    named = "a client" if clients == 1 else f"{clients} clients"
    print(f"{named}: jobs {job:.0f} a second, moto's {moto_job:.0f}, plans {plan:.0f}")
    report(f"moto_server's jobs a second / DescribeTrainingPlan's, {named}", moto_job / plan)
    return report(f"moto_server's jobs a second / ours, {named}", moto_job / job, 0.5)


def start() -> bool:
    """From the start of the process to the first answer, beside moto's server."""
    pairs = []
    # The first of each compiles, as an installation does.
    for _ in range(STARTS + 1):
        seconds = []
        for module in (OURS, MOTOS):
            server = Server(module)
            seconds.append(server.seconds)
            server.stop()
        pairs.append(seconds)
    # The least, since whatever else the machine does only adds to it.
    ours, motos = (min(of_one) for of_one in zip(*pairs[1:], strict=True))
    print(f"a start: {ours:.3f} s, moto's {motos:.3f} s")
    return report("a start to the first answer / moto_server's", ours / motos, 0.85)


def main() -> None:
    """Measure everything."""
    kept = [speed(1), speed(8), start()]
    if not all(kept):
        sys.exit("a ratio is worse than promised")


if __name__ == "__main__":
    main()

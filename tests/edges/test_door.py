"""What comes to the server's door: too large, cut off, malformed, and how it ends."""

from __future__ import annotations

import gzip
import json
import os
import re
import signal
import socket
import ssl
import subprocess
import sys
import threading
import time
from contextlib import suppress
from http.client import HTTPException, HTTPResponse
from pathlib import Path
from urllib.parse import urlsplit

import boto3
import pytest
import requests

from moto_trainingplans import connect
from tests.support.servers import RunningServer

pytestmark = pytest.mark.in_process("starts servers of its own")

MEBIBYTE = 1024 * 1024
LIST = {"X-Amz-Target": "SageMaker.ListTrainingPlans"}
JSON = {"Content-Type": "application/json"}
CLOCK = "/moto-api/training-plans/clock/now"
HEAD = b"POST / HTTP/1.1\r\nHost: localhost\r\nX-Amz-Target: SageMaker.ListTrainingPlans\r\n"
CHUNKED = HEAD + b"Transfer-Encoding: chunked\r\n\r\n"


@pytest.fixture(scope="module")
def door():
    """A server whose bodies may have 16 MiB, and those of its JSON services 8."""
    running = RunningServer("--max-body", "16")
    yield running
    running.stop()


@pytest.fixture(autouse=True)
def _still_serves(request):
    """Whatever a test sends: others are answered, and nobody had a traceback or a 5xx."""
    if "door" not in request.fixturenames:
        yield
        return
    door = request.getfixturevalue("door")
    yield
    assert connect(door.url).clock.now()
    assert "Traceback" not in door.log()


def connection(server):
    """A socket to a server."""
    address = urlsplit(server.url)
    made = socket.create_connection((address.hostname, address.port), timeout=20)
    made.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return made


def send(server, sent):
    """All that is answered to some bytes, until the server closes or has no more to say."""
    with connection(server) as made:
        made.settimeout(1)
        with suppress(OSError):  # the server may have had enough before the end
            made.sendall(sent)
        answered = b""
        with suppress(OSError):
            while got := made.recv(65536):
                answered += got
                made.settimeout(0.2)
        return answered


def post(made):
    """The status of the answer to a request on a connection."""
    made.sendall(HEAD + b"Content-Length: 2\r\n\r\n{}")
    answer = HTTPResponse(made)
    answer.begin()
    answer.read()
    return answer.status


def memory(server):
    """The memory of a server in MiB."""
    told = Path(f"/proc/{server.pid}/status")
    if not told.exists():
        pytest.skip("only Linux tells the memory of a process so easily")
    return int(re.search(r"VmRSS:\s+(\d+) kB", told.read_text())[1]) / 1024


# -- too large -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("path", "headers", "most"),
    [
        ("/", LIST, 8),
        ("/", {"X-Amz-Target": "ServiceQuotasV20190624.ListServices"}, 8),
        (CLOCK, JSON, 8),
        ("/moto-api/training-plans/console/plans", JSON, 8),
        ("/bucket/key", {}, 16),
        ("/moto-api/recorder/upload-recording", {}, 16),
    ],
)
def test_a_body_is_refused_before_it_is_read(door, path, headers, most):
    told = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
    begin = f"POST {path} HTTP/1.1\r\nHost: localhost\r\n{told}".encode()
    too_large = f"Content-Length: {most * MEBIBYTE + 1}\r\n\r\n".encode()
    answered = send(door, begin + too_large)
    assert answered.startswith(b"HTTP/1.1 413 ")
    body = json.loads(answered.partition(b"\r\n\r\n")[2])
    assert body["message"].endswith(f"a body may have {most * MEBIBYTE:,} bytes here")
    # Nor is a client that asks first, as curl does, told to send it.
    assert send(door, begin + b"Expect: 100-continue\r\n" + too_large).startswith(b"HTTP/1.1 413 ")


def test_a_client_that_has_sent_too_much_reads_why(door):
    """It is not cut off while it sends, as by a server that closes at once."""
    answer = requests.post(door.url, b" " * (40 * MEBIBYTE), headers=LIST, timeout=20)
    assert answer.status_code == 413


def test_chunks_are_counted_as_they_come(door):
    before = memory(door)

    def chunks():
        for _ in range(2000):
            yield b" " * (MEBIBYTE // 4)

    with suppress(requests.ConnectionError):
        answer = requests.post(door.url, chunks(), headers=LIST, timeout=20)
        assert answer.status_code == 413
    assert memory(door) < before + 40


def test_what_expands_beyond_the_limit_is_refused_and_not_kept(door):
    bomb = gzip.compress(b" " * (64 * MEBIBYTE), 9)
    assert len(bomb) < MEBIBYTE // 8
    for headers in (LIST, {"X-Amz-Target": "DynamoDB_20120810.ListTables"}):
        signed = {"Authorization": AUTHORIZATION.format("dynamodb"), **headers}
        encoded = {**signed, "Content-Encoding": "gzip"}
        # Its service has to be imported first.
        requests.post(door.url, "{}", headers=signed, timeout=20)
        before = memory(door)
        for _ in range(3):
            answer = requests.post(door.url, bomb, headers=encoded, timeout=20)
            assert answer.status_code == 413
            assert answer.json()["__type"] == "RequestEntityTooLarge"
        assert memory(door) < before + 20


def test_what_expands_within_the_limit_is_read(door):
    # In two members, as gzip allows it.
    body = gzip.compress(b'{"MaxResults"') + gzip.compress(b": 1}" + b" " * (4 * MEBIBYTE))
    encoded = {**LIST, "Content-Encoding": "gzip"}
    answer = requests.post(door.url, body, headers=encoded, timeout=20)
    assert (answer.status_code, answer.json()) == (200, {"TrainingPlanSummaries": []})


def test_large_objects_are_kept_by_s3_compressed_or_not(door):
    s3 = boto3.client("s3", "us-east-1", endpoint_url=door.url)
    s3.create_bucket(Bucket="results")
    large = os.urandom(MEBIBYTE) * 12
    s3.put_object(Bucket="results", Key="large", Body=large)
    assert s3.get_object(Bucket="results", Key="large")["Body"].read() == large
    bomb = gzip.compress(b" " * (64 * MEBIBYTE), 9)
    s3.put_object(Bucket="results", Key="small", Body=bomb, ContentEncoding="gzip")
    assert s3.get_object(Bucket="results", Key="small")["Body"].read() == bomb


def test_metadata_and_keys_of_s3_are_kept_as_they_were_sent(door):
    s3 = boto3.client("s3", "us-east-1", endpoint_url=door.url)
    s3.create_bucket(Bucket="names")
    key = "a//b%2Fc d+é"
    s3.put_object(Bucket="names", Key=key, Body=b"x", Metadata={"my-key": "1", "other": "2"})
    assert s3.head_object(Bucket="names", Key=key)["Metadata"] == {"my-key": "1", "other": "2"}
    assert [each["Key"] for each in s3.list_objects_v2(Bucket="names")["Contents"]] == [key]


# -- cut off and malformed -----------------------------------------------------------------------

AUTHORIZATION = (
    "AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20250121/us-west-2/{}/aws4_request, "
    "SignedHeaders=host, Signature=0123"
)
MALFORMED = {
    "no request line": b"\r\n\r\n\r\n",
    "nonsense": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" * 20 + b"\r\n\r\n",
    "no version": b"GET /\r\nHost: localhost\r\n\r\n",
    "version 2": b"GET / HTTP/2.0\r\nHost: localhost\r\n\r\n",
    "lower-case method": b"get / HTTP/1.1\r\nHost: localhost\r\n\r\n",
    "space in path": b"GET /a b HTTP/1.1\r\nHost: localhost\r\n\r\n",
    "bad percent": b"GET /%zz%f%00%ff HTTP/1.1\r\nHost: localhost\r\n\r\n",
    "NUL in path": b"GET /moto-api/\x00 HTTP/1.1\r\nHost: localhost\r\n\r\n",
    "bad bytes in the query": b"GET /?a=\xff&%=%zz HTTP/1.1\r\nHost: localhost\r\n\r\n",
    "absolute": b"GET http://localhost/moto-api/data.json HTTP/1.1\r\nHost: localhost\r\n\r\n",
    "bad absolute": b"GET http://[ HTTP/1.1\r\nHost: localhost\r\n\r\n",
    "asterisk": b"OPTIONS * HTTP/1.1\r\nHost: localhost\r\n\r\n",
    "connect": b"CONNECT localhost:80 HTTP/1.1\r\nHost: localhost\r\n\r\n",
    "no host": b"GET / HTTP/1.1\r\n\r\n",
    "two hosts": b"GET / HTTP/1.1\r\nHost: localhost\r\nHost: evil.example\r\n\r\n",
    "bare LF": b"GET / HTTP/1.1\nHost: localhost\n\n",
    "folded header": b"GET / HTTP/1.1\r\nHost: localhost\r\nA: b\r\n c\r\n\r\n",
    "header without colon": b"GET / HTTP/1.1\r\nHost: localhost\r\nA\r\n\r\n",
    "NUL in header": b"GET / HTTP/1.1\r\nHost: localhost\r\nA: \x00\r\n\r\n",
    "length no number": HEAD + b"Content-Length: ten\r\n\r\n{}",
    "length negative": HEAD + b"Content-Length: -2\r\n\r\n{}",
    "length with sign": HEAD + b"Content-Length: +2\r\n\r\n{}",
    "length absurd": HEAD + b"Content-Length: " + b"9" * 5000 + b"\r\n\r\n{}",
    "two lengths": HEAD + b"Content-Length: 2\r\nContent-Length: 20\r\n\r\n{}",
    "length and chunks": HEAD
    + b"Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n",
    "unknown coding": HEAD + b"Transfer-Encoding: gzip, chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n",
    "chunk no number": CHUNKED + b"zz\r\n{}\r\n0\r\n\r\n",
    "chunk negative": CHUNKED + b"-2\r\n{}\r\n0\r\n\r\n",
    "chunk too short": CHUNKED + b"1\r\n{}\r\n0\r\n\r\n",
    "chunk absurd": CHUNKED + b"f" * 1000 + b"\r\n{}",
    "chunk without end": CHUNKED + b"1" * 100_000,
    "trailer without end": CHUNKED + b"2\r\n{}\r\n0\r\nA: " + b"b" * 100_000,
    "url too long": b"GET /" + b"a" * 100_000 + b" HTTP/1.1\r\nHost: localhost\r\n\r\n",
    "headers too long": b"GET / HTTP/1.1\r\nHost: localhost\r\nA: " + b"b" * 100_000 + b"\r\n\r\n",
    "surrogates": HEAD + b'Content-Length: 8\r\n\r\n"\\ud800"',
    **{
        f"authorization {given!r}": b"POST / HTTP/1.1\r\nHost: localhost\r\nAuthorization: "
        + given.encode()
        + b"\r\nContent-Length: 0\r\n\r\n"
        for given in (
            *("", "x", "AWS4-HMAC-SHA256", "AWS4-HMAC-SHA256 ", "AWS4-HMAC-SHA256 Credential="),
            *("a b/c", "AWS4 a/b/c/d/e", "AWS4 a/b/c/s3/e", "AWS4 a/b/c/dynamodb/e", "Basic YTpi"),
            AUTHORIZATION.format("nosuchservice"),
        )
    },
    "target without a dot": b"POST / HTTP/1.1\r\nHost: localhost\r\nX-Amz-Target: a\r\n\r\n",
    "form that is no text": HEAD
    + b"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: 2\r\n\r\n\xff\xfe",
}


@pytest.mark.parametrize("sent", MALFORMED.values(), ids=MALFORMED)
def test_what_is_malformed_is_answered_with_no_5xx(door, sent):
    answered = send(door, sent)
    for status in re.findall(rb"HTTP/1\.[01] (\d{3}) ", answered):
        assert 200 <= int(status) < 500, answered[:500]


def test_a_body_with_two_lengths_is_refused_and_nothing_read_after_it(door):
    """What stands between would take the rest for another request."""
    hidden = b"0\r\n\r\n" + HEAD + b"Content-Length: 2\r\n\r\n{}"
    both = b"Content-Length: %d\r\nTransfer-Encoding: chunked\r\n\r\n" % len(hidden)
    answered = send(door, HEAD + both + hidden)
    assert re.findall(rb"HTTP/1\.1 (\d{3}) ", answered) == [b"400"]


@pytest.mark.parametrize(
    "cut",
    [
        CHUNKED + b"5\r\n{}",
        CHUNKED + b"2\r\n{}",
        CHUNKED + b"2\r\n{}\r\n0\r\n",
        CHUNKED + b"fffffff\r\n{}",
        HEAD + b"Content-Length: 20\r\n\r\n{}",
        HEAD[:40],
    ],
)
def test_a_request_that_is_cut_off_is_forgotten(door, cut):
    """Werkzeug's development server, which moto's is, takes memory for it without end."""
    requests.get(f"{door.url}{CLOCK[:-4]}", timeout=20)
    before = memory(door)
    for _ in range(20):
        with connection(door) as made:
            made.sendall(cut)
            made.shutdown(socket.SHUT_WR)
            made.recv(65536)
    assert memory(door) < before + 10


def test_slow_clients_keep_nobody_waiting(door):
    slow = [connection(door) for _ in range(100)]
    try:
        for number, made in enumerate(slow):
            made.sendall(HEAD + b"Content-Length: 20\r\n\r\n{" if number % 2 else HEAD)
        begun = time.monotonic()
        assert requests.post(door.url, "{}", headers=LIST, timeout=20).status_code == 200
        assert time.monotonic() - begun < 5
    finally:
        for made in slow:
            made.close()


def test_requests_that_wait_keep_nobody_waiting_and_no_stop():
    """Long polls of SQS wait within the server: more than it has threads at first."""
    server = RunningServer()
    sqs = boto3.client("sqs", "us-west-2", endpoint_url=server.url)
    sqs.create_queue(QueueName="work")
    polls = [connection(server) for _ in range(24)]
    try:
        for poll in polls:
            poll.sendall(
                b"POST / HTTP/1.1\r\nHost: localhost\r\nX-Amz-Target: AmazonSQS.ReceiveMessage\r\n"
                b"Authorization: %s\r\nContent-Length: 89\r\n\r\n%s"
                % (
                    AUTHORIZATION.format("sqs").encode(),
                    json.dumps(
                        {
                            "QueueUrl": "http://localhost/123456789012/work",
                            "WaitTimeSeconds": 20,
                        }
                    )
                    .encode()
                    .ljust(89),
                )
            )
        time.sleep(1)
        begun = time.monotonic()
        assert requests.get(f"{server.url}{CLOCK[:-4]}", timeout=20).status_code == 200
        assert time.monotonic() - begun < 5
        begun = time.monotonic()
        assert server.signal(signal.SIGTERM) == 0
        assert time.monotonic() - begun < 10
    finally:
        for poll in polls:
            poll.close()
        server.kill()
    assert server.log().rstrip().endswith("Ctrl+C")


def test_requests_that_come_together_are_answered_in_their_order(door):
    asked = b"".join(
        b"POST %s HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
        b"Content-Length: 2\r\n%s\r\n{}" % (path, end)
        for path, end in (
            (CLOCK.encode(), b""),
            (b"/moto-api/training-plans/nonsense", b""),
            (b"/moto-api/training-plans/history", b"Connection: close\r\n"),
        )
    )
    answered = send(door, asked)
    assert re.findall(rb"HTTP/1\.1 (\d{3}) ", answered) == [b"200", b"404", b"200"]
    assert answered.endswith(b"[]")


def test_an_old_client_is_answered_and_left(door):
    answered = send(door, b"GET /moto-api/training-plans/history HTTP/1.0\r\n\r\n")
    assert answered.startswith(b"HTTP/1.0 200 ")
    assert answered.endswith(b"[]")


# -- how it begins and ends ----------------------------------------------------------------------


def test_the_banner_says_where_it_is_how_late_and_who_may_ask():
    server = RunningServer(
        *("--now", "2025-01-21T19:08:27Z", "--speed", "3600"),
        *("--allow-host", "moto", "--allow-origin", "http://app.example"),
    )
    server.stop()
    told = server.log()
    for each in (
        f" * Running on {server.url}\n",
        "clock     2025-01-21T19:08:27Z, 3,600 seconds a second\n",
        "asked for as localhost, moto (--allow-host), by pages of http://app.example",
        f"export AWS_ENDPOINT_URL={server.url}\n",
        "export AWS_ACCESS_KEY_ID=testing AWS_SECRET_ACCESS_KEY=testing\n",
        "export AWS_DEFAULT_REGION=us-west-2\n",
    ):
        assert each in told


def test_each_request_has_a_line_where_that_is_asked_for_and_none_else():
    logging, silent = RunningServer("--access-log"), RunningServer()
    for server in (logging, silent):
        requests.post(server.url, "{}", headers=LIST, timeout=20)
        requests.get(f"{server.url}/moto-api/nonsense%1B", timeout=20)
        server.stop()
    assert re.search(r"^POST / SageMaker.ListTrainingPlans 200 [\d.]+ ms$", logging.log(), re.M)
    assert re.search(r"^GET /moto-api/nonsense%1B 404 [\d.]+ ms$", logging.log(), re.M)
    assert "ListTrainingPlans" not in silent.log()


@pytest.mark.skipif(sys.platform == "win32", reason="signals are another thing there")
@pytest.mark.parametrize("name", ["SIGINT", "SIGTERM"])
def test_it_stops_at_once_and_cleanly_with_requests_under_way(name):
    server = RunningServer()
    asking = True
    statuses = set()

    def ask():
        with connection(server) as made, suppress(OSError, HTTPException):
            while asking:
                statuses.add(post(made))

    clients = [threading.Thread(target=ask) for _ in range(8)]
    for client in clients:
        client.start()
    half_sent, idle = connection(server), connection(server)
    half_sent.sendall(HEAD + b"Content-Length: 20\r\n\r\n{")
    time.sleep(0.5)
    begun = time.monotonic()
    server.send_signal(getattr(signal, name))
    assert server.wait() == 0
    assert time.monotonic() - begun < 3
    asking = False
    for client in clients:
        client.join()
    half_sent.close()
    idle.close()
    assert statuses == {200}
    assert "Traceback" not in server.log()
    with pytest.raises(ConnectionRefusedError):
        connection(server)


def test_a_port_that_is_taken_is_told_without_a_traceback():
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        command = [sys.executable, "-m", "moto_trainingplans", "server", "-p", port]
        ended = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert ended.returncode == 1
    assert f"cannot listen on 127.0.0.1, port {port}: " in ended.stderr
    assert "Traceback" not in ended.stderr


def test_an_address_that_no_machine_can_have_is_told_without_a_traceback():
    command = [sys.executable, "-m", "moto_trainingplans", "server", "-p", "0", "-H", "a..b"]
    ended = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert ended.returncode == 1
    assert ended.stderr.startswith("cannot listen on a..b, port 0: ")
    assert "Traceback" not in ended.stderr


def test_https_is_spoken_with_a_certificate_made_at_the_start():
    server = RunningServer("--ssl", "--now", "2025-01-21T19:08:27Z", "--speed", "0")
    try:
        assert server.url.startswith("https://")
        sagemaker = boto3.client("sagemaker", endpoint_url=server.url, verify=False)
        with pytest.warns(Warning, match="Unverified HTTPS request"):
            assert sagemaker.list_training_plans()["TrainingPlanSummaries"] == []
        context = ssl.create_default_context()
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        with context.wrap_socket(connection(server)) as secure:
            for _ in range(2):  # of one connection
                assert post(secure) == 200
        # A page's origin is an https one there.
        origin = {"Origin": server.url.replace("https", "http"), **LIST}
        with pytest.warns(Warning, match="Unverified HTTPS request"):
            answer = requests.post(server.url, "{}", headers=origin, verify=False, timeout=20)
        assert answer.status_code == 403
        assert b"HTTP/1" not in send(server, HEAD + b"Content-Length: 2\r\n\r\n{}")
        # Who has sent too much reads why there too.
        large = b" " * (40 * MEBIBYTE)
        with pytest.warns(Warning, match="Unverified HTTPS request"):
            answer = requests.post(server.url, large, headers=LIST, verify=False, timeout=20)
        assert answer.status_code == 413
        shaking = [connection(server) for _ in range(3)]
        time.sleep(0.2)
    finally:
        server.stop()
    for each in shaking:
        each.close()
    assert "Traceback" not in server.log()
    assert "Task was destroyed" not in server.log()

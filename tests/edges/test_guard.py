"""Who may ask the server: by which names, from which pages, and with what content."""

from __future__ import annotations

import http.client
import json
from urllib.parse import urlsplit

import boto3
import pytest
from botocore.config import Config

from moto_trainingplans import TrainingPlansError, connect
from tests.support.servers import RunningServer

pytestmark = pytest.mark.in_process("starts servers of its own")

GUIDE_TIME = "2025-01-21T19:08:27Z"
BROWSER = {"User-Agent": "Mozilla/5.0 (X11; Linux x86_64) Chrome/150.0"}
JSON = {"Content-Type": "application/json"}
CONTROL = "/moto-api/training-plans"
# What a page of another site would like to do, and what it would like to read.
ROUTES = [
    ("POST", "/", {"X-Amz-Target": "SageMaker.ListTrainingPlans"}, "{}"),
    ("PUT", "/bucket", {}, ""),
    ("GET", "/?Action=ListUsers&Version=2010-05-08", {}, ""),
    ("GET", "/moto-api/data.json", {}, ""),
    ("POST", "/moto-api/reset", {}, ""),
    ("POST", "/moto-api/seed?a=42", {}, ""),
    ("POST", "/moto-api/config", JSON, "{}"),
    ("POST", "/moto-api/recorder/reset-recording", {}, ""),
    ("POST", "/moto-api/state-manager/set-transition", JSON, "{}"),
    ("GET", f"{CONTROL}/clock", {}, ""),
    ("GET", f"{CONTROL}/history", {}, ""),
    ("POST", f"{CONTROL}/clock/tick", JSON, '{"delta": 60}'),
    ("POST", f"{CONTROL}/reset", {}, ""),
]


@pytest.fixture(scope="module")
def guarded():
    """A server as it is by default, a minute after its start."""
    running = RunningServer("--now", GUIDE_TIME, "--speed", "0")
    connect(running.url).clock.tick(60)
    yield running
    running.stop()


@pytest.fixture(scope="module")
def opened():
    """A server that is asked for by another name too, and by the pages of an application."""
    running = RunningServer(
        *("--allow-host", "moto", "--allow-origin", "http://app.example"),
        *("--now", GUIDE_TIME, "--speed", "0"),
    )
    yield running
    running.stop()


def ask(server, method, path, headers, body=""):
    """The status, the headers and the body of an answer; `Host` is the server's unless given."""
    connection = http.client.HTTPConnection(urlsplit(server.url).netloc, timeout=20)
    connection.request(method, path, body or None, headers)
    answer = connection.getresponse()
    content = answer.read().decode()
    connection.close()
    return answer.status, dict(answer.getheaders()), content


def port_of(server):
    return urlsplit(server.url).port


# -- names ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "host",
    [
        *("localhost", "LOCALHOST", "localhost.", "127.0.0.1", "127.8.8.8", "[::1]"),
        *(
            "bucket.localhost",
            "bucket.s3.us-west-2.amazonaws.com",
            "sqs.cn-north-1.amazonaws.com.cn",
        ),
    ],
)
def test_the_server_is_asked_for_by_the_names_of_this_machine_and_of_aws(guarded, host):
    for named in (host, f"{host}:{port_of(guarded)}"):
        assert ask(guarded, "GET", f"{CONTROL}/clock", {"Host": named})[0] == 200


@pytest.mark.parametrize(
    "host",
    [
        *("evil.example", "localhost.evil.example", "127.0.0.1.evil.example", "evillocalhost"),
        *("amazonaws.com.evil.example", "evilamazonaws.com", "192.168.0.7", "[fe80::1]", "0.0.0.0"),
        *("", "localhost@evil.example", "localhost:port", "[", "moto"),
    ],
)
@pytest.mark.parametrize(("method", "path", "headers", "body"), ROUTES)
def test_a_page_whose_name_was_made_to_lead_here_reaches_nothing(
    guarded, host, method, path, headers, body
):
    """DNS rebinding: for a browser such a page is of the same origin as the server."""
    same_site = {**BROWSER, **headers, "Host": host, "Sec-Fetch-Site": "same-origin"}
    status, _, content = ask(guarded, method, path, same_site, body)
    assert status == 403
    assert "--allow-host" in json.loads(content)["message"]
    assert connect(guarded.url).clock.now().isoformat() == "2025-01-21T19:09:27+00:00"


def test_a_client_of_another_name_is_let_in_by_allow_host(opened, monkeypatch):
    """As of another container: its name leads to the server."""
    import socket

    resolve = socket.getaddrinfo
    monkeypatch.setattr(
        socket,
        "getaddrinfo",
        lambda host, *more, **options: resolve(
            "127.0.0.1" if host.endswith("moto") or host == "other" else host, *more, **options
        ),
    )
    url = f"http://moto:{port_of(opened)}"
    assert connect(url).clock.now().isoformat() == "2025-01-21T19:08:27+00:00"
    assert boto3.client("sagemaker", endpoint_url=url).list_training_plans()
    virtual = Config(s3={"addressing_style": "virtual"})
    s3 = boto3.client("s3", "us-east-1", endpoint_url=url, config=virtual)
    s3.create_bucket(Bucket="results")
    s3.put_object(Bucket="results", Key="a", Body=b"b")
    assert s3.get_object(Bucket="results", Key="a")["Body"].read() == b"b"
    with pytest.raises(TrainingPlansError, match="--allow-host other"):
        connect(f"http://other:{port_of(opened)}")


def test_a_server_on_all_addresses_is_asked_for_by_any_address_and_by_no_other_name():
    server = RunningServer("-H", "0.0.0.0")
    try:
        for host, status in (("192.168.0.7", 200), ("[fe80::1]", 200), ("evil.example", 403)):
            assert ask(server, "GET", f"{CONTROL}/clock", {"Host": host})[0] == status
    finally:
        server.stop()


# -- pages ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "sent",
    [
        {"Origin": "http://evil.example"},
        {"Origin": "https://evil.example", "Sec-Fetch-Site": "cross-site"},
        {"Origin": "null"},
        {"Origin": "null", "Sec-Fetch-Site": "none"},
        {"Origin": "http://127.0.0.1:1"},
        {"Origin": "https://127.0.0.1:PORT"},
        {"Origin": "http://localhost:PORT"},
        {"Origin": "http://127.0.0.1:PORT.evil.example"},
        {"Origin": "http://[", "Sec-Fetch-Site": "same-origin"},
        {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "no-cors"},
        {"Sec-Fetch-Site": "same-site", "Sec-Fetch-Mode": "navigate"},
        {"Sec-Fetch-Site": "anything"},
    ],
    ids=lambda sent: "|".join(sent.values()),
)
@pytest.mark.parametrize(("method", "path", "headers", "body"), ROUTES)
def test_a_page_of_another_origin_reaches_nothing(guarded, sent, method, path, headers, body):
    port = str(port_of(guarded))
    marks = {name: value.replace("PORT", port) for name, value in sent.items()}
    status, got, content = ask(guarded, method, path, {**headers, **marks}, body)
    assert status == 403
    assert "--allow-origin" in json.loads(content)["message"]
    assert not [name for name in got if name.lower().startswith("access-control-")]
    assert connect(guarded.url).clock.now().isoformat() == "2025-01-21T19:09:27+00:00"


def test_a_page_of_another_origin_is_not_told_that_it_may_ask(guarded):
    preflight = {"Origin": "http://evil.example", "Access-Control-Request-Method": "POST"}
    for path in ("/", "/bucket", "/moto-api/reset", f"{CONTROL}/reset"):
        status, headers, _ = ask(guarded, "OPTIONS", path, preflight)
        assert status == 403
        assert not [name for name in headers if name.lower().startswith("access-control-")]


def test_a_picture_or_script_of_another_page_is_refused_where_browsers_do_not_name_their_site():
    """To plain http on another machine they send neither Origin nor Sec-Fetch-Site."""
    server = RunningServer("-H", "0.0.0.0", "--now", GUIDE_TIME, "--speed", "0")
    try:
        host = {"Host": f"192.168.0.7:{port_of(server)}"}
        action = "/?Action=CreateUser&UserName=mallory&Version=2010-05-08"
        assert ask(server, "GET", action, {**host, **BROWSER})[0] == 403
        assert ask(server, "POST", "/moto-api/reset", {**host, **BROWSER})[0] == 403
        # Some of moto's own API does what it is asked for with any method.
        for does in ("seed?a=1", "recorder/start-recording", "recorder/replay-recording"):
            assert ask(server, "GET", f"/moto-api/{does}", {**host, **BROWSER})[0] == 403
        # But its pages can be opened, and what is no browser says nothing of sites.
        for shows in ("/moto-api/", "/moto-api/lib.js", "/moto-api/data.json", CONTROL):
            assert ask(server, "GET", shows, {**host, **BROWSER})[0] in {200, 308}
        assert ask(server, "GET", f"{CONTROL}/clock", {**host, **BROWSER})[0] == 200
        assert ask(server, "GET", "/", host)[0] == 200
    finally:
        server.stop()


@pytest.mark.parametrize("site", ["same-origin", "none"])
def test_the_servers_own_pages_and_what_is_typed_into_the_address_bar_are_answered(guarded, site):
    asked = {**BROWSER, "Sec-Fetch-Site": site}
    for path in ("/moto-api/", "/moto-api/data.json", f"{CONTROL}/clock", "/"):
        assert ask(guarded, "GET", path, asked)[0] == 200
    for host in (f"127.0.0.1:{port_of(guarded)}", f"localhost:{port_of(guarded)}"):
        own = {**asked, "Sec-Fetch-Site": "same-origin", "Origin": f"http://{host}", "Host": host}
        path = f"{CONTROL}/clock/now"
        assert ask(guarded, "POST", path, {**own, **JSON}, "{}")[0] == 200


def test_no_answer_offers_itself_to_other_origins(guarded):
    for path in ("/", "/moto-api/data.json", f"{CONTROL}/clock"):
        _, headers, _ = ask(guarded, "GET", path, {})
        assert not [name for name in headers if name.lower().startswith("access-control-")]


def test_an_origin_that_is_allowed_may_ask_and_read(opened):
    origin = "http://app.example"
    preflight = {
        "Origin": origin,
        "Access-Control-Request-Method": "POST",
        "Access-Control-Request-Headers": "authorization,x-amz-target",
    }
    status, headers, _ = ask(opened, "OPTIONS", "/", preflight)
    assert status == 204
    assert headers["Access-Control-Allow-Origin"] == origin
    assert headers["Access-Control-Allow-Methods"] == "POST"
    assert headers["Access-Control-Allow-Headers"] == "authorization,x-amz-target"
    target = {"X-Amz-Target": "SageMaker.ListTrainingPlans", "Sec-Fetch-Site": "cross-site"}
    status, headers, content = ask(opened, "POST", "/", {"Origin": origin, **target}, "{}")
    assert (status, json.loads(content)) == (200, {"TrainingPlanSummaries": []})
    assert headers["Access-Control-Allow-Origin"] == origin
    assert headers["Vary"] == "Origin"
    assert ask(opened, "POST", "/", {"Origin": "http://evil.example"}, "{}")[0] == 403
    assert ask(opened, "POST", "/", {"Origin": "http://app.example:81"}, "{}")[0] == 403


def test_any_origin_is_allowed_by_an_asterisk():
    server = RunningServer("--allow-origin", "*")
    try:
        for origin in ("http://evil.example", "null"):
            status, headers, _ = ask(server, "GET", "/", {"Origin": origin})
            assert (status, headers["Access-Control-Allow-Origin"]) == (200, origin)
        assert ask(server, "GET", "/", {"Sec-Fetch-Site": "cross-site"})[0] == 200
    finally:
        server.stop()


# -- content -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "kind", [None, "text/plain", "application/x-www-form-urlencoded", "multipart/form-data; b=a"]
)
def test_what_a_page_may_send_without_asking_is_no_control_call(guarded, kind):
    headers = {} if kind is None else {"Content-Type": kind}
    status, _, content = ask(guarded, "POST", f"{CONTROL}/clock/tick", headers, '{"delta": 60}')
    assert status == 415
    assert "Content-Type: application/json" in json.loads(content)["message"]
    assert connect(guarded.url).clock.now().isoformat() == "2025-01-21T19:09:27+00:00"


def test_json_is_a_control_call_however_its_type_is_spelt(guarded):
    for kind in ("application/json", "Application/JSON; charset=utf-8"):
        asked = ask(guarded, "POST", f"{CONTROL}/clock/now", {"Content-Type": kind}, "{}")
        assert asked[0] == 200
    assert ask(guarded, "POST", f"{CONTROL}/clock/now", {})[0] == 200

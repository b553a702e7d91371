"""What a page of another site can do to the server, in a real browser: nothing."""

from __future__ import annotations

from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import pytest

from moto_trainingplans import connect
from tests.support.browser import chromium
from tests.support.servers import RunningServer

pytestmark = pytest.mark.in_process("starts servers of its own")

GUIDE_TIME = "2025-01-21T19:08:27Z"
CONTROL = "/moto-api/training-plans"
# Each is tried by a page, as "server" is asked; it gives what the page learns.
ATTEMPTS = {
    "fetch": "fetch(server + '/moto-api/data.json').then(r => r.text())",
    "fetch of the control API": f"fetch(server + '{CONTROL}/clock').then(r => r.text())",
    "fetch with JSON": f"""fetch(server + '{CONTROL}/clock/tick', {{method: 'POST',
        headers: {{'Content-Type': 'application/json'}}, body: '{{"delta": 60}}'}})
        .then(r => r.text())""",
    "simple fetch": f"""fetch(server + '{CONTROL}/clock/tick', {{method: 'POST', mode: 'no-cors',
        headers: {{'Content-Type': 'text/plain'}}, body: '{{"delta": 60}}'}})
        .then(r => r.text())""",
    "fetch without a type": f"""fetch(server + '{CONTROL}/clock/tick', {{method: 'POST',
        mode: 'no-cors', body: new Blob(['{{"delta": 60}}'])}}).then(r => r.text())""",
    "reset": """fetch(server + '/moto-api/reset', {method: 'POST', mode: 'no-cors'})
        .then(r => r.text())""",
    "beacon": """Promise.resolve(navigator.sendBeacon(server + '/moto-api/reset', ''))
        .then(() => '')""",
    "beacon of a call": f"""Promise.resolve(navigator.sendBeacon(server + '{CONTROL}/clock/tick',
        new Blob(['{{"delta": 60}}'], {{type: 'text/plain'}}))).then(() => '')""",
    "picture": f"""new Promise(done => {{ const picture = new Image();
        picture.onload = () => done('a picture'); picture.onerror = () => done('');
        picture.src = server + '{CONTROL}/timeline.svg'; }})""",
    "script": f"""new Promise(done => {{ const script = document.createElement('script');
        script.onload = () => done('a script'); script.onerror = () => done('');
        script.src = server + '{CONTROL}/history'; document.body.append(script); }})""",
    "form": """new Promise(done => { const frame = document.createElement('iframe');
        frame.name = 'frame'; document.body.append(frame);
        const form = document.createElement('form'); form.target = 'frame'; form.method = 'POST';
        form.action = server + '/moto-api/reset'; document.body.append(form);
        frame.onload = () => done(''); form.submit(); })""",
    "form of a call": f"""new Promise(done => {{ const frame = document.createElement('iframe');
        frame.name = 'other'; document.body.append(frame);
        const form = document.createElement('form'); form.target = 'other'; form.method = 'POST';
        form.enctype = 'text/plain'; form.action = server + '{CONTROL}/clock/tick';
        const field = document.createElement('input'); field.name = '{{"delta": 60, "a": "';
        field.value = '"}}'; form.append(field); document.body.append(form);
        frame.onload = () => done(''); form.submit(); }})""",
    "frame": f"""new Promise(done => {{ const frame = document.createElement('iframe');
        frame.onload = () => {{ try {{ done(frame.contentDocument.body.innerText); }}
            catch (refused) {{ done(''); }} }};
        frame.src = server + '{CONTROL}/clock'; document.body.append(frame); }})""",
    "sandboxed frame": f"""new Promise(done => {{ const frame = document.createElement('iframe');
        frame.sandbox = 'allow-scripts allow-forms';
        frame.srcdoc = `<script>fetch('${{server}}{CONTROL}/clock/tick', {{method: 'POST',
            mode: 'no-cors', body: '{{"delta": 60}}'}}).finally(() => parent.postMessage('', '*'))
            </` + 'script>'; onmessage = told => done(told.data);
        document.body.append(frame); }})""",
}


class Page(BaseHTTPRequestHandler):
    """An empty page."""

    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.end_headers()
        self.wfile.write(b"<!doctype html><title>A page</title><body>")

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture(scope="module")
def site():
    """The port of a site that the developer's browser has open."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), Page)
    Thread(target=server.serve_forever, daemon=True).start()
    yield server.server_port
    server.shutdown()
    server.server_close()


@pytest.fixture(scope="module")
def browser():
    # A name that was made to lead to this machine, as of DNS rebinding.
    with chromium("--host-resolver-rules=MAP evil.example 127.0.0.1") as running:
        yield running


@pytest.fixture
def page(browser):
    opened = browser.new_page()
    opened.set_default_timeout(10_000)
    yield opened
    opened.close()


@pytest.fixture
def clock(frozen_server):
    """The clock of a server that a reset, or a tick, would move."""
    control = connect(frozen_server.url)
    control.reset()
    control.clock.move_to("2025-02-01")
    return control.clock


def attempt(page, server, script):
    """What a page learns by a script; nothing where the browser gives it an error."""
    return page.evaluate(f"server => ({script}).catch(() => '')", server)


@pytest.mark.parametrize("host", ["127.0.0.1", "evil.example"])
@pytest.mark.parametrize("script", ATTEMPTS.values(), ids=ATTEMPTS)
def test_a_page_of_another_origin_learns_and_changes_nothing(
    page, site, frozen_server, clock, host, script
):
    """Of another site, and of another port of the same machine."""
    page.goto(f"http://{host}:{site}/")
    assert attempt(page, frozen_server.url, script) == ""
    page.wait_for_timeout(50)  # of beacons nothing is told
    assert clock.now().isoformat() == "2025-02-01T00:00:00+00:00"


def test_a_page_under_a_name_that_was_made_to_lead_here_is_not_served(page, frozen_server):
    port = frozen_server.url.rpartition(":")[2]
    answer = page.goto(f"http://evil.example:{port}/moto-api/data.json")
    assert answer.status == 403
    assert "--allow-host evil.example" in answer.json()["message"]


def test_the_servers_own_page_can_ask_it(page, frozen_server, clock):
    page.goto(f"{frozen_server.url}/moto-api/")
    assert "Moto" in page.title()
    told = attempt(page, frozen_server.url, ATTEMPTS["fetch of the control API"])
    assert told == '{"now": "2025-02-01T00:00:00+00:00"}'
    attempt(page, frozen_server.url, ATTEMPTS["fetch with JSON"])
    assert clock.now().isoformat() == "2025-02-01T00:01:00+00:00"
    assert "resources" in attempt(page, frozen_server.url, ATTEMPTS["fetch"]) or clock


def test_the_page_of_an_allowed_origin_can_ask(page, site):
    server = RunningServer(
        *("--allow-origin", f"http://evil.example:{site}"), *("--now", GUIDE_TIME, "--speed", "0")
    )
    try:
        page.goto(f"http://evil.example:{site}/")
        told = attempt(page, server.url, ATTEMPTS["fetch with JSON"])
        assert told == '"2025-01-21T19:09:27+00:00"'
        page.goto(f"http://localhost:{site}/")
        assert attempt(page, server.url, ATTEMPTS["fetch with JSON"]) == ""
    finally:
        server.stop()

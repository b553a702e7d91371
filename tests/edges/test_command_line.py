"""`moto-trainingplans`: its options, and what it says of wrong ones."""

from __future__ import annotations

from importlib.metadata import version

import pytest
from werkzeug.serving import make_ssl_devcert

from moto_trainingplans import __main__ as command
from moto_trainingplans.host.journaled_world import Startup
from moto_trainingplans.server import serving

pytestmark = pytest.mark.in_process("runs commands in this process")


@pytest.fixture
def run(capsys):
    """Runs a command that ends; gives its exit code, and what it prints and complains."""

    def run(*arguments):
        with pytest.raises(SystemExit) as ended:
            command.main(arguments)
        printed = capsys.readouterr()
        return ended.value.code, printed.out, printed.err

    return run


def test_version_names_what_it_works_with(run):
    code, printed, _ = run("--version")
    assert code == 0
    assert printed == (
        f"moto-trainingplans {version('moto-trainingplans')}, moto {version('moto')}, "
        f"botocore {version('botocore')}\n"
    )


def test_help_of_the_server_tells_defaults_and_limits(run):
    code, printed, _ = run("server", "--help")
    told = " ".join(printed.split())
    assert code == 0
    for each in (
        "default 127.0.0.1",
        "1 to 65535, or 0 for a free one (default 5000, or MOTO_PORT)",
        "from 1970-01-01 to 9000-01-01 (default the machine's)",
        "0 (frozen) to 1,000,000,000 (default 1)",
    ):
        assert each in told


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--port", "65536"], "argument -p/--port: must be a whole number from 0 to 65535"),
        (["-p", "-1"], "argument -p/--port: must be a whole number from 0 to 65535, not '-1'"),
        (["-p", "http"], "argument -p/--port: must be a whole number from 0 to 65535, not 'http'"),
        (["--now", "yesterday"], "--now must be a datetime, an ISO 8601 string or epoch seconds"),
        (["--now", "9000-01-02"], "argument --now: the clock can show times from 1970 to 9000"),
        (["--now", "-1"], "argument --now: the clock can show times from 1970 to 9000"),
        (["--now", "nan"], "--now must be a datetime"),
        (["--speed", "fast"], "argument --speed: must be a number, not 'fast'"),
        (["--speed", "-1"], "speed must be from 0 (frozen) to"),
        (["--speed", "nan"], "speed must be from 0 (frozen) to"),
        *(
            (["--allow-host", name], "must be a name or an address without a port, as moto, or '*'")
            for name in ("moto:5000", "http://moto", "*.example", "", "a..b", "[::1]:5000")
        ),
        *(
            (["--allow-origin", origin], "must be as browsers send it, as http://localhost:3000")
            for origin in (
                *("localhost:3000", "http://localhost:3000/page", "http://localhost:3000/"),
                *("http://app.example:80", "https://app.example:443", "http://me@app.example"),
                *("http://app.example#a", "http://[", "http://app:x", "http://:3000", "file:///a"),
            )
        ),
        (["--max-body", "0"], "argument --max-body: must be a whole number from 1 to 1048576"),
        (["--ssl-cert", "cert.pem"], "--ssl-cert and --ssl-key are given together"),
        (["--nonsense"], "unrecognized arguments: --nonsense"),
        (["s3"], "unrecognized arguments: s3"),
    ],
)
def test_wrong_options_of_the_server_are_answered_by_its_own_usage(
    run, monkeypatch, arguments, message
):
    monkeypatch.setattr(serving, "serve", lambda *_, **__: pytest.fail("the server has started"))
    code, _, complaint = run("server", *arguments)
    assert code == 2
    assert complaint.startswith("usage: moto-trainingplans server [-h] [-H HOST] [-p PORT]")
    assert message in " ".join(complaint.split())


def test_right_options_reach_the_server(monkeypatch, tmp_path):
    served = []
    certificate, key = make_ssl_devcert(str(tmp_path / "server"))
    monkeypatch.setattr(serving, "serve", lambda *given, **_: served.append(given))
    monkeypatch.setenv("MOTO_PORT", "6000")
    command.main(["server", "--now", "1737486507.704", "--speed", "0", "-s"])
    command.main(["server", "-H", "::1", "-p", "0", "-c", certificate, "-k", key])
    command.main(["server", "--allow-host", "moto", "--allow-host", "[fe80::1]", "--access-log"])
    command.main(["server", "--allow-origin", "http://localhost:3000", "--max-body", "16"])
    (first, startup), second, third, fourth = served
    assert (first.host, first.port, startup.speed) == ("127.0.0.1", 6000, 0.0)
    assert startup.now.isoformat() == "2025-01-21T19:08:27.704000+00:00"
    assert first.tls is not None
    assert (second[0].host, second[0].port, *second[1:]) == ("::1", 0, Startup(None, 1.0))
    assert second[0].tls is not None
    assert (third[0].hosts, third[0].access_log) == (["moto", "[fe80::1]"], True)
    assert (fourth[0].origins, fourth[0].largest_body) == (["http://localhost:3000"], 2**24)
    assert (fourth[0].hosts, fourth[0].access_log, fourth[0].tls) == ([], False, None)


@pytest.mark.parametrize(
    ("scenario", "options", "now", "speed"),
    [
        ("", [], None, 1.0),
        ("", ["--now", "2025-01-21"], 2025, 1.0),
        ("[clock]\nspeed = 60", [], None, 60.0),
        ("[clock]\nnow = 2030-01-01", [], 2030, 0.0),
        ("[clock]\nnow = 2030-01-01\nspeed = 60", ["--now", "2025-01-21"], 2025, 60.0),
        ("[clock]\nnow = 2030-01-01", ["--now", "2025-01-21"], 2025, 1.0),
        ("[clock]\nnow = 2030-01-01\nspeed = 60", ["--speed", "0"], 2030, 0.0),
    ],
)
def test_options_outweigh_the_clock_of_a_scenario(
    monkeypatch, tmp_path, scenario, options, now, speed
):
    served = []
    (tmp_path / "scarce.toml").write_text(scenario, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(serving, "serve", lambda *given, **_: served.append(given))
    command.main(["server", "--scenario", "scarce.toml", *options])
    ((_, startup),) = served
    assert (startup.now and startup.now.year, startup.speed) == (now, speed)
    assert [each.name for each in startup.scenarios] == ["scarce.toml"]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (None, "cannot be read: No such file or directory"),
        ("[clock\n", "is not TOML: Expected ']' at the end of a table declaration (at line 1, "),
        ("[capasity]\n", ": capasity: there is no such key; did you mean 'capacity'?"),
        (
            "[[payments.fail_next]]\ntimes = 0",
            ": payments.fail_next[1].times: times must be a whole",
        ),
        (
            '[faults.zone_outage]\nzone = "us-west-2a"\nstart = 0\nend = 1',
            ": faults.zone_outage: the outage must end in the future",
        ),
    ],
)
def test_a_scenario_that_is_wrong_is_told_before_the_server_starts(
    run, monkeypatch, tmp_path, text, message
):
    monkeypatch.setattr(serving, "serve", lambda *_, **__: pytest.fail("the server has started"))
    monkeypatch.chdir(tmp_path)
    if text is not None:
        (tmp_path / "scarce.toml").write_text(text, encoding="utf-8")
    code, _, complaint = run("server", "--scenario", "scarce.toml")
    assert code == 2
    told = " ".join(complaint.split())
    assert (
        f"error: argument --scenario: scarce.toml{'' if message[0] == ':' else ' '}{message}"
        in told
    )


@pytest.mark.parametrize("text", [None, "no certificate"])
def test_a_certificate_that_is_none_is_told_before_the_server_starts(
    run, monkeypatch, tmp_path, text
):
    monkeypatch.setattr(serving, "serve", lambda *_, **__: pytest.fail("the server has started"))
    file = tmp_path / "cert.pem"
    if text is not None:
        file.write_text(text, encoding="utf-8")
    code, _, complaint = run("server", "-c", str(file), "-k", str(file))
    assert code == 2
    assert f"error: {file} and {file} are no certificate and its key: " in complaint


def test_a_wrong_port_in_the_environment_is_told(run, monkeypatch):
    monkeypatch.setenv("MOTO_PORT", "many")
    assert "must be a whole number from 0 to 65535, not 'many'" in run("server")[2]


def test_no_command_and_a_wrong_one_are_answered_by_the_usage_of_all(run):
    for arguments in ((), ("serve",)):
        code, _, complaint = run(*arguments)
        assert code == 2
        assert complaint.startswith("usage: moto-trainingplans [-h] [--version] command")

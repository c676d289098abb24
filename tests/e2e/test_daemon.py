"""The agent as a service: health, metrics, the control socket, the service manager, its own sandbox."""

import contextlib
import json
import os
import re
import shutil
import signal
import socket
import stat
import subprocess
import time
import urllib.error
import urllib.request

import pytest
import receiver as webhook_receiver
from conftest import ROOT, until
from scene import gone

UNIT = ROOT / "config" / "systemd" / "kendrawatch.service"


@pytest.fixture
def served(scene):
    """An agent with pages on a port that the kernel chooses."""
    scene.rule("gone", "DeleteIndex")
    scene.configure(listen={"address": "127.0.0.1:0"}, agent={"suppress_for": "0s"})
    return scene


def port_of(agent):
    return int(agent.wait_for(r" listening address=127\.0\.0\.1:(\d+)").group(1))


def fetch(port, path, method="GET", data=None):
    """(status, text, headers)"""
    request = urllib.request.Request(f"http://127.0.0.1:{port}{path}", method=method, data=data)
    try:
        with urllib.request.urlopen(request, timeout=10) as reply:
            return reply.status, reply.read().decode(), reply.headers
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode(), error.headers


def samples(text):
    """{'name{label="x"}': value}"""
    lines = (line for line in text.splitlines() if not line.startswith("#"))
    return {name: float(value) for name, value in (line.rsplit(" ", 1) for line in lines)}


# ---- pages


@pytest.mark.sanitize
@pytest.mark.threads
def test_pages(served, make_event):
    agent = served.start()
    port = port_of(agent)
    assert fetch(port, "/healthz")[:2] == (200, "ok\n")
    assert until(lambda: fetch(port, "/readyz")[0] == 200)
    assert fetch(port, "/readyz")[:2] == (200, "ready\n")
    served.put("a.ndjson", make_event(), gone(make_event))
    served.until_delivered(1)
    status, text, headers = fetch(port, "/metrics")
    assert status == 200 and headers["Content-Type"] == "text/plain; version=0.0.4; charset=utf-8"
    until(lambda: samples(fetch(port, "/metrics")[1])["kw_deliveries_sent_total"] == 1)
    seen = samples(fetch(port, "/metrics")[1])
    assert seen["kw_events_total"] == 2 and seen["kw_alerts_total"] == 1
    assert seen['kw_rules{state="active"}'] == 1 and seen["kw_ready"] == 1 and seen["kw_degraded"] == 0
    assert seen['kw_source_events_total{source="trails"}'] == 2 and seen['kw_source_running{source="trails"}'] == 1
    assert abs(seen['kw_source_last_event_timestamp_seconds{source="trails"}'] - time.time()) < 60
    assert seen['kw_outbox_pending{sink="kept"}'] == 0 and seen["kw_outbox_dead"] == 0
    assert seen["process_resident_memory_bytes"] > 1e6
    assert agent.stop() == 0
    with pytest.raises(OSError):
        socket.create_connection(("127.0.0.1", port), 1)


def test_metrics_are_what_prometheus_reads(served, make_event):
    """By promtool's judgement, and nothing that `list metrics` does not name."""
    promtool = shutil.which("promtool")
    assert promtool, "promtool comes with Debian's prometheus: make deps GROUP=test"
    agent = served.start()
    text = fetch(port_of(agent), "/metrics")[1]
    done = subprocess.run([promtool, "check", "metrics"], input=text, capture_output=True, text=True)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    listed = {row["name"] for row in served.run("list", "metrics", "--output", "ndjson").lines()}
    assert set(re.findall(r"^# TYPE (\w+) ", text, re.M)) == listed
    assert agent.stop() == 0


def test_other_pages_and_methods(served):
    agent = served.start()
    port = port_of(agent)
    assert fetch(port, "/")[0] == 404
    status, _, headers = fetch(port, "/metrics", "POST", b"x")
    assert status == 405 and headers["Allow"] == "GET, HEAD"
    status, text, headers = fetch(port, "/metrics", "HEAD")
    assert status == 200 and text == "" and int(headers["Content-Length"]) > 1000
    with socket.create_connection(("127.0.0.1", port), 5) as raw:
        raw.sendall(b"GET /healthz HTTP/1.1\r\nHost: x\r\nX-Long: " + b"y" * 40000 + b"\r\n\r\n")
        with contextlib.suppress(ConnectionResetError):
            assert b" 431 " in raw.recv(4096).split(b"\r\n")[0]
    with socket.create_connection(("127.0.0.1", port), 5) as raw:
        raw.sendall(b"GET /healthz HTTP/1.1\r\nHost: x\r\nContent-Length: 9999999999\r\n\r\n")
        assert b" 413 " in raw.recv(4096).split(b"\r\n")[0]
    assert fetch(port, "/healthz")[0] == 200
    assert agent.stop() == 0


def test_many_connections_that_say_nothing(served):
    """They hold no thread, and the agent ends all the same."""
    agent = served.start()
    port = port_of(agent)
    idle = [socket.create_connection(("127.0.0.1", port), 5) for _ in range(40)]
    assert fetch(port, "/healthz")[0] == 200
    for one in idle:
        one.sendall(b"GET /hea")
    assert fetch(port, "/healthz")[0] == 200
    started = time.monotonic()
    assert agent.stop() == 0
    assert time.monotonic() - started < 10
    for one in idle:
        one.close()


@pytest.mark.parametrize("address", ["0.0.0.0:9464", "192.0.2.1:80", "[::]:1"])
def test_addresses_of_other_machines_need_a_word(served, address):
    served.configure(listen={"address": address})
    result = served.run("run", "--check", "--config", served.config)
    assert result.rc == 3
    assert re.search(r"kendrawatch\.yaml:\d+:\d+: error: listen\.address: .*reached by other machines", result.err)
    served.configure(listen={"address": address, "remote": True})
    assert served.run("run", "--check", "--config", served.config).rc == 0


@pytest.mark.parametrize("address", ["9464", "example.com:80", "127.0.0.1:70000", "::1:80", ""])
def test_addresses_that_are_none(served, address):
    served.configure(listen={"address": address})
    result = served.run("run", "--config", served.config)
    assert result.rc == 3 and "such as 127.0.0.1:9464 or [::1]:9464" in result.err


def test_a_taken_port_blinds_nobody(served, make_event):
    with socket.create_server(("127.0.0.1", 0)) as other:
        served.configure(listen={"address": f"127.0.0.1:{other.getsockname()[1]}"})
        agent = served.start()
        agent.wait_for("health and metrics can't be served .*Address already in use")
        served.put("a.ndjson", gone(make_event))
        delivered = served.until_delivered(2)
    assert {a["rule"]["id"] for a in delivered} >= {"kendrawatch.self.listen_failed"}
    assert agent.stop() == 0


def test_readyz_says_why_not(served):
    served.configure(sources={"pipe": {"type": "stdin"}, "trails": {"type": "directory", "path": str(served.inbox)}},
                     listen={"address": "127.0.0.1:0"})  # fmt: skip
    (served.rules / "bad.yml").write_text("title: broken\n")
    agent = served.start()
    port = port_of(agent)
    until(lambda: "source pipe has ended" in fetch(port, "/readyz")[1])
    status, text, _ = fetch(port, "/readyz")
    assert status == 503 and "degraded: rules were refused" in text
    seen = samples(fetch(port, "/metrics")[1])
    assert seen["kw_ready"] == 0 and seen["kw_degraded"] == 1 and seen['kw_rules{state="refused"}'] == 1
    assert fetch(port, "/healthz")[0] == 200
    assert agent.stop() == 0


# ---- reload and the control socket


@pytest.mark.sanitize
@pytest.mark.threads
def test_reload_is_answered(served):
    agent = served.start()
    served.rule("more", "DeleteFaq")
    result = served.run("reload", "--config", served.config)
    assert (result.rc, result.err) == (0, "reloaded: 2 rules active, 0 refused\n")
    good = served.config.read_text()
    served.config.write_text("agent: {nmae: x}\n")
    result = served.run("reload", "--state", served.state)
    assert result.rc == 3
    assert "the old one stays in force" in result.err and "kendrawatch.yaml:1:9" in result.err
    port = port_of(agent)
    assert samples(fetch(port, "/metrics")[1])["kw_last_reload_successful"] == 0
    assert "degraded: the last reload was refused" in fetch(port, "/readyz")[1]
    served.config.write_text(good)
    assert served.run("reload", "--config", served.config).rc == 0
    assert samples(fetch(port, "/metrics")[1])["kw_last_reload_successful"] == 1
    assert agent.stop() == 0
    result = served.run("reload", "--config", served.config)
    assert result.rc == 5 and "no agent runs on this state" in result.err
    assert not (served.state / "control.sock").exists()


def talk(folder, data):
    with socket.socket(socket.AF_UNIX) as s, contextlib.ExitStack() as stack:
        here = os.open(folder, os.O_PATH)
        stack.callback(os.close, here)
        s.settimeout(20)
        s.connect(f"/proc/self/fd/{here}/control.sock")
        s.sendall(data)
        reply = b""
        while more := s.recv(65536):
            reply += more
        return json.loads(reply)


def test_control_socket_takes_no_nonsense(served):
    agent = served.start()
    mode = (served.state / "control.sock").stat().st_mode
    assert stat.S_ISSOCK(mode) and stat.S_IMODE(mode) == 0o600
    assert talk(served.state, b'{"do":"dance"}\n') == {
        "ok": False, "rc": "usage", "error": "the running agent knows no such request"}  # fmt: skip
    assert talk(served.state, b"{\n")["rc"] == "input"
    assert talk(served.state, b"[" * 5000 + b"\n")["rc"] == "limit"
    assert talk(served.state, b'{"do":"outbox.retry"}\n')["rc"] == "usage"
    assert talk(served.state, b'{"do":"outbox.drop","id":5}\n') == {"ok": True, "rows": 0}
    assert agent.stop() == 0


@pytest.mark.skipif(os.geteuid() != 0, reason="drops root")
def test_control_socket_is_not_for_others(served):
    """Even where the folder would let them in."""
    agent = served.start()
    os.chmod(served.state, 0o777)
    os.chmod(served.state / "control.sock", 0o777)
    for folder in (served.folder, *served.folder.parents):
        if len(folder.parts) > 2:
            os.chmod(folder, os.stat(folder).st_mode | 0o711)
    read, write = os.pipe()
    if (child := os.fork()) == 0:
        try:
            os.setgid(65534)
            os.setuid(65534)
            os.write(write, json.dumps(talk(served.state, b'{"do":"reload"}\n')).encode())
        finally:
            os._exit(0)
    os.close(write)
    os.waitpid(child, 0)
    assert json.loads(os.read(read, 4096))["rc"] == "reject"
    assert agent.stop() == 0


def test_a_left_over_socket(served):
    """kill -9 leaves it; the next agent takes its place, and commands meanwhile see that nobody is there."""
    agent = served.start()
    agent.kill()
    assert (served.state / "control.sock").exists()
    assert served.run("reload", "--config", served.config).rc == 5
    agent = served.start()
    assert served.run("reload", "--config", served.config).rc == 0
    assert agent.stop() == 0


@pytest.mark.sanitize
@pytest.mark.threads
def test_dead_letters_beside_the_agent(served, receiver, make_event):
    receiver.faults.set(script=["400", "400"])
    served.configure(sinks={"hook": served.webhook(receiver)}, agent={"suppress_for": "0s"})
    agent = served.start()
    served.put("a.ndjson", gone(make_event, who="role/a"), gone(make_event, who="role/b"))
    dead = until(lambda: len(found := served.outbox("dead")) == 2 and found)
    result = served.run("outbox", "drop", str(dead[0]["id"]), "--config", served.config)
    assert (result.rc, result.err) == (0, "1 dead letter dropped\n")
    result = served.run("outbox", "drop", str(dead[0]["id"]), "--config", served.config)
    assert result.rc == 4 and f"no dead letter has the id {dead[0]['id']}" in result.err
    result = served.run("outbox", "retry", "all", "--config", served.config)
    assert (result.rc, result.err) == (0, "1 dead letter will be tried again\n")
    until(lambda: served.waiting() == 0 and not served.outbox("dead"))
    assert agent.stop() == 0


# ---- the service manager


class Manager:
    """The socket of a service manager."""

    def __init__(self, address):
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self._socket.bind(address)
        self._socket.settimeout(15)
        self.said = []

    def wait_for(self, line):
        while line not in "\n".join(self.said).split("\n"):
            self.said.append(self._socket.recv(4096).decode())
        return self.said[-1]


@pytest.mark.parametrize("abstract", [True, False])
def test_notify(served, abstract, tmp_path):
    name = f"kw-test-{os.getpid()}-{abstract}"
    path = f"/tmp/{name}"
    manager = Manager(f"\0{name}" if abstract else path)
    try:
        agent = served.start(env={"NOTIFY_SOCKET": f"@{name}" if abstract else path, "WATCHDOG_USEC": "200000"})
        assert "STATUS=1 rules active, 0 waiting, 0 refused" in manager.wait_for("READY=1")
        manager.wait_for("WATCHDOG=1")
        manager.said.clear()
        before = time.clock_gettime_ns(time.CLOCK_MONOTONIC) // 1000
        agent.signal(signal.SIGHUP)
        said = manager.wait_for("RELOADING=1")
        assert before <= int(re.search(r"^MONOTONIC_USEC=(\d+)$", said, re.M).group(1))
        manager.wait_for("READY=1")
        assert agent.stop() == 0
        manager.wait_for("STOPPING=1")
    finally:
        if not abstract:
            os.unlink(path)


def test_watchdog_of_another_process_is_not_ours(served):
    name = f"kw-test-{os.getpid()}-other"
    manager = Manager(f"\0{name}")
    agent = served.start(env={"NOTIFY_SOCKET": f"@{name}", "WATCHDOG_USEC": "20000", "WATCHDOG_PID": "1"})
    manager.wait_for("READY=1")
    assert agent.stop() == 0
    manager.wait_for("STOPPING=1")
    assert not any("WATCHDOG" in text for text in manager.said)


def test_nobody_listens(served):
    agent = served.start(env={"NOTIFY_SOCKET": "/nowhere/notify"})
    agent.wait_for("the service manager can't be told")
    assert agent.stop() == 0


def verify(text, folder):
    """What systemd has to say about a unit file; no manual pages are installed here."""
    copy = folder / "kendrawatch.service"
    copy.write_text("\n".join(line for line in text.splitlines() if not line.startswith("Documentation=")))
    return subprocess.run(["systemd-analyze", "verify", copy], capture_output=True, text=True).stderr


def test_secrets_by_load_credential(scene, receiver, make_event, tmp_path):
    """As systemd gives them: LoadCredential= copies root's file into a folder that only the service may enter, and
    the configuration names it there. Without a service manager the folder is made here, and the unit is verified."""
    line = re.search(r"^#(LoadCredential=(\w+):\S+)$", UNIT.read_text(), re.M)
    shown = re.search(r"file:(/run/credentials/kendrawatch\.service/(\w+))$", UNIT.read_text(), re.M)
    assert line.group(2) == shown.group(2), "the unit names the same credential in both places"
    unit = UNIT.read_text().replace(line.group(0), line.group(1)).replace("/usr/local/bin/kendrawatch", "/bin/true")
    assert verify(unit, tmp_path) == "", "systemd knows the line"

    credentials = tmp_path / "credentials" / "kendrawatch.service"
    credentials.mkdir(parents=True)
    (credentials / shown.group(2)).write_text(webhook_receiver.SECRET + "\n")
    (credentials / shown.group(2)).chmod(0o400)
    credentials.chmod(0o500)
    scene.rule("gone", "DeleteIndex")
    secret = f"file:{credentials / shown.group(2)}"
    scene.configure(sinks={"hook": {"type": "webhook", "url": receiver.url + "/hook", "secret": secret}})
    agent = scene.start(env={"CREDENTIALS_DIRECTORY": str(credentials)})
    scene.put("1.ndjson", make_event("kendra:DeleteIndex"))
    scene.until_idle()
    assert agent.stop() == 0
    summary = receiver.summary()
    assert summary["distinct"] == 1 and summary["refused"] == 0, "signed with what the file holds, without its line's end"
    assert webhook_receiver.SECRET not in agent.err


def test_unit_is_sandboxed(tmp_path):
    done = subprocess.run(
        ["systemd-analyze", "security", "--offline=true", "--threshold=15", "--no-pager", UNIT],
        capture_output=True, text=True)  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    assert float(re.search(r"exposure level for \S+ ([\d.]+)", done.stdout).group(1)) <= 1.5
    text = re.sub(r"/usr/local/bin/kendrawatch", "/bin/true", UNIT.read_text())
    assert verify(text, tmp_path) == "", "systemd knows every line of it"


# ---- sandbox


def status_of(pid):
    text = open(f"/proc/{pid}/status").read()
    return dict(line.split(":\t", 1) for line in text.splitlines() if ":\t" in line)


def sanitized(kw):
    return b"AddressSanitizer" in open(kw.binary, "rb").read() or b"ThreadSanitizer" in open(kw.binary, "rb").read()


def test_agent_gives_up_privileges(served, kw, make_event):
    agent = served.start()
    status = status_of(agent.pid)
    assert status["NoNewPrivs"] == "1"
    assert status["Seccomp"] == ("0" if sanitized(kw) else "2")
    limits = open(f"/proc/{agent.pid}/limits").read()
    assert re.search(r"Max core file size\s+0\s+0\s", limits)
    assert "sandbox is incomplete" not in agent.err
    served.put("a.ndjson.gz", gone(make_event))
    served.until_delivered(1)
    assert agent.stop() == 0


def test_sandbox_can_be_left_off(served):
    served.configure(agent={"sandbox": False})
    agent = served.start()
    status = status_of(agent.pid)
    assert status["NoNewPrivs"] == "0" and status["Seccomp"] == "0"
    assert agent.stop() == 0

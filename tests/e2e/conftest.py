"""Fixtures of the end-to-end tests: the binary, the servers it talks to, events, a state directory.

    kw        runs kendrawatch: kw.run(["scan", "-"], input=…), kw.start(["run", …])
    receiver  a webhook receiver       aws  a strict AWS       (both in this process, see tests/emulator/README.md)
    make_event(api="kendra:Query", as_="role/kb-app", set={…}, unset=[…], at=…)
    state_dir a fresh folder with mode 0700
"""

import copy
import json
import os
import pathlib
import re
import signal
import subprocess
import sys
import threading
import time
import uuid
from dataclasses import dataclass

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "tests" / "emulator"), str(ROOT / "tests" / "data")]

import aws as aws_emulator  # noqa: E402
import receiver as webhook_receiver  # noqa: E402

SANITIZERS = ("ASAN_OPTIONS", "LSAN_OPTIONS", "UBSAN_OPTIONS", "TSAN_OPTIONS")


@dataclass
class Result:
    rc: int
    out: str
    err: str

    def lines(self):
        """stdout as NDJSON."""
        return [json.loads(line) for line in self.out.splitlines()]


class Daemon:
    """A kendrawatch that keeps running. Both streams are read all the time, so it never blocks on a pipe."""

    def __init__(self, argv, env, cwd, stdin, pass_fds=()):
        self._process = subprocess.Popen(
            argv, env=env, cwd=cwd, stdin=stdin, stdout=subprocess.PIPE, stderr=subprocess.PIPE, pass_fds=pass_fds
        )
        self._more = threading.Condition()
        self._lines = {"out": [], "err": []}
        self._readers = [
            threading.Thread(target=self._read, args=(name, stream), daemon=True)
            for name, stream in (("out", self._process.stdout), ("err", self._process.stderr))
        ]
        for reader in self._readers:
            reader.start()

    def _read(self, name, stream):
        for line in stream:
            with self._more:
                self._lines[name].append(line.decode("utf-8", "replace").rstrip("\n"))
                self._more.notify_all()
        stream.close()
        with self._more:
            self._more.notify_all()

    @property
    def pid(self):
        return self._process.pid

    @property
    def stdin(self):
        return self._process.stdin

    @property
    def out(self):
        with self._more:
            return "\n".join(self._lines["out"])

    @property
    def err(self):
        with self._more:
            return "\n".join(self._lines["err"])

    def running(self):
        return self._process.poll() is None

    def wait_for(self, pattern, stream="err", timeout=10.0):
        """The match of the first line (past ones count) that holds the regular expression; fails with all it said."""
        deadline, seen = time.monotonic() + timeout, 0
        with self._more:
            while True:
                lines = self._lines[stream]
                while seen < len(lines):
                    match = re.search(pattern, lines[seen])
                    if match:
                        return match
                    seen += 1
                left = deadline - time.monotonic()
                over = not any(reader.is_alive() for reader in self._readers)
                if left <= 0 or over:
                    why = "it ended" if over else f"{timeout} s passed"
                    pytest.fail(f"no line with {pattern!r} on {stream}: {why}.\n" + "\n".join(self._lines["err"][-40:]))
                self._more.wait(min(left, 0.2))

    def signal(self, number):
        self._process.send_signal(number)

    def wait(self, timeout=15.0):
        """Waits for the end; returns the exit code (negative: the signal)."""
        try:
            rc = self._process.wait(timeout)
        except subprocess.TimeoutExpired:
            self.kill()
            pytest.fail(f"still running after {timeout} s.\n" + self.err[-4000:])
        for reader in self._readers:
            reader.join(5)
        return rc

    def stop(self, timeout=15.0):
        """SIGTERM, then the exit code."""
        if self.running():
            self.signal(signal.SIGTERM)
        return self.wait(timeout)

    def kill(self):
        """kill -9, by pid."""
        if self.running():
            self._process.kill()
        self._process.wait(10)
        for reader in self._readers:
            reader.join(5)


class Kw:
    """The binary under test, in an environment with nothing from outside."""

    def __init__(self, binary, home):
        self.binary = str(binary)
        self.home = pathlib.Path(home)
        self._daemons = []

    def environment(self, extra=None):
        env = {
            "PATH": "/usr/bin:/bin",
            "HOME": str(self.home),
            "TMPDIR": str(self.home),
            "LC_ALL": "C.UTF-8",
            "TZ": "UTC",
            "AWS_EC2_METADATA_DISABLED": "true",
        }
        env |= {name: os.environ[name] for name in SANITIZERS if name in os.environ}
        return env | (extra or {})

    def run(self, args, input=None, env=None, timeout=60, cwd=None):
        """input: text or bytes for stdin, else stdin is empty."""
        data = input.encode() if isinstance(input, str) else input
        done = subprocess.run(
            [self.binary, *map(str, args)],
            input=b"" if data is None else data,
            capture_output=True,
            env=self.environment(env),
            cwd=cwd or self.home,
            timeout=timeout,
        )
        return Result(done.returncode, done.stdout.decode("utf-8", "replace"), done.stderr.decode("utf-8", "replace"))

    def start(self, args, env=None, cwd=None, stdin=subprocess.DEVNULL, pass_fds=()):
        """Starts a daemon; it is killed at the end of the test if it still runs. stdin=subprocess.PIPE to feed it."""
        daemon = Daemon([self.binary, *map(str, args)], self.environment(env), cwd or self.home, stdin, pass_fds)
        self._daemons.append(daemon)
        return daemon

    def close(self):
        for daemon in self._daemons:
            daemon.kill()


def until(predicate, timeout=10.0, what="it"):
    """Asks again and again until predicate() is true and returns that value; fails after the deadline."""
    deadline, pause = time.monotonic() + timeout, threading.Event()
    while True:
        value = predicate()
        if value:
            return value
        if time.monotonic() > deadline:
            pytest.fail(f"{what} did not happen within {timeout} s")
        pause.wait(0.01)


# ---- events


def identity(as_, account="111122223333"):
    """userIdentity of root, user/NAME, role/NAME[/SESSION], sso/PERSON, service/NAME, federated/NAME or account/ID."""
    kind, _, name = as_.partition("/")
    if kind == "root":
        return {"type": "Root", "principalId": account, "arn": f"arn:aws:iam::{account}:root", "accountId": account}
    if kind == "user":
        return {
            "type": "IAMUser",
            "principalId": "AIDAEXAMPLE0000000000",
            "arn": f"arn:aws:iam::{account}:user/{name}",
            "accountId": account,
            "accessKeyId": "AKIAEXAMPLE000000000",
            "userName": name,
        }
    if kind in ("role", "sso"):
        role, _, session = name.partition("/")
        path = "/"
        if kind == "sso":
            role, session = "AWSReservedSSO_AdministratorAccess_0123456789abcdef", name
            path = "/aws-reserved/sso.amazonaws.com/"
        session = session or "session"
        return {
            "type": "AssumedRole",
            "principalId": f"AROAEXAMPLE0000000000:{session}",
            "arn": f"arn:aws:sts::{account}:assumed-role/{role}/{session}",
            "accountId": account,
            "accessKeyId": "ASIAEXAMPLE000000000",
            "sessionContext": {
                "sessionIssuer": {
                    "type": "Role",
                    "principalId": "AROAEXAMPLE0000000000",
                    "arn": f"arn:aws:iam::{account}:role{path}{role}",
                    "accountId": account,
                    "userName": role,
                },
                "attributes": {"creationDate": "2026-03-02T08:00:00Z", "mfaAuthenticated": "false"},
            },
        }
    if kind == "service":
        return {"type": "AWSService", "invokedBy": name}
    if kind == "federated":
        return {
            "type": "FederatedUser",
            "principalId": f"{account}:{name}",
            "arn": f"arn:aws:sts::{account}:federated-user/{name}",
            "accountId": account,
            "accessKeyId": "ASIAEXAMPLE000000000",
        }
    if kind == "account":
        return {"type": "AWSAccount", "principalId": "AIDAEXAMPLE0000000000", "accountId": name}
    raise ValueError(f"no identity {as_!r}")


READS = ("BatchGet", "Describe", "Get", "List", "Query", "Retrieve", "Lookup", "Head")


def build_event(
    api="kendra:Query",
    as_="role/kb-app",
    set=None,
    unset=(),
    at="2026-03-02T09:00:00Z",
    account="111122223333",
    region="eu-west-1",
    ip="198.51.100.10",
):
    """One record with a fresh eventID. set: {"requestParameters.indexId": value}; unset: paths that go."""
    service, _, name = api.partition(":")
    event = {
        "eventVersion": "1.11",
        "userIdentity": identity(as_, account),
        "eventTime": at,
        "eventSource": f"{service}.amazonaws.com",
        "eventName": name,
        "awsRegion": region,
        "sourceIPAddress": as_.partition("/")[2] if as_.startswith("service/") else ip,
        "userAgent": "aws-cli/2.15.30",
        "requestParameters": {"indexId": "3f1c9d2e-0000-4000-8000-000000000001"} if service == "kendra" else None,
        "responseElements": None,
        "requestID": str(uuid.uuid4()),
        "eventID": str(uuid.uuid4()),
        "readOnly": name.startswith(READS),
        "eventType": "AwsConsoleSignIn" if service == "signin" else "AwsApiCall",
        "managementEvent": True,
        "recipientAccountId": account,
        "eventCategory": "Management",
    }
    for path, value in (set or {}).items():
        *parents, last = path.split(".")
        place = event
        for key in parents:
            if not isinstance(place.get(key), dict):
                place[key] = {}
            place = place[key]
        place[last] = copy.deepcopy(value)
    for path in unset:
        *parents, last = path.split(".")
        place = event
        for key in parents:
            place = place.get(key) or {}
        place.pop(last, None)
    return event


# ---- fixtures


@pytest.fixture
def kw(tmp_path):
    binary = pathlib.Path(os.environ.get("KW_BIN", ROOT / "build" / "test" / "kendrawatch")).absolute()
    if not binary.exists():
        pytest.fail(f"{binary} is missing: build it (make FLAVOUR=test) or name another one in KW_BIN")
    home = tmp_path / "home"
    home.mkdir()
    runner = Kw(binary, home)
    yield runner
    runner.close()


@pytest.fixture
def receiver(tmp_path):
    with webhook_receiver.Receiver(log=str(tmp_path / "receiver.log")) as server:
        yield server


@pytest.fixture
def aws():
    with aws_emulator.Aws() as server:
        yield server


@pytest.fixture
def make_event():
    return build_event


@pytest.fixture
def state_dir(tmp_path):
    path = tmp_path / "state"
    path.mkdir(mode=0o700)
    return path


@pytest.fixture
def scene(kw, tmp_path):
    from scene import Scene

    folder = tmp_path / "scene"
    folder.mkdir()
    return Scene(kw, folder)

"""kill -9 at every named point and at random moments, while a folder fills and the receiver fails half of the time.

What must hold whenever it happens: every alert arrives (none lost), under one key with one body (a receiver that
honours the key sees none twice), once in the file sink's file, and each bad record is kept once. What is expected is
computed here, from the events: the rule is simple enough.
"""

import collections
import json
import os
import pathlib
import random
import signal
import subprocess
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
import receiver as webhook_receiver
from conftest import ROOT, build_event, until
from scene import Scene, ndjson

BAD = b'{"eventVersion":"1.11","eventID":"torn", oops\n'
# A delivery that has failed often waits for up to a minute.
PATIENCE_S = 90


def points(prefix=""):
    """Named points of the binary under test, so that a new one is tested from its first day. Those of the queue source
    need a queue: test_sqs_crash.py; or something pushed: test_push.py."""
    binary = pathlib.Path(os.environ.get("KW_BIN", ROOT / "build" / "test" / "kendrawatch"))
    if not binary.exists():
        return ["the-binary-is-missing"]
    listed = subprocess.run([binary, "list", "points", "--output", "ndjson"], stdout=subprocess.PIPE, check=True)
    names = [json.loads(line)["name"] for line in listed.stdout.splitlines()]
    return [name for name in names if (name.startswith(prefix) if prefix else not name.startswith(("sqs_", "push_")))]


class Crash:
    """An agent that reads a folder (or follows a file), posts to a receiver and a file, and gets killed in between."""

    def __init__(self, kw, folder, receiver, followed=False):
        self.scene = Scene(kw, folder)
        self.receiver = receiver
        self.log = self.scene.folder / "trail.log" if followed else None
        self.scene.rule("gone", "DeleteIndex")
        self.scene.configure(
            sources={"log": {"type": "file", "path": str(self.log), "poll": "10ms"}} if followed else None,
            agent={"suppress_for": "0s", "workers": 3},
            sinks={"hook": self.scene.webhook(receiver), "kept": {"type": "file", "path": str(self.scene.out)}},
        )
        self.expected = set()  # eventIDs that must alert
        self.n_files = self.n_bad = 0
        self.rotated = False

    def put(self, bad=False):
        """One file: two events that match, one that does not, and perhaps a record that is none."""
        n = self.n_files
        hits = [build_event("kendra:DeleteIndex", as_=f"role/r{n}x{i}") for i in range(2)]
        head, tail = ndjson([hits[0], build_event("kendra:Query")]), ndjson([hits[1]])
        self.n_files += 1
        self.n_bad += bad
        self.expected |= {event["eventID"] for event in hits}
        data = head + BAD.replace(b"torn", b"torn%d" % n) * bad + tail
        if not self.log:
            return self.scene.put(f"{n:03}.ndjson", data=data)
        with open(self.log, "ab") as file:
            file.write(data)
        return self.log

    def rotate(self):
        """By renaming, which loses nothing of a file whose reading was begun; one that nobody saw yet waits."""
        if self.scene.query("SELECT 1 FROM object WHERE position>0"):
            self.log.rename(self.log.with_suffix(".1"))
            self.rotated = True

    def until_read_or_dead(self, path, agent):
        until(
            lambda: not agent.running() or self.scene.objects().get(str(path), (0, 0))[1],
            what=f"{path.name} read, or the agent dead",
        )

    def finish(self):
        """An agent that nobody kills delivers what is left. The receiver mends its ways when it has failed enough."""
        seen = len(self.receiver.received())
        agent = self.scene.start()
        until(
            lambda: len(self.receiver.received()) >= seen + 6
            or self.receiver.summary()["distinct"] == len(self.expected),
            what="some requests",
        )
        self.receiver.faults.set(fail_ratio=0.0)
        if self.log:
            now = self.log.stat()
            whole = "SELECT 1 FROM object WHERE identity LIKE ? AND position=?"
            place = (f"{now.st_dev}:{now.st_ino}:%", now.st_size)
            until(lambda: self.scene.query(whole, *place), what="reading the file to its end")
        self.scene.until_idle(PATIENCE_S)
        assert agent.stop() == 0, agent.err

    def check(self):
        summary = self.receiver.summary()
        assert summary["conflicts"] == [], "one body a key"
        assert summary["refused"] == 0
        bodies = {d["id"]: json.loads(d["body"])["data"] for d in self.receiver.deliveries()}
        arrived = collections.Counter(body["event"]["eventID"] for body in bodies.values())
        assert set(arrived) == self.expected
        assert set(arrived.values()) == {1}, "one key an event"
        written = [(a["id"], a["event"]["eventID"]) for a in self.scene.delivered()]
        assert sorted(written) == sorted((key, body["event"]["eventID"]) for key, body in bodies.items())
        assert self.scene.out.read_bytes().endswith(b"\n")
        kept = [piece for _, piece in self.scene.quarantine()]
        assert len(kept) == len(set(kept)) == self.n_bad
        assert self.scene.outbox() == []


def die_at(kw, folder, point, n):
    folder.mkdir()
    with webhook_receiver.Receiver(
        log=str(folder / "log"), fail_ratio=0.5, seed=n, fail_with=["500", "reset"]
    ) as server:
        crash = Crash(kw, folder, server)
        agent = crash.scene.start(env={"KW_POINT": f"{point}:{n}"}, ready=False)
        for i in range(5):
            path = crash.put(bad=i in (1, 3))
            crash.until_read_or_dead(path, agent)
        until(lambda: not agent.running(), 20, f"pass {n} of {point}")
        assert agent.wait() == -signal.SIGKILL, agent.err
        crash.put()  # goes on filling while nobody looks
        crash.finish()
        crash.check()


@pytest.mark.parametrize("point", points())
def test_named_point(kw, tmp_path, point):
    with ThreadPoolExecutor(2) as pool:
        for done in [pool.submit(die_at, kw, tmp_path / f"pass{n}", point, n) for n in (1, 2)]:
            done.result()


def random_kills(kw, folder, kills, seed, followed=False):
    folder.mkdir()
    chance = random.Random(seed)
    with webhook_receiver.Receiver(log=str(folder / "log"), fail_ratio=0.5, seed=seed) as server:
        crash = Crash(kw, folder, server, followed)
        for n in range(kills):
            agent = crash.scene.start(ready=chance.random() < 0.5)  # also while it starts
            if followed and n >= kills // 2 and not crash.rotated:
                crash.rotate()
            for _ in range(chance.randint(0, 2)):
                crash.put(bad=chance.random() < 0.2)
            # The moment is what is random here; whatever the agent is doing then is what is tested.
            threading.Event().wait(chance.uniform(0.0, 0.2))
            agent.kill()
        crash.put()
        crash.finish()
        crash.check()


@pytest.mark.timeout(300)
def test_twenty_random_moments(kw, tmp_path):
    with ThreadPoolExecutor(2) as pool:
        runs = [pool.submit(random_kills, kw, tmp_path / f"seed{s}", 10, s, followed=s == 2) for s in (1, 2)]
        for done in runs:
            done.result()


@pytest.mark.soak
@pytest.mark.timeout(1800)
def test_many_random_moments(kw, tmp_path):
    kills, seed = int(os.environ.get("SOAK_KILLS", "200")), int(os.environ.get("SOAK_SEED", "7"))
    with ThreadPoolExecutor(4) as pool:
        runs = [
            pool.submit(random_kills, kw, tmp_path / f"seed{seed + i}", -(-kills // 4), seed + i, followed=i == 3)
            for i in range(4)
        ]
        for done in runs:
            done.result()
    print(f"soak: {-(-kills // 4) * 4} random kill -9, 0 alerts lost, 0 doubled (seeds {seed} to {seed + 3})")

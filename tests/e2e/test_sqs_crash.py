"""Many objects through SQS with everything going wrong, and kill -9 at every named point and at random moments.

What must hold whenever it happens: every event that the rule is about arrives as one alert under one key, and every
message is deleted in the end.
"""

import collections
import gzip
import json
import os
import random
import signal
import threading

import aws as aws_emulator
import pytest
import receiver as webhook_receiver
from conftest import build_event, until
from scene import Scene, ndjson
from trail import Trail
from test_crash import BAD, points

SQS_POINTS = ["sqs_received", "sqs_object_read", "sqs_before_delete", "sqs_after_delete"]


class Storm:
    """A trail, a receiver that counts by key, an agent that is killed; what must arrive is known from the events."""

    def __init__(self, kw, folder, receiver, aws):
        folder.mkdir(exist_ok=True)
        self.scene = Scene(kw, folder)
        self.receiver, self.aws = receiver, aws
        self.scene.rule("gone", "DeleteIndex")
        self.trail = Trail(self.scene, aws, dead_letters=False)
        self.trail.configure(
            sinks={
                "hook": self.scene.webhook(receiver),
                "kept": {"type": "file", "path": str(self.scene.out)},
            },
            agent={"workers": 2},
            visibility="2s",
            wait="1s",
        )
        self.expected = set()
        self.n_bad = 0

    def put(self, n):
        """n objects, of which every tenth holds an event that alerts."""
        for _ in range(n):
            i = self.trail.n
            events = [build_event("kendra:Query"), build_event("kendra:DescribeIndex")]
            if i % 10 == 0:
                events.append(build_event("kendra:DeleteIndex", as_=f"role/r{i}"))
                self.expected.add(events[-1]["eventID"])
            self.trail.put(*events)

    def put_all_kinds(self):
        """One object with two events that alert, one that does not, and a record that is none."""
        i = self.trail.n
        hits = [build_event("kendra:DeleteIndex", as_=f"role/r{i}x{k}") for k in range(2)]
        torn = BAD.replace(b"torn", b"torn%d" % i)
        self.expected |= {event["eventID"] for event in hits}
        self.n_bad += 1
        data = ndjson([hits[0], build_event("kendra:Query")]) + torn + ndjson([hits[1]])
        self.trail.put(data=gzip.compress(data, 1, mtime=0))

    def finish(self, timeout):
        """Nobody kills any more, and the faults end."""
        self.aws.control(service="sqs", fail_ratio=0.0, partial_ratio=0.0)
        self.aws.control(service="s3", fail_ratio=0.0)
        self.receiver.faults.set(fail_ratio=0.0)
        agent = self.scene.start()
        self.trail.until_empty(timeout)
        until(lambda: self.scene.waiting() == 0, timeout, "delivering everything")
        assert agent.stop() == 0, agent.err

    def check(self):
        summary = self.receiver.summary()
        assert summary["conflicts"] == [], "one body a key"
        bodies = {d["id"]: json.loads(d["body"])["data"] for d in self.receiver.deliveries()}
        arrived = collections.Counter(body["event"]["eventID"] for body in bodies.values() if "eventID" in body["event"])
        assert set(arrived) == self.expected
        assert set(arrived.values()) <= {1}, "one key an event"
        written = [(a["id"], a["event"]["eventID"]) for a in self.scene.delivered()]
        assert sorted(written) == sorted((key, body["event"]["eventID"]) for key, body in bodies.items())
        kept = [piece for _, piece in self.scene.quarantine()]
        assert len(kept) == len(set(kept)) == self.n_bad
        rows = self.scene.query("SELECT count(*), sum(done) FROM object")
        assert rows == [(self.trail.n, self.trail.n)]


def trouble(aws, seed, ratio):
    aws.control(
        service="sqs", duplicate_ratio=0.1, partial_ratio=0.1, reorder=True, seed=seed, fail_ratio=ratio,
        fail_with=["500", "reset", "throttle", "expired"],
    )  # fmt: skip
    aws.control(
        service="s3", seed=seed, fail_ratio=ratio, fail_with=["500", "reset", "throttle", "expired", "truncate", "damage"]
    )


def storm(kw, folder, objects, kills, seed, timeout):
    chance = random.Random(seed)
    with webhook_receiver.Receiver(log=str(folder / "log"), fail_ratio=0.2, seed=seed) as receiver:
        with aws_emulator.Aws() as aws:
            s = Storm(kw, folder / "scene", receiver, aws)
            trouble(aws, seed, 0.05)
            share = objects // (kills + 1)
            for _ in range(kills):
                s.put(share)
                agent = s.scene.start(ready=chance.random() < 0.7)
                # The moment is what is random here; whatever the agent is doing then is what is tested.
                threading.Event().wait(chance.uniform(0.1, 0.8))
                agent.kill()
            s.put(objects - s.trail.n)
            s.finish(timeout)
            s.check()
            return aws, s


@pytest.mark.sanitize
@pytest.mark.timeout(240)
def test_500_objects_through_trouble(kw, tmp_path):
    aws, s = storm(kw, tmp_path, 500, 5, 3, 150)
    received = collections.Counter(message for message, _ in s.trail.queue.received)
    assert max(received.values()) > 1, "some came twice"


@pytest.mark.soak
@pytest.mark.timeout(3000)
def test_10000_objects_and_fifty_kills(kw, tmp_path):
    objects, kills = int(os.environ.get("SOAK_OBJECTS", "10000")), int(os.environ.get("SOAK_SQS_KILLS", "50"))
    seed = int(os.environ.get("SOAK_SEED", "7"))
    storm(kw, tmp_path, objects, kills, seed, 1500)
    print(f"soak: {objects} objects through SQS, {kills} kill -9, 0 alerts lost, 0 doubled (seed {seed})")


def test_no_point_is_forgotten():
    names = points("sqs_")
    assert names in (SQS_POINTS, ["the-binary-is-missing"])


@pytest.mark.parametrize("point", SQS_POINTS + points())
def test_named_point(kw, tmp_path, point):
    with webhook_receiver.Receiver(log=str(tmp_path / "log")) as receiver, aws_emulator.Aws() as aws:
        s = Storm(kw, tmp_path / "scene", receiver, aws)
        for n in (1, 2):
            agent = s.scene.start(env={"KW_POINT": f"{point}:{n}"}, ready=False)
            for _ in range(5):
                s.put_all_kinds()
                until(lambda: not agent.running() or s.trail.left() == 0, 20, "taking an object, or being dead")
            until(lambda: not agent.running(), 20, f"pass {n} of {point}")
            assert agent.wait() == -signal.SIGKILL, agent.err
            aws.sqs.advance(5)  # what was in hand can be seen again
        s.put_all_kinds()
        s.finish(30)
        s.check()

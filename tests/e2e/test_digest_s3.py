"""Digests are checked as they come from S3: through a queue's notices, and found by listing."""

import base64
import json
import time

import pytest
from conftest import until

import digests

BUCKET = "example-trail"
QUEUE = "kw"


class Feed:
    """A bucket of CloudTrail's, and an agent that reads it through one of the two sources."""

    def __init__(self, scene, aws, folder, kind):
        self.scene, self.aws, self.kind = scene, aws, kind
        self.keys = folder / "keys.json"
        self.trail = digests.Trail(folder / "bucket", make_event=None)
        self.bucket = aws.s3.create(BUCKET)
        self.queue = aws.sqs.create(QUEUE)
        if kind == "sqs":
            aws.s3.notify(self.bucket, self.queue)
        scene.environment.update(aws.env())
        scene.rule("gone", "DeleteIndex")

    def start(self, patience="3s", keys=True, **more):
        source = {"type": self.kind, "region": "eu-west-1", "digest": "on", "digest_patience": patience}
        if self.kind == "s3":
            source.update(bucket=BUCKET, since="2026-11-23", every="1s")
        else:
            source.update(queue_url=self.queue.url, wait="1s", visibility="5s")
        if keys:
            digests.write_keys(self.keys, self.trail.key)
            source["digest_keys"] = str(self.keys)
        self.scene.configure(sources={"logs": {**source, **more}})
        return self.scene.start()

    def arrive(self, only=lambda path: True):
        for path in sorted(self.trail.root.rglob("*.json.gz")):
            if only(path):
                beside = self.trail.metadata_of(path)
                metadata = json.loads(beside.read_text()) if beside.exists() else {}
                self.aws.s3.put(self.bucket, str(path.relative_to(self.trail.root)), path.read_bytes(), metadata=metadata)

    def valid(self):
        return self.scene.query("SELECT count(*) FROM trail_digest WHERE valid")[0][0]

    def settled(self):
        return self.scene.query("SELECT count(*) FROM trail_digest WHERE swept")[0][0]

    def read(self):
        return self.scene.query("SELECT coalesce(sum(read), 0) FROM trail_hour")[0][0]

    def rung(self):
        names = [a["rule"]["id"] for a in self.scene.delivered()]
        return sorted(n.removeprefix("kendrawatch.self.integrity.") for n in names if "integrity" in n)


@pytest.fixture(params=["sqs", "s3"])
def feed(request, scene, aws, tmp_path):
    return Feed(scene, aws, tmp_path, request.param)


@pytest.mark.sanitize
def test_a_whole_bucket(feed):
    feed.trail.hours(6)
    feed.arrive()
    agent = feed.start()
    until(lambda: feed.settled() == 6 and feed.read() == 12, 40, "all settled")
    assert agent.stop() == 0, agent.err
    assert (feed.valid(), feed.rung()) == (6, [])


@pytest.mark.parametrize("kind", ["tampered-log", "missing-log", "log-not-listed", "forged-signature", "replaced-digest",
                                  "missing-digest", "damaged-digest", "moved", "unsigned", "unknown-key"])
def test_each_damage_has_its_name_and_is_told_once(feed, kind):
    feed.trail.hours(6).damage(kind)
    feed.arrive()
    agent = feed.start()
    until(lambda: kind in feed.rung(), 40, f"the alert about {kind}")
    agent.kill()
    before = feed.rung()
    agent = feed.start()
    agent.wait_for(r" ready ")
    until(lambda: feed.scene.query("SELECT count(*) FROM trail_digest WHERE NOT swept") == [(0,)], 40, "all due")
    assert agent.stop() == 0, agent.err
    assert feed.rung().count(kind) == before.count(kind) == 1


def test_a_gap_and_a_backfill_digest(feed):
    feed.trail.hours(6, gaps=[2], backfilled=[4])
    feed.arrive()
    agent = feed.start()
    until(lambda: feed.settled() == 5 and "gap" in feed.rung(), 40, "the gap")
    assert agent.stop() == 0, agent.err
    assert feed.scene.query("SELECT count(*) FROM trail_digest WHERE backfill AND valid") == [(1,)]
    assert set(feed.rung()) == {"gap"}


def test_keys_are_asked_of_cloudtrail(feed):
    feed.trail.hours(3)
    public = feed.trail.key.public
    now = time.time()
    feed.aws.cloudtrail.add_key(base64.b64decode(public["Value"]), public["Fingerprint"], now - 4e8, now + 4e8)
    feed.arrive()
    agent = feed.start(keys=False)
    until(lambda: feed.valid() == 3 and feed.read() == 6, 40, "the digests")
    assert agent.stop() == 0, agent.err
    assert len(feed.aws.asked("cloudtrail", "ListPublicKeys")) == 1
    assert feed.rung() == []


def test_without_keys_events_go_on_and_the_digest_waits(feed):
    feed.trail.hours(3)
    feed.aws.control(service="cloudtrail", script=["forbidden"] * 500)
    feed.arrive()
    agent = feed.start(keys=False, patience="8s")
    until(lambda: feed.read() == 6, 20, "the logs")
    assert feed.rung() == []
    agent.wait_for(r"digest waits for its key")
    until(lambda: feed.rung() == ["unknown-key"] * 3, 40, "it is told")
    assert "CloudTrail could not be asked" in feed.scene.delivered()[0]["summary"]
    assert agent.stop() == 0, agent.err


def test_a_stop_while_digests_wait(feed):
    feed.trail.hours(2)
    feed.aws.control(service="cloudtrail", script=["forbidden"] * 40)
    feed.arrive()
    agent = feed.start(keys=False, patience="1h")
    agent.wait_for(r"digest waits for its key")
    assert agent.stop() == 0, agent.err
    assert feed.rung() == []
    agent = feed.start()
    until(lambda: feed.valid() == 2, 40, "the digests")
    assert agent.stop() == 0, agent.err


def test_only_digests(scene, aws, tmp_path):
    feed = Feed(scene, aws, tmp_path, "s3")
    feed.trail.hours(2)
    feed.arrive()
    agent = feed.start(patience="1h", digest="only")
    until(lambda: feed.valid() == 2, 40, "the digests")
    assert agent.stop() == 0, agent.err
    assert feed.read() == 0

"""The source that lists a bucket: every object once, across accounts, regions, days, pages, restarts and refusals."""

import gzip
import json
import time

import pytest
from conftest import until
from scene import counters

BUCKET = "trail-logs"
DAY = 86400


def gone(make_event, who):
    return make_event("kendra:DeleteIndex", as_=f"role/{who}")


class Bucket:
    def __init__(self, aws, make_event, region=None):
        self.aws, self.make_event, self.n = aws, make_event, 0
        self.bucket = aws.s3.create(BUCKET, region)

    def put(self, who, ago_s=60, account="111122223333", region="eu-west-1", prefix="AWSLogs/", body=None, key=None):
        """One log file with one alert, delivered `ago_s` ago; returns its key."""
        at = time.gmtime(time.time() - ago_s)
        self.n += 1
        key = key or time.strftime(
            f"{prefix}{account}/CloudTrail/{region}/%Y/%m/%d/{account}_CloudTrail_{region}_%Y%m%dT%H%MZ_{self.n:016d}.json.gz",
            at,
        )
        records = json.dumps({"Records": [gone(self.make_event, who)]}).encode()
        self.aws.s3.put(self.bucket, key, gzip.compress(records) if body is None else body)
        return key


@pytest.fixture
def bucket(aws, make_event):
    return Bucket(aws, make_event)


@pytest.fixture
def listing(scene, aws):
    scene.environment.update(aws.env())
    scene.rule("gone", "DeleteIndex")

    def configure(**options):
        since = time.strftime("%Y-%m-%d", time.gmtime(time.time() - 5 * DAY))
        source = {"type": "s3", "bucket": BUCKET, "region": "eu-west-1", "every": "1s", "since": since, **options}
        scene.configure(sources={"logs": source}, agent={"suppress_for": "0s"})
        return scene

    configure()
    scene.again = configure
    return scene


def who(scene):
    return sorted(a["actor"]["name"] for a in scene.delivered())


@pytest.mark.threads
def test_every_object_once(listing, bucket, aws):
    names = [bucket.put(f"r{i}", ago_s=4 * DAY - 3000 * i) and f"role/r{i}" for i in range(100)]
    bucket.put("org", prefix="AWSLogs/o-abc123/", account="444455556666", region="us-east-1")
    for other in ("CloudTrail-Digest", "CloudTrail-Insight", "Config"):
        bucket.put("never", key=f"AWSLogs/111122223333/{other}/eu-west-1/2026/03/02/x.json.gz")
    bucket.put("never", key="AWSLogs/111122223333/CloudTrail/", body=b"")
    bucket.put("never", key="AWSLogs/111122223333/vpcflowlogs/eu-west-1/2026/03/02/x.gz")
    agent = listing.start()
    listing.until_delivered(101, timeout=60)
    bucket.put("new", ago_s=0)
    listing.until_delivered(102, timeout=30)
    assert agent.stop() == 0, agent.err
    assert who(listing) == sorted([*names, "role/org", "role/new"])
    seen = counters(agent)
    assert (seen["events"], seen["alerts"], seen["duplicates"]) == (102, 102, 0)
    origin = listing.delivered()[0]["origin"]
    assert origin["source"] == "logs" and origin["object"].startswith(f"s3://{BUCKET}/AWSLogs/")


def test_a_late_file_is_found(listing, bucket, aws):
    """A file whose stamp is older than what was read: the whole day is listed once an hour, and at a start."""
    bucket.put("first", ago_s=60)
    agent = listing.start()
    listing.until_delivered(1)
    agent.kill()
    bucket.put("late", ago_s=DAY // 2)
    agent = listing.start()
    listing.until_delivered(2)
    assert agent.stop() == 0, agent.err
    assert who(listing) == ["role/first", "role/late"]
    assert counters(agent)["events"] == 1


def test_days_that_are_over_are_not_listed_again(listing, bucket, aws):
    bucket.put("old", ago_s=4 * DAY)
    agent = listing.start()
    listing.until_delivered(1)
    day = time.strftime("%%/%Y/%m/%d/", time.gmtime(time.time() - 4 * DAY))
    marked = "SELECT 1 FROM object WHERE identity='day' AND done AND object LIKE ?"
    until(lambda: listing.query(marked, day), 20, "the mark of the day")
    assert agent.stop() == 0, agent.err
    before = len(aws.asked("s3", "ListObjectsV2"))
    agent = listing.start()
    until(lambda: len(aws.asked("s3", "ListObjectsV2")) > before + 3, what="a listing")
    assert agent.stop() == 0, agent.err
    targets = [r["target"] for r in aws.asked("s3", "ListObjectsV2")[before:]]
    old = time.strftime("%%2F%m%%2F%d%%2F", time.gmtime(time.time() - 4 * DAY))
    assert not any(old in t for t in targets), targets


def test_until_ends(listing, bucket, aws):
    bucket.put("in", ago_s=3 * DAY)
    bucket.put("out", ago_s=DAY)
    listing.again(until=time.strftime("%Y-%m-%d", time.gmtime(time.time() - 2 * DAY)))
    agent = listing.start()
    assert agent.wait(timeout=30) == 0, agent.err
    assert who(listing) == ["role/in"]


def test_trouble_only_delays(listing, bucket, aws):
    aws.control(service="s3", fail_ratio=0.3, seed=3, fail_with=["500", "throttle", "reset"])
    names = [bucket.put(f"r{i}", ago_s=2 * DAY - 300 * i) and f"role/r{i}" for i in range(30)]
    agent = listing.start()
    listing.until_delivered(30, timeout=120)
    aws.control(service="s3", fail_ratio=0.0)
    assert agent.stop() == 0, agent.err
    assert who(listing) == sorted(names)


def test_killed_at_random_nothing_is_lost_or_doubled(listing, bucket, aws):
    names = [bucket.put(f"r{i}", ago_s=2 * DAY - 300 * i) and f"role/r{i}" for i in range(60)]
    for n in range(5, 60, 12):
        agent = listing.start()
        listing.until_delivered(n, timeout=30)
        agent.kill()
    agent = listing.start()
    until(lambda: len(set(who(listing))) == 60, 30, "all of them")
    assert agent.stop() == 0, agent.err
    assert sorted(set(who(listing))) == sorted(names)
    assert len({a["id"] for a in listing.delivered()}) == 60


def test_a_refusal_is_an_alert(listing, bucket, aws):
    aws.control(service="s3", script=["forbidden"] * 50)
    agent = listing.start()
    alert = listing.until_delivered(1, timeout=20)[0]
    assert alert["rule"]["id"] == "kendrawatch.self.bucket_unreadable"
    assert "s3:ListBucket" in alert["summary"]
    assert agent.stop() == 0, agent.err


def test_a_bucket_in_another_region(listing, aws, make_event):
    Bucket(aws, make_event, region="eu-central-1").put("away")
    agent = listing.start()
    listing.until_delivered(1, timeout=20)
    assert agent.stop() == 0, agent.err

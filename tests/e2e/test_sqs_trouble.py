"""What goes wrong around a queue: messages that are nothing, objects that are not to be had, a stop, a slow reader."""

import collections
import json
import re

import pytest
from aws import PERMANENT
from conftest import until
from scene import counters, gone
from sigv4 import Credential
from trail import BUCKET, Trail, notification

KEY = "AWSLogs/111122223333/CloudTrail/eu-west-1/2026/03/02/{}.json.gz"


@pytest.fixture
def trail(scene, aws):
    scene.rule("gone", "DeleteIndex")
    made = Trail(scene, aws)
    made.configure(visibility="2s")
    return made


def until_dead(trail, n, timeout=30):
    """Time passes in the queue until so many messages lie in its dead letters."""

    def look():
        trail.aws.sqs.advance(1)
        return trail.aws.sqs.left(trail.dead) >= n and trail.left() == 0

    until(look, timeout, f"{n} dead letters")


def until_told(trail, rule):
    return until(lambda: trail.self_alerts().get(f"kendrawatch.self.{rule}"), 10, f"an alert {rule}")


@pytest.mark.sanitize
def test_poison_is_left_to_the_redrive_policy(trail, make_event):
    trail.send({"who": "knows"})
    trail.send("hello")
    trail.send({"Records": [{"a": 1}, gone(make_event)]})
    trail.put(gone(make_event, who="role/fine"))
    agent = trail.start()
    until_dead(trail, 3)
    trail.scene.until_delivered(2)
    assert trail.actors() == ["deploy", "fine"]
    assert agent.stop() == 0
    assert counters(agent)["queue_unknown"] >= 7, "two three times each, the third while it was in hand or not"
    assert re.search(r'message is nothing we know .*looks_like="an object with who"', agent.err)
    assert trail.scene.quarantine() == []


def test_poison_without_dead_letters_is_kept_in_quarantine(scene, aws, make_event):
    scene.rule("gone", "DeleteIndex")
    trail = Trail(scene, aws, dead_letters=False)
    trail.configure(visibility="2s", max_receives=2)
    body = json.dumps({"who": "knows" * 20000})
    message = trail.send(body)
    agent = trail.start()
    until(lambda: trail.aws.sqs.advance(1) or trail.left() == 0, 20, "deleting it")
    (described, data), = scene.quarantine()
    assert data.decode() == body, "all of it"
    assert described["object"] == f"sqs://kw/{message}"
    assert agent.stop() == 0


@pytest.mark.parametrize(
    ("options", "bucket", "key", "refused"),
    [
        ({}, "evil-bucket", "x/forged.json.gz", True),
        ({"buckets": [BUCKET]}, "evil-bucket", KEY.format("forged"), True),
        ({"buckets": [BUCKET]}, BUCKET, "firehose/2026/a.gz", False),
        ({"buckets": ["*"]}, "other-bucket", "firehose/a.gz", False),
        ({}, "other-bucket", KEY.format("org"), False),
    ],
)
def test_foreign_buckets(trail, make_event, options, bucket, key, refused):
    trail.configure(visibility="2s", **options)
    other = trail.aws.s3.create(bucket)
    trail.put(gone(make_event, who="role/theirs"), bucket=other, key=key)
    trail.put(gone(make_event, who="role/ours"))
    if bucket != BUCKET:
        trail.send({"Records": [notification(bucket, key)]})
    trail.start()
    until_dead(trail, int(refused))
    trail.scene.until_delivered(2)
    assert trail.actors() == (["ours"] if refused else ["ours", "theirs"])
    told = trail.self_alerts().get("kendrawatch.self.object_foreign", [])
    assert len(told) == int(refused)
    if refused:
        assert f"s3://{bucket}/{key} was not read" in told[0]


def test_what_is_no_log_is_skipped(trail, make_event):
    for key in (trail.key(kind="CloudTrail-Digest"), "AWSLogs/1/Config/eu-west-1/a.json.gz", "AWSLogs/1/CloudTrail/x/"):
        trail.put(gone(make_event), key=key)
    trail.put(key=trail.key(), data=b"")
    trail.put(gone(make_event, who="role/insight"), key=trail.key(kind="CloudTrail-Insight"))
    agent = trail.start()
    trail.until_empty()
    trail.scene.until_delivered(1)
    assert trail.actors() == ["insight"]
    assert agent.stop() == 0
    assert counters(agent)["skipped_objects"] == 4


def test_a_missing_grant_for_the_key_is_named_once(trail, make_event):
    key_arn = "arn:aws:kms:eu-west-1:111122223333:key/42"
    for i in range(3):
        trail.put(gone(make_event), key=KEY.format(f"kms-denied-{i}"), kms_key=key_arn)
    trail.start()
    told = until_told(trail, "object_denied")
    until_dead(trail, 3)
    assert len(told) == len(trail.self_alerts()["kendrawatch.self.object_denied"]) == 1
    assert f"Grant kms:Decrypt on {key_arn}, in the agent's policy and in the key's." in told[0]


def test_a_missing_object_is_told_of_when_it_stays_so(trail):
    trail.send({"Records": [notification(BUCKET, KEY.format("nowhere"))]})
    trail.start()
    until_dead(trail, 1)
    (told,) = until_told(trail, "object_missing")
    assert f"s3://{BUCKET}/{KEY.format('nowhere')} was announced and is not there (NoSuchKey)" in told


@pytest.mark.parametrize("how", ["redirect", "malformed"])
def test_a_bucket_in_another_region(scene, aws, make_event, how):
    scene.rule("gone", "DeleteIndex")
    aws.s3.wrong_region = how
    trail = Trail(scene, aws, region="us-east-2")
    trail.configure()
    for i in range(3):
        trail.put(gone(make_event, i))
    trail.start()
    trail.until_empty()
    scene.until_delivered(3)


@pytest.mark.sanitize
def test_truncated_and_damaged_downloads_are_mended(trail, make_event):
    faults = ["garbage:empty", "garbage:xml", "truncate", "cut", "md5", "damage", "500", "reset"]
    trail.aws.control(service="s3", script=faults, only="GetObject")
    for i in range(6):
        trail.put(gone(make_event, i), make_event("kendra:Query"))
    agent = trail.start()
    trail.until_empty(30)
    assert len(trail.scene.until_delivered(6)) == 6
    assert trail.scene.quarantine() == []
    assert agent.stop() == 0


def test_a_download_that_goes_on_failing_is_told(trail, make_event):
    """Once is nothing, and only said at debug level; what goes on is one warning."""
    trail.configure(agent={"log_level": "debug"})
    trail.aws.control(service="s3", script=["damage", "damage"], only="GetObject")
    trail.put(gone(make_event))
    agent = trail.start()
    trail.until_empty(30)
    assert len(trail.scene.until_delivered(1)) == 1
    assert agent.stop() == 0
    told = [line for line in agent.err.splitlines() if "not those of the object's checksum" in line]
    assert " debug object is read again object=" in told[0] and "try=1 of=9 wait_ms=1000" in told[0]
    assert " warn  object still can't be read object=" in told[1] and "try=2 of=9 wait_ms=2000" in told[1]
    assert len(told) == 2


def test_messages_that_are_too_much_together_come_one_by_one(trail, make_event):
    """Ten messages of a mebibyte are more than is taken in one answer; none is read then, and each receive is one
    nearer to the dead letters. Whoever may send to the queue could blind the agent so."""
    trail.put(gone(make_event))
    for _ in range(9):
        trail.send("x" * 1048000)
    agent = trail.start()
    until_dead(trail, 9)
    assert len(trail.scene.until_delivered(1)) == 1
    assert "receives bring more than is taken at once" in agent.err


def test_a_message_that_came_damaged_is_left(trail, make_event):
    trail.put(gone(make_event))
    trail.aws.control(service="sqs", script=["md5"], only="ReceiveMessage")
    agent = trail.start()
    agent.wait_for("message came damaged")
    until(lambda: trail.aws.sqs.advance(1) or trail.left() == 0, 20, "deleting it the next time")
    assert len(trail.scene.until_delivered(1)) == 1


def test_an_object_named_twice_is_read_once(trail, make_event):
    uri = trail.put(gone(make_event))
    key = uri.split("/", 3)[3]
    for _ in range(5):
        trail.send({"s3Bucket": BUCKET, "s3ObjectKey": [key, key]})
        trail.aws.s3.put(trail.bucket, key, trail.bucket.objects[key].body)
    agent = trail.start()
    trail.until_empty()
    trail.send({"s3Bucket": BUCKET, "s3ObjectKey": [key]})
    trail.until_empty()
    assert agent.stop() == 0
    seen = counters(agent)
    assert seen["objects"] <= 2, "once as told with its ETag, once without"
    assert seen["objects_again"] >= 9
    assert len(trail.scene.delivered()) == 1


@pytest.mark.sanitize
@pytest.mark.parametrize(
    ("wait", "orphans", "receives"),
    [
        ("1s", False, []),
        # A poll that nobody waits for any more takes what is given back: SQS lets it go on, and each message that
        # comes so is a receive nearer to the dead letters, unread.
        ("2s", True, []),
        # The stop comes between the moment in which the queue hands messages out and the one in which they arrive.
        ("1s", True, ["ok", "slow:0.3@after"]),
    ],
)
def test_a_stop_gives_messages_back(trail, make_event, wait, orphans, receives):
    trail.aws.control(service="s3", fail_ratio=1.0, fail_with=["nothing"], only="GetObject")
    trail.aws.control(service="sqs", orphans=orphans, script=receives, only="ReceiveMessage")
    trail.configure(visibility="600s", wait=wait)
    for i in range(12):
        trail.put(gone(make_event, i))
    agent = trail.start()
    until(lambda: trail.aws.sqs.waiting(trail.queue) == 0, 10, "receiving all")
    assert agent.stop() == 0
    until(lambda: trail.aws.sqs.waiting(trail.queue) == trail.left(), 5, "seeing all of them again")
    received = collections.Counter(message for message, _ in trail.queue.received)
    assert set(received.values()) == {1}, "none came again before it was free"
    assert trail.left() >= 12 and trail.aws.sqs.left(trail.dead) == 0
    trail.aws.control(service="s3", fail_ratio=0.0)
    trail.start()
    trail.until_empty()
    assert len(trail.scene.until_delivered(12)) == 12


def test_a_slow_object_is_kept_ours(trail, make_event):
    trail.configure(visibility="2s")
    trail.aws.control(service="s3", script=["slow:7"], only="GetObject")
    trail.put(gone(make_event))
    agent = trail.start()
    trail.until_empty(30)
    receives = [m for m, _ in trail.queue.received]
    assert len(receives) == len(set(receives)), "nothing came twice"
    assert agent.stop() == 0


def test_a_queue_that_refuses_is_an_alert(trail):
    trail.aws.control(service="sqs", fail_ratio=1.0, fail_with=["forbidden"], only="ReceiveMessage")
    agent = trail.start()
    (told,) = until_told(trail, "queue_unreadable")
    assert "Grant sqs:ReceiveMessage" in told
    assert agent.stop() == 0


def test_keys_in_files_may_change(trail, make_event, tmp_path):
    new = Credential("AKIAIOSFODNN7EXAMPL2", "another/secret")
    files = {"access_key_id": tmp_path / "id", "secret_access_key": tmp_path / "secret"}

    def write(credential):
        for path, text in zip(files.values(), (credential.access_key, credential.secret)):
            path.write_text(text)
            path.chmod(0o600)

    write(PERMANENT)
    trail.configure(**{name: f"file:{path}" for name, path in files.items()})
    agent = trail.start()
    trail.put(gone(make_event))
    trail.until_empty()
    trail.aws.credentials = {new.access_key: new}
    agent.wait_for("queue can't be read")
    write(new)
    trail.put(gone(make_event, 1))
    trail.until_empty()
    agent.wait_for("queue can be read again")
    assert len(trail.scene.until_delivered(2)) == 2


def test_no_secret_is_written(trail, make_event):
    trail.put(gone(make_event))
    agent = trail.start()
    trail.until_empty()
    assert agent.stop() == 0
    for secret in trail.scene.environment["AWS_SECRET_ACCESS_KEY"], trail.scene.environment["AWS_SESSION_TOKEN"]:
        assert secret.encode() not in trail.scene.everything_written()


@pytest.mark.parametrize(
    ("options", "error"),
    [
        ({"queue_url": "sqs.eu-west-1.amazonaws.com/1/q"}, r'queue_url "sqs\.eu.*" is no queue\'s URL: https://sqs'),
        ({"queue_url": "http://127.0.0.1:1/1/q"}, "no AWS region"),
        ({"external_id": "env:HOME"}, '"external_id" is for a role'),
        ({"queue_urls": "x"}, 'did you mean "queue_url"'),
        ({"visibility": "13h"}, "12h"),
    ],
)
def test_wrong_options_are_named(trail, options, error):
    trail.configure(**options)
    result = trail.scene.run("run", "--check", "--config", trail.scene.config)
    assert re.search(error, result.err), result.err

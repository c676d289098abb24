"""Source sqs against a strict SQS and S3: every form of message, every kind of trouble, nothing lost or doubled."""

import base64
import gzip
import json

import pytest
from scene import counters, gone
from trail import BUCKET, Trail, notification, sns


@pytest.fixture
def trail(scene, aws):
    scene.rule("gone", "DeleteIndex")
    made = Trail(scene, aws)
    made.configure()
    return made


@pytest.mark.threads
def test_an_object_becomes_an_alert(trail, make_event):
    uri = trail.put(gone(make_event), make_event("kendra:Query"), gone(make_event, 1, who="role/other"))
    agent = trail.start()
    alerts = trail.scene.until_delivered(2)
    trail.until_empty()
    assert alerts[0]["origin"] == {"source": "org", "object": uri, "record": 1}
    assert alerts[1]["origin"]["record"] == 3
    assert trail.scene.objects() == {uri: (3, 1)}
    assert agent.stop() == 0
    seen = counters(agent)
    assert seen["events"] == 3 and seen["objects"] == 1 and seen["queue_deleted"] == seen["queue_messages"] == 2


def forms(make_event, trail):
    """name -> (message, actors that alert). Objects are put without a notification."""
    trail.bucket.targets.clear()

    def key(who):
        return trail.put(gone(make_event, who=f"role/{who}")).split("/", 3)[3]

    def event(who):
        return gone(make_event, who=f"role/{who}")

    logs = {"messageType": "DATA_MESSAGE", "logEvents": [{"id": "1", "message": json.dumps(event("logs"))}]}
    packed = {**logs, "logEvents": [{"id": "1", "message": json.dumps(event("packed"))}]}
    two = [key("two-a"), key("two-b")]
    return {
        "s3": ({"Records": [notification(BUCKET, key("s3"))]}, ["s3"]),
        "s3-several": ({"Records": [notification(BUCKET, k) for k in two]}, ["two-a", "two-b"]),
        "s3-sns": (sns({"Records": [notification(BUCKET, key("s3-sns"))]}), ["s3-sns"]),
        "s3-sns-sns": (sns(sns({"Records": [notification(BUCKET, key("deep"))]})), ["deep"]),
        "notice": ({"s3Bucket": BUCKET, "s3ObjectKey": [key("notice")]}, ["notice"]),
        "notice-sns": (sns({"s3Bucket": BUCKET, "s3ObjectKey": [key("notice-sns")]}), ["notice-sns"]),
        "eventbridge-s3": (
            {"detail-type": "Object Created", "source": "aws.s3",
             "detail": {"bucket": {"name": BUCKET}, "object": {"key": key("bridge"), "size": 9, "etag": "x"}}},
            ["bridge"],
        ),
        "eventbridge": (
            {"detail-type": "AWS API Call via CloudTrail", "source": "aws.kendra", "detail": event("inline")},
            ["inline"],
        ),
        "record": (event("record"), ["record"]),
        "records": ({"Records": [event("r1"), event("r2")]}, ["r1", "r2"]),
        "logs": (logs, ["logs"]),
        "logs-packed": (base64.b64encode(gzip.compress(json.dumps(packed).encode())).decode(), ["packed"]),
        "test": ({"Service": "Amazon S3", "Event": "s3:TestEvent", "Bucket": BUCKET}, []),
        "check": (sns("CloudTrail validation message."), []),
        "probe": ({"messageType": "CONTROL_MESSAGE", "logEvents": [{"id": "", "message": "CWL CONTROL MESSAGE"}]}, []),
        "removed": ({"Records": [notification(BUCKET, "k", event="ObjectRemoved:Delete")]}, []),
        "native": ({"detail-type": "Document State Change", "source": "aws.kendra", "detail": {"a": 1}}, []),
    }  # fmt: skip


@pytest.mark.sanitize
def test_every_form_of_message(trail, make_event):
    expected = []
    for message, who in forms(make_event, trail).values():
        trail.send(message)
        expected += who
    agent = trail.start()
    trail.until_empty()
    trail.scene.until_delivered(len(expected))
    assert trail.actors() == sorted(expected)
    assert agent.stop() == 0
    assert "queue_unknown" not in counters(agent)

"""Our client of AWS against emulators that were not written here. Where they differ from AWS, the test says so."""

import json
import uuid

import pytest
from referee import json_sqs, new_queue, put, quoted, subscribe

ODD_KEYS = ["plain", "a b+c", "a=1&b=2", "\u00fc\U0001f600", "100%", "b\\s", "AWSLogs/1/CloudTrail/x_ab=.json.gz"]


# ---- queues


@pytest.fixture(params=["fauxqs", "local_aws_sqs"])
def sqs(request):
    return request.getfixturevalue(request.param)


def test_a_queue(sqs):
    calls, queue = sqs.calls(), new_queue(sqs)
    for number in range(3):
        json_sqs(sqs, "SendMessage", QueueUrl=queue, MessageBody=f"message {number} \u00e4\u20ac")
    got = sqs.record("receive", "sqs.receive", calls("sqs.receive", queue=queue))["read"]["messages"]
    assert sorted(m["body"] for m in got) == [f"message {n} \u00e4\u20ac" for n in range(3)]
    assert all(m["receives"] == 1 and not m["damaged"] for m in got)
    kept = calls("sqs.keep", queue=queue, receipts=[got[0]["receipt"]], seconds=0)
    assert sqs.record("keep", "sqs.keep", kept)["read"] == {"failed": []}
    [again] = calls.read("sqs.receive", queue=queue)["messages"]
    # local-aws-sqs counts the visibility that ended as a receive of its own.
    assert again["id"] == got[0]["id"] and again["receives"] >= 2 and again["receipt"] != got[0]["receipt"]
    receipts = [again["receipt"], got[1]["receipt"], got[2]["receipt"]]
    deleted = sqs.record("delete", "sqs.delete", calls("sqs.delete", queue=queue, receipts=receipts))
    assert deleted["rc"] == "ok" and deleted["read"] == {"failed": []}
    attributes = sqs.record("attributes", "sqs.attributes", calls("sqs.attributes", queue=queue))["read"]
    assert attributes["waiting"] == 0 and attributes["in_flight"] == 0 and attributes["visibility_s"] == 30


def test_an_empty_queue(sqs):
    """local-aws-sqs answers with no body at all."""
    queue = new_queue(sqs)
    answer = sqs.record("empty", "sqs.receive", sqs.calls()("sqs.receive", queue=queue))
    assert answer["rc"] == "ok" and answer["read"] == {"messages": []}


def test_a_queue_that_is_not_there(sqs):
    queue = new_queue(sqs) + "-not"
    answer = sqs.record("missing", "sqs.receive", sqs.calls()("sqs.receive", queue=queue))
    assert answer["rc"] == "not found", answer["error"]


def test_a_bad_receipt(local_aws_sqs):
    """fauxqs says yes to any; AWS and local-aws-sqs do not."""
    queue = new_queue(local_aws_sqs)
    answer = local_aws_sqs.calls()("sqs.delete", queue=queue, receipts=["garbage"])
    local_aws_sqs.record("bad-receipt", "sqs.delete", answer)
    assert answer["rc"] == "ok" and [f["entry"] for f in answer["read"]["failed"]] == [0]


def test_dead_letters(fauxqs):
    calls = fauxqs.calls()
    dead = new_queue(fauxqs)
    arn = json_sqs(fauxqs, "GetQueueAttributes", QueueUrl=dead, AttributeNames=["All"])["Attributes"]["QueueArn"]
    policy = json.dumps({"deadLetterTargetArn": arn, "maxReceiveCount": 1})
    queue = new_queue(fauxqs, RedrivePolicy=policy)
    json_sqs(fauxqs, "SendMessage", QueueUrl=queue, MessageBody="poison")
    assert len(calls.read("sqs.receive", queue=queue, visibility=0)["messages"]) == 1
    assert calls.read("sqs.receive", queue=queue, visibility=0)["messages"] == []
    assert [m["body"] for m in calls.read("sqs.receive", queue=dead)["messages"]] == ["poison"]
    attributes = fauxqs.record("redrive", "sqs.attributes", calls("sqs.attributes", queue=queue))["read"]
    assert attributes["max_receives"] == 1 and attributes["dead_letter_arn"] == arn


def test_a_message_twice_in_one_answer(local_aws_sqs):
    """It does so when the visibility is shorter than the wait: SQS promises at least once, and no more."""
    queue = new_queue(local_aws_sqs)
    json_sqs(local_aws_sqs, "SendMessage", QueueUrl=queue, MessageBody="once")
    answer = local_aws_sqs.calls()("sqs.receive", queue=queue, wait=3, visibility=1)
    got = local_aws_sqs.record("twice", "sqs.receive", answer)["read"]["messages"]
    assert len(got) >= 2 and {m["id"] for m in got} == {got[0]["id"]}
    receipts = [m["receipt"] for m in got]
    assert local_aws_sqs.calls()("sqs.delete", queue=queue, receipts=receipts)["rc"] == "ok"


def test_another_service_answers(fauxqs):
    """A POST to anything but / is S3's here, and gets 200 with a <DeleteResult>: that is no empty receive."""
    queue = new_queue(fauxqs)
    calls = fauxqs.calls(AWS_ENDPOINT_URL_SQS=fauxqs.url + "/000000000000/queue?delete=")
    answer = fauxqs.record("not-sqs", "sqs.receive", calls("sqs.receive", queue=queue))
    assert answer["rc"] == "retry" and "not SQS's" in answer["error"], answer


# ---- topics


def test_a_topic_and_its_queue(fauxqs):
    calls, queue = fauxqs.calls(), new_queue(fauxqs)
    topic = subscribe(fauxqs, "alerts", queue)
    said = {"topic": topic, "message": "CRITICAL \u00e4+&=\n", "subject": "CRITICAL: index deleted"}
    answer = fauxqs.record("publish", "sns.publish", calls("sns.publish", endpoint=fauxqs.url, **said))
    assert answer["read"] == {"answer": "sent", "code": "", "message_id": True}
    [message] = fauxqs.record("notification", "sqs.receive", calls("sqs.receive", queue=queue))["read"]["messages"]
    envelope = json.loads(message["body"])
    assert envelope["Type"] == "Notification" and envelope["TopicArn"] == topic
    assert envelope["Message"] == said["message"] and envelope["Subject"] == said["subject"]
    missing = calls("sns.publish", endpoint=fauxqs.url, topic=topic + "-not", message="x")
    assert fauxqs.record("no-topic", "sns.publish", missing)["read"]["answer"] == "reject"


# ---- buckets


@pytest.fixture
def bucket(s3rver):
    name = f"bucket-{uuid.uuid4().hex[:8]}"
    put(s3rver, f"/{name}")
    return name


@pytest.mark.parametrize("key", ODD_KEYS)
def test_keys_and_signatures(s3rver, bucket, key):
    """It checks signatures, so that this says what S3's own rules for paths are to somebody else."""
    put(s3rver, f"/{bucket}/{quoted(key)}", f"body of {key}".encode())
    answer = s3rver.calls()("s3.get", bucket=bucket, key=key)
    assert answer["rc"] == "ok", answer["error"]
    assert answer["read"]["fits"] and answer["read"]["size"] == len(f"body of {key}".encode())


def test_objects(s3rver, bucket):
    put(s3rver, f"/{bucket}/k", b"0123456789")
    calls = s3rver.calls()
    whole = s3rver.record("get", "s3.get", calls("s3.get", bucket=bucket, key="k"))["read"]
    assert whole["size"] == 10 and whole["fits"] and whole["modified"] and not whole["encrypted_kms"]
    part = s3rver.record("range", "s3.get", calls("s3.get", bucket=bucket, key="k", first=2, last=4))
    assert part["reply"]["status"] == 206 and part["read"]["size"] == 10
    head = calls("s3.head", bucket=bucket, key="k")
    assert head["read"]["size"] == 10
    missing = s3rver.record("no-key", "s3.get", calls("s3.get", bucket=bucket, key="none"))
    assert missing["rc"] == "not found" and missing["failure"]["code"] == "NoSuchKey"
    nowhere = s3rver.record("no-bucket", "s3.get", calls("s3.get", bucket="no-such-bucket", key="k"))
    assert nowhere["rc"] == "not found" and nowhere["failure"]["code"] == "NoSuchBucket"


def test_listings(s3rver, bucket):
    """In pages. (It shows x//y as x/y and escapes & twice; such keys are our own emulator's to test.)"""
    keys = sorted(["a/1", "a/2", "b/1 x", "b/2", "c+d", "e=f", "\u00fc"], key=str.encode)
    for key in keys:
        put(s3rver, f"/{bucket}/{quoted(key)}")
    calls = s3rver.calls()
    assert calls.pages(bucket=bucket) == (keys, [])
    assert calls.pages(bucket=bucket, max=2) == (keys, [])
    assert calls.pages(bucket=bucket, prefix="a/") == (["a/1", "a/2"], [])
    assert calls.pages(bucket=bucket, delimiter="/") == (["c+d", "e=f", "\u00fc"], ["a/", "b/"])
    page = s3rver.record("list", "s3.list", calls("s3.list", bucket=bucket, delimiter="/", max=2))
    assert page["read"]["token"]


@pytest.mark.parametrize(
    "name, key, code",
    [
        ("wrong-secret", {"secret": "wrong"}, "SignatureDoesNotMatch"),
        ("wrong-key", {"key": "AKIAIOSFODNN7NOBODYX"}, "InvalidAccessKeyId"),
    ],
)
def test_refuses(s3rver, bucket, name, key, code):
    answer = s3rver.record(name, "s3.get", s3rver.calls(**key)("s3.get", bucket=bucket, key="k"))
    assert answer["failure"]["kind"] == "credentials" and answer["failure"]["code"] == code

"""Our client of AWS against the emulator: what is signed, read, retried and corrected on the way."""

import random

import pytest
from aws import PERMANENT, TEMPORARY
from wire import Calls, built_tool


@pytest.fixture(scope="session")
def tool():
    return built_tool("aws_call")


@pytest.fixture
def calls(aws, tool):
    return Calls(tool, aws.env())


@pytest.fixture
def bucket(aws):
    return aws.s3.create("trail-logs")


@pytest.fixture
def queue(aws):
    return aws.sqs.create("trail")


@pytest.mark.parametrize("credential", [PERMANENT, TEMPORARY])
def test_a_queue(aws, tool, queue, credential):
    calls = Calls(tool, aws.env(credential))
    for number in range(12):
        aws.sqs.send(queue, f"message {number} \u00e4\U0001f600")
    assert calls.read("sqs.attributes", queue=queue.url)["waiting"] == 12
    got = calls.read("sqs.receive", queue=queue.url)["messages"]
    assert [m["body"] for m in got] == [f"message {n} \u00e4\U0001f600" for n in range(10)]
    assert all(m["receives"] == 1 and not m["damaged"] for m in got)
    receipts = [m["receipt"] for m in got]
    assert calls.read("sqs.keep", queue=queue.url, receipts=receipts[:2], seconds=0) == {"failed": []}
    assert calls.read("sqs.delete", queue=queue.url, receipts=receipts[2:]) == {"failed": []}
    failed = calls.read("sqs.delete", queue=queue.url, receipts=["garbage", receipts[2]])["failed"]
    assert failed == [{"entry": 0, "kind": "refused", "code": "ReceiptHandleIsInvalid"}]
    assert aws.sqs.waiting(queue) == 4 and aws.sqs.left(queue) == 4
    assert calls("sqs.receive", queue=queue.url + "x")["rc"] == "not found"
    elsewhere = calls("sqs.receive", queue="https://sqs.us-east-1.amazonaws.com/111122223333/trail")
    assert elsewhere["failure"]["code"] == "QueueDoesNotExist"


def test_damaged_messages_are_seen(aws, calls, queue):
    aws.sqs.send(queue, "hello")
    for word in ("md5", "damage"):
        aws.control(service="sqs", script=[word])
        [message] = calls.read("sqs.receive", queue=queue.url, visibility=0)["messages"]
        assert message["damaged"]


@pytest.mark.parametrize(
    "key", ["plain", "a b+c", "x//y/./../z", "\u00fc\U0001f600", "%2F%", "a=1&b=2;c,d", "~*'()!@:$", '<&>"', "b\\s"]
)
def test_odd_keys(aws, calls, bucket, key):
    aws.s3.put(bucket, key, f"body of {key}", metadata={"signature": "00ff"})
    assert calls.body(bucket="trail-logs", key=key).decode() == f"body of {key}"
    assert calls.pages(bucket="trail-logs") == ([key], [])


def test_objects(aws, calls, bucket):
    kept = aws.s3.put(bucket, "k", bytes(range(256)) * 8)
    whole = calls.read("s3.get", bucket="trail-logs", key="k")
    assert whole == {"size": 2048, "etag": kept.etag, "modified": True, "encrypted_kms": False, "fits": True}
    assert calls.read("s3.head", bucket="trail-logs", key="k")["size"] == 2048
    part = calls("s3.get", bucket="trail-logs", key="k", first=10, last=19, etag=kept.etag)
    assert part["read"]["size"] == 2048 and part["reply"]["status"] == 206
    aws.s3.put(bucket, "k", "another")
    assert calls("s3.get", bucket="trail-logs", key="k", etag=kept.etag)["failure"]["code"] == "PreconditionFailed"
    aws.s3.put(bucket, "kms", "x", kms_key="arn:aws:kms:eu-west-1:111122223333:key/1")
    assert calls.read("s3.get", bucket="trail-logs", key="kms")["encrypted_kms"]
    aws.s3.put(bucket, "kms-denied", "x")
    denied = calls("s3.get", bucket="trail-logs", key="kms-denied")
    assert denied["rc"] == "reject" and "kms:Decrypt" in denied["error"]
    assert calls("s3.get", bucket="trail-logs", key="none")["rc"] == "not found"
    assert calls("s3.head", bucket="trail-logs", key="none")["rc"] == "not found"


def test_listings(aws, calls, bucket):
    chance = random.Random(5)
    letters = "aAbB/z_-.~+ \u00e4\U0001f600"
    keys = {"".join(chance.choice(letters) for _ in range(chance.randint(1, 8))) for _ in range(99)}
    for key in keys:
        aws.s3.put(bucket, key, "")
    want = sorted(keys, key=str.encode)
    assert calls.pages(bucket="trail-logs", max=7) == (want, [])
    assert calls.pages(bucket="trail-logs", after=want[50]) == (want[51:], [])
    plain, folders = calls.pages(bucket="trail-logs", delimiter="/", max=5)
    assert plain == [k for k in want if "/" not in k]
    assert folders == list(dict.fromkeys(k[: k.index("/") + 1] for k in want if "/" in k))


@pytest.mark.parametrize("form", ["redirect", "malformed"])
def test_a_bucket_elsewhere(aws, calls, form):
    aws.s3.wrong_region = form
    bucket = aws.s3.create("elsewhere", "us-west-2")
    aws.s3.put(bucket, "k", "found")
    failure = calls("s3.get", bucket="elsewhere", key="k")["failure"]
    assert (failure["kind"], failure["region"]) == ("region", "us-west-2")
    assert calls("s3.head", bucket="elsewhere", key="k")["failure"]["kind"] == "region"
    assert calls.body(bucket="elsewhere", key="k", region="us-west-2") == b"found"


@pytest.mark.parametrize("word", ["throttle", "500", "503", "reset", "truncate:100", "cut", "garbage"])
def test_what_passes_is_tried_again(aws, calls, bucket, queue, word):
    aws.s3.put(bucket, "k", b"x" * 5000)
    aws.control(service="s3", script=[word])
    assert calls.body(bucket="trail-logs", key="k") == b"x" * 5000
    assert len([entry for entry in aws.received() if entry["method"] == "GET"]) == 2
    aws.sqs.send(queue, "hello" * 100)
    aws.control(service="sqs", script=[word])
    aws.sqs.advance(0)
    got = calls("sqs.receive", queue=queue.url, visibility=0)
    assert got["rc"] == "ok" and len(got["read"]["messages"]) == 1


@pytest.mark.parametrize("offset", [-3600, 3600])
def test_a_wrong_clock_is_corrected(aws, calls, bucket, queue, offset):
    aws.s3.put(bucket, "k", "x")
    aws.control(clock_offset=offset)
    assert calls.body(bucket="trail-logs", key="k") == b"x"
    assert calls.read("sqs.receive", queue=queue.url) == {"messages": []}


def test_keys_that_expire_are_replaced(aws, tool, queue):
    """On an instance, whose keys end before they said they would."""
    calls = Calls(tool, {**aws.env(None), **aws.metadata.instance_env(), "AWS_EC2_METADATA_DISABLED": "false"})
    aws.control(service="sqs", script=["expired"])
    assert calls.read("sqs.receive", queue=queue.url) == {"messages": []}
    assert len(aws.sts.given) == 2 and [e["code"] for e in aws.asked("sqs")] == ["expired", "ok"]


def test_refused_for_good(aws, calls, queue):
    aws.control(service="sqs", script=["forbidden"])
    answer = calls("sqs.receive", queue=queue.url)
    assert answer["rc"] == "reject" and answer["failure"]["code"] == "AccessDeniedException"
    assert len(aws.asked("sqs")) == 1


def test_container_and_web_identity(aws, tool, queue, tmp_path):
    calls = Calls(tool, {**aws.env(None), **aws.metadata.container_env()})
    assert calls.read("sqs.receive", queue=queue.url) == {"messages": []}
    role = aws.sts.role(web_token="header.payload.signature")
    file = tmp_path / "token"
    file.write_text("header.payload.signature")
    env = {"AWS_ROLE_ARN": role.arn, "AWS_WEB_IDENTITY_TOKEN_FILE": str(file)}
    assert Calls(tool, {**aws.env(None), **env}).read("sqs.receive", queue=queue.url) == {"messages": []}
    role.web_token = "another"
    calls = Calls(tool, {**aws.env(None), **env})
    assert calls("sqs.receive", queue=queue.url)["rc"] != "ok"

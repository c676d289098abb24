"""The emulator's S3, asked by botocore's own client and by raw requests that botocore signed."""

import hashlib
import http.client
import json
import random
import re
import subprocess
from types import SimpleNamespace

import pytest
from aws import PERMANENT, TEMPORARY
from botocore.auth import S3SigV4Auth, SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from botocore.exceptions import ClientError
from services.s3 import _url
from wire import ROOT, Answer, client, send, sqs

ODD_KEYS = ["a b", "a+b=c&d", "x//y", "./../z", "\u00fc\u6f22\U0001f600", "%41", "b\\s", "q?m#h", "~*'()!", "<&>\""]


@pytest.fixture
def bucket(aws):
    return aws.s3.create("trail-logs")


@pytest.fixture
def s3(aws, bucket):
    return client(aws, "s3", s3={"addressing_style": "path"})


def get(aws, target, method="GET", **how):
    return send(aws, method, target, service="s3", **how)


def code(answer):
    found = re.search(rb"<Code>(.*?)</Code>", answer.body)
    return answer.status, found.group(1).decode() if found else ""


@pytest.mark.parametrize("key", ODD_KEYS)
def test_keys_survive(aws, s3, bucket, key):
    s3.put_object(Bucket="trail-logs", Key=key, Body=b"body", Metadata={"signature": "00ff"})
    assert list(bucket.objects) == [key]
    answer = s3.get_object(Bucket="trail-logs", Key=key)
    assert answer["Body"].read() == b"body" and answer["Metadata"] == {"signature": "00ff"}
    [listed] = s3.list_objects_v2(Bucket="trail-logs")["Contents"]
    assert listed["Key"] == key and listed["Size"] == 4 and listed["ETag"] == answer["ETag"]
    assert answer["ETag"] == f'"{hashlib.md5(b"body").hexdigest()}"'


def test_ranges(aws, s3, bucket):
    aws.s3.put(bucket, "k", "0123456789")
    for asked, want, said in (
        ("bytes=2-4", b"234", "bytes 2-4/10"),
        ("bytes=7-", b"789", "bytes 7-9/10"),
        ("bytes=7-99", b"789", "bytes 7-9/10"),
        ("bytes=-3", b"789", "bytes 7-9/10"),
    ):
        answer = s3.get_object(Bucket="trail-logs", Key="k", Range=asked)
        assert answer["Body"].read() == want and answer["ContentRange"] == said
    with pytest.raises(ClientError, match="InvalidRange"):
        s3.get_object(Bucket="trail-logs", Key="k", Range="bytes=10-")


def test_conditions(aws, s3, bucket):
    etag = aws.s3.put(bucket, "k", "one").etag
    assert s3.get_object(Bucket="trail-logs", Key="k", IfMatch=etag)["Body"].read() == b"one"
    aws.s3.put(bucket, "k", "two")
    with pytest.raises(ClientError, match="PreconditionFailed"):
        s3.get_object(Bucket="trail-logs", Key="k", IfMatch=etag)
    head = s3.head_object(Bucket="trail-logs", Key="k")
    assert head["ContentLength"] == 3 and head["LastModified"] and head["ServerSideEncryption"] == "AES256"


def test_encryption(aws, s3, bucket):
    aws.s3.put(bucket, "kms", "x", kms_key="arn:aws:kms:eu-west-1:111122223333:key/1")
    aws.s3.put(bucket, "kms-denied", "x")
    answer = s3.get_object(Bucket="trail-logs", Key="kms")
    assert answer["ServerSideEncryption"] == "aws:kms" and answer["ETag"] != f'"{hashlib.md5(b"x").hexdigest()}"'
    assert re.fullmatch(r'"[0-9a-f]{32}-3"', aws.s3.put(bucket, "parts", "abcdef", parts=3).etag)
    with pytest.raises(ClientError, match="kms:Decrypt"):
        s3.get_object(Bucket="trail-logs", Key="kms-denied")


def test_listing_is_in_byte_order_on_all_pages(aws, s3, bucket):
    chance = random.Random(11)
    letters = "aAbB/zZ_-.~+ \u00e4\U0001f600\ufffd"
    keys = {"".join(chance.choice(letters) for _ in range(chance.randint(1, 8))) for _ in range(300)}
    for key in keys:
        aws.s3.put(bucket, key, "")
    want = sorted(keys, key=str.encode)
    for size in (1000, 7, 1):
        pages = s3.get_paginator("list_objects_v2").paginate(Bucket="trail-logs", PaginationConfig={"PageSize": size})
        assert [o["Key"] for page in pages for o in page.get("Contents", [])] == want
    after = want[100]
    got = [o["Key"] for o in s3.list_objects_v2(Bucket="trail-logs", StartAfter=after)["Contents"]]
    assert got == want[101:]
    for size in (1000, 3):
        pages = s3.get_paginator("list_objects_v2").paginate(
            Bucket="trail-logs", Delimiter="/", Prefix="a", PaginationConfig={"PageSize": size}
        )
        plain, folders = [], []
        for page in pages:
            plain += [o["Key"] for o in page.get("Contents", [])]
            folders += [p["Prefix"] for p in page.get("CommonPrefixes", [])]
        inside = [k for k in want if k.startswith("a")]
        assert plain == [k for k in inside if "/" not in k[1:]]
        assert folders == list(dict.fromkeys(k[: k.index("/", 1) + 1] for k in inside if "/" in k[1:]))


def test_encoding_of_listings():
    assert _url("a b+c/\u00fc~*-_.") == "a+b%2Bc/%C3%BC%7E*-_."


def test_regions(aws):
    aws.s3.create("elsewhere", "us-west-2")
    answer = get(aws, "/elsewhere?list-type=2")
    assert code(answer) == (301, "PermanentRedirect") and answer.headers["x-amz-bucket-region"] == "us-west-2"
    head = get(aws, "/elsewhere/k", "HEAD")
    assert (head.status, head.body, head.headers["x-amz-bucket-region"]) == (301, b"", "us-west-2")
    aws.s3.wrong_region = "malformed"
    answer = get(aws, "/elsewhere/k")
    assert code(answer) == (400, "AuthorizationHeaderMalformed") and b"<Region>us-west-2</Region>" in answer.body
    assert get(aws, "/elsewhere/k", region="us-west-2").status == 404


def test_virtual_hosts(aws, bucket):
    aws.s3.put(bucket, "folder/k", "hello")
    for host in ("trail-logs.s3.eu-west-1.amazonaws.com", f"trail-logs.s3.localhost:{aws.port}"):
        assert get(aws, "/folder/k", host=host).body == b"hello"
        assert b"<Key>folder/k</Key>" in get(aws, "/?list-type=2", host=host).body
    assert get(aws, "/trail-logs/folder/k", host="s3.eu-west-1.amazonaws.com").body == b"hello"


def test_signatures(aws, bucket):
    aws.s3.put(bucket, "k", "hello")
    assert code(get(aws, "/trail-logs/k", credential=None)) == (403, "AccessDenied")
    assert get(aws, "/trail-logs/k", credential=TEMPORARY).body == b"hello"
    stranger = type(TEMPORARY)("AKIAIOSFODNN7NOBODYX", "x")
    assert code(get(aws, "/trail-logs/k", credential=stranger)) == (403, "InvalidAccessKeyId")
    wrong = type(TEMPORARY)("AKIAIOSFODNN7EXAMPLE", "x")
    assert code(get(aws, "/trail-logs/k", credential=wrong)) == (403, "SignatureDoesNotMatch")
    unencoded = get(aws, "/trail-logs/a+b")  # S3 signs what the key is, and + is %2B
    assert code(unencoded) == (403, "SignatureDoesNotMatch")
    # Signed as for other services: no x-amz-content-sha256.
    connection = http.client.HTTPConnection("127.0.0.1", aws.port)
    request = AWSRequest("GET", f"{aws.url}/trail-logs/k")
    SigV4Auth(Credentials(PERMANENT.access_key, PERMANENT.secret), "s3", "eu-west-1").add_auth(request)
    connection.request("GET", "/trail-logs/k", headers=dict(request.headers))
    answer = connection.getresponse()
    assert code(Answer(answer.status, answer.headers, answer.read())) == (400, "InvalidRequest")
    aws.control(clock_offset=1000)
    assert code(get(aws, "/trail-logs/k")) == (403, "RequestTimeTooSkewed")


def test_missing_things(aws, bucket):
    assert code(get(aws, "/trail-logs/k")) == (404, "NoSuchKey")
    assert code(get(aws, "/no-such-bucket/k")) == (404, "NoSuchBucket")
    assert get(aws, "/trail-logs/k", "HEAD").status == 404
    bucket.list_denied = True
    assert code(get(aws, "/trail-logs/k")) == (403, "AccessDenied")
    assert code(get(aws, "/trail-logs?list-type=2")) == (403, "AccessDenied")
    assert code(get(aws, "/trail-logs?list-type=2&continuation-token=x")) == (403, "AccessDenied")


def test_faults(aws, bucket):
    aws.s3.put(bucket, "k", bytes(range(256)) * 400)
    aws.control(service="s3", script=["throttle", "500", "expired", "damage", "md5"])
    assert code(get(aws, "/trail-logs/k")) == (503, "SlowDown")
    assert code(get(aws, "/trail-logs/k")) == (500, "InternalError")
    assert code(get(aws, "/trail-logs/k")) == (400, "ExpiredToken")
    damaged, mislabelled = get(aws, "/trail-logs/k"), get(aws, "/trail-logs/k")
    for answer in (damaged, mislabelled):
        assert answer.headers["ETag"] != f'"{hashlib.md5(answer.body).hexdigest()}"' and len(answer.body) == 102400
    for word, error in (("truncate:1000", http.client.IncompleteRead), ("cut", ConnectionResetError)):
        aws.control(service="s3", script=[word])
        with pytest.raises((error, http.client.IncompleteRead)):
            get(aws, "/trail-logs/k")


@pytest.mark.parametrize("form", ["s3", "s3-sns", "eventbridge", "cloudtrail-sns", "cloudtrail-raw"])
def test_notifications(aws, bucket, form):
    queue = aws.sqs.create("told")
    aws.s3.notify(bucket, queue, form)
    key = "AWSLogs/111122223333/CloudTrail/eu-west-1/2026/03/05/a b+\u00fc.json.gz"
    aws.s3.put(bucket, key, "x")
    bodies = [m.body for m in queue.messages.values()]
    if form.endswith("-sns"):
        envelopes = [json.loads(body) for body in bodies]
        assert all(e["Type"] == "Notification" and e["TopicArn"].endswith(":trail") for e in envelopes)
        bodies = [e["Message"] for e in envelopes]
    told = json.loads(bodies[-1])
    if form.startswith("s3"):
        [record] = told["Records"]
        assert json.loads(bodies[0])["Event"] == "s3:TestEvent" and record["eventSource"] == "aws:s3"
        assert record["s3"]["object"]["key"].endswith("/a+b%2B%C3%BC.json.gz") and record["s3"]["object"]["size"] == 1
    elif form == "eventbridge":
        assert len(bodies) == 1 and told["detail-type"] == "Object Created" and told["detail"]["object"]["key"] == key
    else:
        assert bodies[0] == "CloudTrail validation message."
        assert told == {"s3Bucket": "trail-logs", "s3ObjectKey": [key]}


def test_command_line(tmp_path):
    """The same server as a program: what a person starts to try an agent out."""
    argv = ["tests/emulator/aws.py", "--queue", "told", "--bucket", "other", "--notify", "trail-logs:told:s3-sns"]
    process = subprocess.Popen(["/usr/bin/python3", *argv], cwd=ROOT, stdout=subprocess.PIPE, text=True)
    try:
        server = SimpleNamespace(port=json.loads(process.stdout.readline())["port"])
        control = json.dumps({"service": "sqs", "only": "ReceiveMessage", "script": ["throttle"]}).encode()
        connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=10)
        connection.request("POST", "/_control", control)
        assert connection.getresponse().status == 200
        assert get(server, "/trail-logs/k", "PUT", body=b"hello").status == 200
        assert get(server, "/other?list-type=2").status == 200
        asked = {"QueueUrl": "https://sqs.eu-west-1.amazonaws.com/111122223333/told", "MaxNumberOfMessages": 10}
        assert sqs(server, "ReceiveMessage", asked).error() == (400, "RequestThrottled")
        got = sqs(server, "ReceiveMessage", asked).json()["Messages"]
        assert [json.loads(m["Body"])["Subject"] for m in got] == ["Amazon S3 Notification"] * 2
    finally:
        process.terminate()
        assert process.wait(10) == 0


def test_stalls(aws, bucket):
    aws.s3.put(bucket, "k", b"x" * 1000)
    aws.control(service="s3", script=["stall:10"])
    connection = http.client.HTTPConnection("127.0.0.1", aws.port, timeout=0.5)
    signed = AWSRequest("GET", f"{aws.url}/trail-logs/k")
    S3SigV4Auth(Credentials(PERMANENT.access_key, PERMANENT.secret), "s3", "eu-west-1").add_auth(signed)
    connection.request("GET", "/trail-logs/k", headers=dict(signed.headers))
    answer = connection.getresponse()
    assert answer.status == 200 and answer.read(10) == b"x" * 10
    with pytest.raises(TimeoutError):
        answer.read(1)

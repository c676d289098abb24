"""The test bed itself: a bed that lets wrong things pass would make every other test worthless."""

import base64
import collections
import gzip
import hashlib
import http.client
import json
import os
import pathlib
import random
import re
import signal
import socket
import subprocess
import sys
import time
from urllib.parse import urlencode

import pytest
from aws import PERMANENT, TEMPORARY, Aws
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from kendra_calls import CALLS
from loopback import Request
from receiver import SECRET, Receiver, secret_bytes, sign
from sigv4 import Refused, canonical_request, signature, verify

TESTS = pathlib.Path(__file__).resolve().parents[1]
TOPIC = "arn:aws:sns:eu-west-1:111122223333:alerts"
FORM = "application/x-www-form-urlencoded; charset=utf-8"
PUBLISH = {"Action": "Publish", "Version": "2010-03-31", "TopicArn": TOPIC, "Message": "hello"}


def signed(server, form=PUBLISH, credential=PERMANENT, region="eu-west-1", service="sns", headers=(), target="/"):
    """(target, headers, body) as botocore's signer makes them."""
    body = (urlencode(form) if isinstance(form, dict) else form).encode()
    request = AWSRequest("POST", server.url + target, headers={"Content-Type": FORM, **dict(headers)}, data=body)
    keys = Credentials(credential.access_key, credential.secret, credential.token or None)
    SigV4Auth(keys, service, region).add_auth(request)
    return target, dict(request.headers), body


def send(server, target, headers, body, method="POST", timeout=10):
    """(status, headers, text) as http.client sees them."""
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=timeout)
    try:
        connection.request(method, target, body, headers)
        answer = connection.getresponse()
        return answer.status, answer.headers, answer.read().decode()
    finally:
        connection.close()


def publish(server, form=PUBLISH, **how):
    status, _, text = send(server, *signed(server, form, **how))
    code = re.search("<Code>(.*?)</Code>", text)
    return status, code.group(1) if code else "ok"


# ---- AWS: signatures


@pytest.mark.parametrize("credential", [PERMANENT, TEMPORARY])
def test_accepts_what_botocore_signs(aws, credential):
    odd = {**PUBLISH, "Message": "a+b c&d=%~/\u00e4\u20ac\U0001f600\n\"'", "Subject": "CRITICAL: a+b / c~d"}
    assert publish(aws, odd, credential=credential, headers={"X-Amz-Meta-Odd": "  a   b "}) == (200, "ok")
    assert publish(aws, target="/?b=2&a=%2F&a=1&c", credential=credential)[1] == "UnknownOperation"  # but signed well
    assert [m["message"] for m in aws.messages()] == [odd["Message"]]


def test_agrees_with_botocore_on_odd_requests():
    """Random paths, queries, headers and bodies: botocore signs them, sigv4.verify must find the same signature."""
    chance = random.Random(7)
    encoded = ["a", "B9", "-_.~", "%20", "%2F", "%C3%BC", "%2B", "%3D", "."]  # botocore takes a query as it is
    raw = encoded + ["+", "*", "!'()", ":@", ",;", "..", "//", "=x"]

    def some(n, pieces):
        return "".join(chance.choice(pieces) for _ in range(chance.randrange(n)))

    for number in range(400):
        path = "/" + "/".join(some(4, raw) for _ in range(chance.randrange(4)))
        query = "&".join(f"{some(3, encoded) or 'k'}={some(3, encoded)}" for _ in range(chance.randrange(4)))
        target = path + ("?" + query if query else "")
        headers = {f"X-Amz-H{n}": chance.choice([" a  b ", "plain", "c,d", "  "]) for n in range(chance.randrange(3))}
        body = chance.randbytes(chance.randrange(64))
        made = AWSRequest("POST", "http://127.0.0.1:1" + target, headers=headers, data=body)
        SigV4Auth(Credentials(TEMPORARY.access_key, TEMPORARY.secret, TEMPORARY.token), "sns", "eu-west-1").add_auth(
            made
        )
        sent = [("Host", "127.0.0.1:1"), *made.headers.items()]
        known = {TEMPORARY.access_key: TEMPORARY}
        assert verify(Request("POST", target, sent, body), known, time.time()).region == "eu-west-1", (number, target)
        with pytest.raises(Refused):
            verify(Request("POST", target, sent, body + b"x"), known, time.time())


@pytest.mark.parametrize(
    "header, change, status, code",
    [
        ("Authorization", lambda v: v[:-1] + ("0" if v[-1] != "0" else "1"), 403, "SignatureDoesNotMatch"),
        (
            "Authorization",
            lambda v: v.replace("AKIAIOSFODNN7EXAMPLE", "AKIAIOSFODNN7NOBODYX"),
            403,
            "InvalidClientTokenId",
        ),
        ("Authorization", lambda v: v.replace("eu-west-1", "us-east-1"), 403, "SignatureDoesNotMatch"),
        ("Authorization", lambda v: v.replace("content-type;", ""), 403, "SignatureDoesNotMatch"),
        ("Authorization", lambda v: v.replace("host;x-amz-date", "x-amz-date;host"), 403, "SignatureDoesNotMatch"),
        ("Authorization", lambda v: v.replace("AWS4-HMAC-SHA256", "AWS4-HMAC-SHA1"), 400, "IncompleteSignature"),
        ("Authorization", lambda v: None, 403, "MissingAuthenticationToken"),
        ("X-Amz-Date", lambda v: v[:-2] + ("0Z" if v[-2] != "0" else "1Z"), 403, "SignatureDoesNotMatch"),
        ("X-Amz-Date", lambda v: None, 403, "SignatureDoesNotMatch"),
        ("X-Amz-Date", lambda v: "yesterday", 400, "IncompleteSignature"),
        ("X-Amz-Extra", lambda v: "sent but not signed", 403, "SignatureDoesNotMatch"),
        ("X-Amz-Security-Token", lambda v: "a token for a permanent key", 403, "InvalidClientTokenId"),
        ("Content-Type", lambda v: "text/plain", 403, "SignatureDoesNotMatch"),
    ],
)
def test_refuses_a_changed_header(aws, header, change, status, code):
    target, headers, body = signed(aws)
    value = change(headers.pop(header, ""))
    if value is not None:
        headers[header] = value
    got, _, text = send(aws, target, headers, body)
    assert (got, f"<Code>{code}</Code>" in text) == (status, True), text
    assert aws.messages() == [] and aws.summary()["codes"] == {code: 1}


@pytest.mark.parametrize(
    "extra, names, date, code",
    [
        ({}, "content-type;host;x-amz-date", None, "ok"),
        ({}, "host;x-amz-date", None, "SignatureDoesNotMatch"),  # Content-Type sent, not signed
        ({"X-Amz-Extra": "x"}, "content-type;host;x-amz-date", None, "SignatureDoesNotMatch"),
        ({}, "content-type;host;x-amz-date;x-amz-none", None, "SignatureDoesNotMatch"),
        ({}, "host;content-type;x-amz-date", None, "SignatureDoesNotMatch"),
        ({}, "content-type;host;x-amz-date", "20200101", "SignatureDoesNotMatch"),
        (
            {"X-Amz-Content-Sha256": "0" * 64},
            "content-type;host;x-amz-content-sha256;x-amz-date",
            None,
            "SignatureDoesNotMatch",
        ),
    ],
)
def test_a_right_signature_over_too_little_is_refused(aws, extra, names, date, code):
    body, stamp = urlencode(PUBLISH).encode(), time.strftime("%Y%m%dT%H%M%SZ", time.gmtime())
    headers = {"Host": f"127.0.0.1:{aws.port}", "Content-Type": FORM, "X-Amz-Date": stamp, **extra}
    canonical = canonical_request(Request("POST", "/", list(headers.items()), body), names.split(";"))
    scope = (date or stamp[:8], "eu-west-1", "sns")
    text = "\n".join(
        ["AWS4-HMAC-SHA256", stamp, "/".join(scope) + "/aws4_request", hashlib.sha256(canonical.encode()).hexdigest()]
    )
    headers["Authorization"] = (
        f"AWS4-HMAC-SHA256 Credential={PERMANENT.access_key}/{'/'.join(scope)}/aws4_request, "
        f"SignedHeaders={names}, Signature={signature(PERMANENT.secret, *scope, text)}"
    )
    send(aws, "/", headers, body)
    assert [entry["code"] for entry in aws.received()] == [code]


def test_refuses_a_changed_body_path_or_secret(aws):
    target, headers, body = signed(aws)
    assert send(aws, target, headers, body.replace(b"hello", b"hullo"))[0] == 403
    assert send(aws, "/?x=1", headers, body)[0] == 403
    wrong = type(PERMANENT)(PERMANENT.access_key, PERMANENT.secret + "x")
    assert publish(aws, credential=wrong) == (403, "SignatureDoesNotMatch")
    no_token = type(PERMANENT)(TEMPORARY.access_key, TEMPORARY.secret)
    assert publish(aws, credential=no_token) == (403, "InvalidClientTokenId")
    assert publish(aws, service="sqs") == (403, "SignatureDoesNotMatch")
    assert aws.summary() == {
        "requests": 5,
        "accepted": 0,
        "messages": 0,
        "codes": {"SignatureDoesNotMatch": 4, "InvalidClientTokenId": 1},
    }


@pytest.mark.parametrize("offset, code", [(299 - 5, "ok"), (301 + 5, "RequestExpired"), (-306, "RequestExpired")])
def test_refuses_an_old_or_future_date(aws, offset, code):
    aws.control(clock_offset=offset)
    status, headers, text = send(aws, *signed(aws))
    assert status == (200 if code == "ok" else 403) and (code == "ok" or code in text)
    assert headers["Date"].endswith("GMT")  # by which a client can mend its clock


def test_a_refused_request_uses_up_no_fault(aws):
    aws.control(script=["throttle"])
    wrong = type(PERMANENT)(PERMANENT.access_key, "wrong")
    assert publish(aws, credential=wrong)[1] == "SignatureDoesNotMatch"
    assert [publish(aws), publish(aws)] == [(400, "Throttling"), (200, "ok")]


# ---- AWS: SNS


def entry(number, name, kind, value, prefix="", field="StringValue"):
    at = f"{prefix}MessageAttributes.entry.{number}."
    return {at + "Name": name, at + "Value.DataType": kind, at + "Value." + field: value}


FIFO = {"TopicArn": TOPIC + ".fifo", "MessageGroupId": "g", "MessageDeduplicationId": "d"}


@pytest.mark.parametrize(
    "change, code",
    [
        ({"TopicArn": "arn:aws:sns:us-east-1:111122223333:alerts"}, "InvalidParameter"),
        ({"TopicArn": "alerts"}, "InvalidParameter"),
        ({"TopicArn": "arn:aws:sns:eu-west-1:111122223333:missing-topic"}, "NotFound"),
        ({"TopicArn": "arn:aws:sns:eu-west-1:111122223333:a.b"}, "InvalidParameter"),
        ({"Subject": "x" * 99}, "ok"),
        ({"Subject": "x" * 100}, "InvalidParameter"),
        ({"Subject": "two\nlines"}, "InvalidParameter"),
        ({"Subject": "bell\a"}, "InvalidParameter"),
        ({"Subject": " leading"}, "InvalidParameter"),
        ({"Subject": ""}, "InvalidParameter"),
        ({"Subject": "\u00dcbersicht"}, "InvalidParameter"),
        ({"Message": ""}, "InvalidParameter"),
        ({"Message": "\u00e4" * 131072}, "ok"),
        ({"Message": "\u00e4" * 131072 + "x"}, "InvalidParameter"),
        ({"Message": "x" * 262140, **entry(1, "a", "String", "b")}, "InvalidParameter"),
        ({"MessageStructure": "json", "Message": '{"default":"d","sms":"s"}'}, "ok"),
        ({"MessageStructure": "json", "Message": '{"sms":"s"}'}, "InvalidParameter"),
        ({"MessageStructure": "json", "Message": '{"default":"d","sms":{}}'}, "InvalidParameter"),
        ({"MessageStructure": "json", "Message": '{"default":1}'}, "InvalidParameter"),
        ({"MessageStructure": "json", "Message": "text"}, "InvalidParameter"),
        ({"MessageStructure": "xml"}, "InvalidParameter"),
        ({"Mesage": "misspelt"}, "InvalidParameter"),
        ({"Version": "2011-01-01"}, "InvalidAction"),
        ({"Action": "Subscribe"}, "InvalidAction"),
        ({**entry(1, "level", "String", "high"), **entry(2, "n", "Number", "3")}, "ok"),
        (entry(1, "list", "String.Array", '["a",1]'), "ok"),
        (entry(1, "list", "String.Array", "{}"), "InvalidParameter"),
        (entry(1, "blob", "Binary", "AAE=", field="BinaryValue"), "ok"),
        (entry(1, "blob", "Binary", "no base64!", field="BinaryValue"), "InvalidParameter"),
        (entry(1, "n", "Number", "three"), "InvalidParameter"),
        (entry(1, "n", "Float", "3"), "InvalidParameter"),
        (entry(1, "AWS.level", "String", "x"), "InvalidParameter"),
        (entry(1, "a b", "String", "x"), "InvalidParameter"),
        (entry(1, "empty", "String", ""), "InvalidParameter"),
        (entry(2, "gap", "String", "x"), "MalformedQueryString"),
        ({**entry(1, "twice", "String", "x"), **entry(2, "twice", "String", "y")}, "InvalidParameter"),
        ({k: v for n in range(1, 11) for k, v in entry(n, f"a{n}", "String", "x").items()}, "ok"),
        ({k: v for n in range(1, 12) for k, v in entry(n, f"a{n}", "String", "x").items()}, "InvalidParameter"),
        (FIFO, "ok"),
        ({**FIFO, "MessageGroupId": "x" * 129}, "InvalidParameter"),
        ({"TopicArn": TOPIC + ".fifo", "MessageGroupId": "g"}, "InvalidParameter"),
        ({"TopicArn": TOPIC + ".fifo", "MessageDeduplicationId": "d"}, "InvalidParameter"),
        ({"MessageDeduplicationId": "d"}, "InvalidParameter"),
        ({"MessageGroupId": "g"}, "ok"),
    ],
)
def test_publish_is_strict(aws, change, code):
    assert publish(aws, {**PUBLISH, **change})[1] == code
    assert len(aws.messages()) == (code == "ok")


@pytest.mark.parametrize("body", ["Action=%zz", "Action=Publish&Action=Publish", "Action", "Action=%ff", "a=\u00e4"])
def test_a_broken_form_is_refused(aws, body):
    assert publish(aws, body) == (400, "MalformedQueryString")


def test_a_topic_list_is_closed():
    with Aws(topics=[TOPIC]) as aws:
        assert publish(aws) == (200, "ok")
        assert publish(aws, {**PUBLISH, "TopicArn": TOPIC + "2"}) == (404, "NotFound")


def test_fifo_deduplicates_for_five_minutes(aws):
    form = {**PUBLISH, **FIFO}
    assert [publish(aws, form), publish(aws, form)] == [(200, "ok")] * 2
    assert publish(aws, {**form, "MessageDeduplicationId": "other"}) == (200, "ok")
    assert [m["deduplicated"] for r in aws.received() for m in r["messages"]] == [False, True, False]
    ids = [m["message_id"] for r in aws.received() for m in r["messages"]]
    assert ids[0] == ids[1] != ids[2] and len(aws.messages()) == 2
    aws.control(clock_offset=280)  # the signature is still good enough, the five minutes are not over
    assert publish(aws, form)[1] == "ok" and len(aws.messages()) == 2
    aws.services["sns"]._seen = {key: (seen[0] - 301, *seen[1:]) for key, seen in aws.services["sns"]._seen.items()}
    assert publish(aws, form)[1] == "ok" and len(aws.messages()) == 3


def batch(*messages, ids=None):
    form = {"Action": "PublishBatch", "Version": "2010-03-31", "TopicArn": TOPIC}
    for n, message in enumerate(messages, 1):
        form[f"PublishBatchRequestEntries.member.{n}.Id"] = ids[n - 1] if ids else f"id{n}"
        form[f"PublishBatchRequestEntries.member.{n}.Message"] = message
    return form


def test_publish_batch(aws):
    good = batch("a", "b") | entry(1, "level", "String", "high", "PublishBatchRequestEntries.member.2.")
    assert publish(aws, good) == (200, "ok")
    assert [(m["message"], len(m["attributes"])) for m in aws.messages()] == [("a", 0), ("b", 1)]
    status, _, text = send(aws, *signed(aws, batch("c", "d") | {"PublishBatchRequestEntries.member.2.Subject": "\n"}))
    assert status == 200 and "<Failed><member><Id>id2</Id><Code>InvalidParameter</Code>" in text
    assert [m["message"] for m in aws.messages()] == ["a", "b", "c"]


@pytest.mark.parametrize(
    "form, code",
    [
        (batch(), "EmptyBatchRequest"),
        (batch(*"abcdefghijk"), "TooManyEntriesInBatchRequest"),
        (batch("a", "b", ids=["x", "x"]), "BatchEntryIdsNotDistinct"),
        (batch("a", ids=["x y"]), "InvalidBatchEntryId"),
        (batch("x" * 131072, "x" * 131073), "BatchRequestTooLong"),
    ],
)
def test_a_bad_batch_is_refused_as_a_whole(aws, form, code):
    assert publish(aws, form) == (400, code)
    assert aws.messages() == []


def test_aws_faults(aws):
    script = ["throttle", "throttle:429", "forbidden", "500", "503", "expired", "ok", "500@after"]
    aws.control(script=script)
    got = [publish(aws) for _ in range(len(script) + 1)]
    assert got == [
        (400, "Throttling"), (429, "Throttled"), (403, "AuthorizationError"), (500, "InternalError"),
        (503, "ServiceUnavailable"), (403, "ExpiredToken"), (200, "ok"), (500, "InternalError"), (200, "ok"),
    ]  # fmt: skip
    assert len(aws.messages()) == 3  # "@after" has kept its message
    assert [r["fault"] for r in aws.received()] == script[:6] + [None, "500@after", None]


def test_faults_of_the_connection(aws):
    aws.control(script=["reset", "garbage", "nothing", "slow:0.01", "garbage:xml", "garbage:empty"])
    with pytest.raises(ConnectionResetError):
        publish(aws)
    with pytest.raises(http.client.BadStatusLine):
        publish(aws)
    with pytest.raises(socket.timeout):
        send(aws, *signed(aws), timeout=0.3)
    assert publish(aws) == (200, "ok")
    assert send(aws, *signed(aws))[2] == '<?xml version="1.0"?><DeleteResult/>'
    assert send(aws, *signed(aws))[2] == ""
    assert len(aws.messages()) == 1


def test_control_over_http(aws):
    status, _, text = send(aws, "/_control", {}, json.dumps(["forbidden"]))
    assert (status, json.loads(text)) == (200, {"ok": True})
    assert send(aws, "/_control", {}, '{"script":["nonsense"]}')[0] == 400
    assert send(aws, "/_control", {}, '{"skript":[]}')[0] == 400
    assert publish(aws)[1] == "AuthorizationError"
    [entry] = json.loads(send(aws, "/_received", {}, None, "GET")[2])
    assert base64.b64decode(entry["body_base64"]) == urlencode(PUBLISH).encode()
    assert entry["scope"] == {"access_key": PERMANENT.access_key, "region": "eu-west-1", "service": "sns"}
    assert send(aws, "/_control", {}, '{"reset":true}')[0] == 200
    assert json.loads(send(aws, "/_summary", {}, None, "GET")[2])["requests"] == 0


# ---- webhook receiver


def deliver(server, message_id="msg_1", body=b'{"a":1}', at=None, secret=SECRET, **change):
    """Status of one delivery; None when the answer was no HTTP at all."""
    stamp = str(int(time.time() if at is None else at))
    headers = {
        "webhook-id": message_id,
        "webhook-timestamp": stamp,
        "webhook-signature": sign(secret_bytes(secret), message_id, stamp, body),
        **{name.replace("_", "-"): value for name, value in change.items()},
    }
    try:
        return send(server, "/hook", {k: v for k, v in headers.items() if v is not None}, body)[0]
    except (http.client.HTTPException, ConnectionError):
        return None


def test_receiver_knows_the_published_example():
    # The example of the Standard Webhooks specification's own libraries.
    key = secret_bytes("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
    good = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="
    assert sign(key, "msg_p5jXN8AQM9LWM0D4loKWxJek", "1614265330", b'{"test": 2432232314}') == good


def test_receiver_accepts_and_counts(receiver):
    assert deliver(receiver) == 200
    assert deliver(receiver) == 200
    assert (
        deliver(receiver, "msg_2", webhook_signature="v1,b2xk " + sign(secret_bytes(SECRET), "msg_2", "0", b"")) == 401
    )
    assert deliver(receiver, "msg_2") == 200
    summary = receiver.summary()
    assert (summary["kept"], summary["distinct"], summary["duplicates"], summary["conflicts"]) == (3, 2, 1, [])
    assert deliver(receiver, "msg_2", b'{"a":2}') == 200
    assert receiver.summary()["conflicts"] == ["msg_2"]
    assert receiver.ids() == {"msg_1", "msg_2"}


def test_receiver_takes_either_of_two_signatures():
    other = "whsec_" + base64.b64encode(b"k" * 24).decode()
    with Receiver(secrets=[SECRET, other]) as receiver:
        assert [deliver(receiver), deliver(receiver, secret=other)] == [200, 200]
        stamp = str(int(time.time()))
        both = "v1,AAAA " + sign(secret_bytes(other), "msg_1", stamp, b'{"a":1}')
        assert deliver(receiver, at=int(stamp), webhook_signature=both) == 200


@pytest.mark.parametrize(
    "change",
    [
        {"secret": "whsec_" + base64.b64encode(b"w" * 32).decode()},
        {"webhook_signature": None},
        {"webhook_signature": "v1,"},
        {"webhook_id": "msg_other"},
        {"webhook_id": None},
        {"message_id": "a.b"},
        {"webhook_timestamp": "1"},
        {"webhook_timestamp": "soon"},
        {"late_s": 310},
        {"late_s": -310},
    ],
)
def test_receiver_refuses(receiver, change):
    late_s = change.get("late_s")
    if late_s:
        change = {"at": time.time() - late_s}
    assert deliver(receiver, **change) == 401
    [entry] = receiver.received()
    assert entry["wrong"] and not entry["verified"] and not entry["kept"]
    assert receiver.summary()["refused"] == 1 and receiver.summary()["distinct"] == 0


def test_receiver_faults(receiver):
    receiver.control(script=["500", "429:7", "301", "410", "garbage", "reset", "slow:0.01", "500@after", "reset@after"])
    got = [deliver(receiver, f"m{n}") for n in range(10)]
    assert got == [500, 429, 301, 410, None, None, 200, 500, None, 200]
    assert sorted(receiver.ids()) == ["m6", "m7", "m8", "m9"]
    receiver.control(script=["429:7", "301"])
    body, stamp = b"{}", str(int(time.time()))
    headers = {
        "webhook-id": "x",
        "webhook-timestamp": stamp,
        "webhook-signature": sign(secret_bytes(SECRET), "x", stamp, body),
    }
    assert send(receiver, "/", headers, body)[1]["Retry-After"] == "7"
    assert send(receiver, "/", headers, body)[1]["Location"] == receiver.url + "/moved"
    assert send(receiver, "/moved", {}, None, "GET")[0] == 405
    assert receiver.summary()["redirects_followed"] == 1


@pytest.mark.parametrize("before, after", [(True, True), (True, False), (False, True)])
def test_receiver_fails_half_of_the_time(receiver, before, after):
    def attempt(seed):
        receiver.control(reset=True, fail_ratio=0.5, seed=seed, fail_before=before, fail_after=after)
        return [deliver(receiver, f"m{n}") for n in range(60)]

    got = attempt(1)
    kept = [r["kept"] for r in receiver.received()]
    failed = [status != 200 for status in got]
    assert 15 < sum(failed) < 45
    assert any(f and not k for f, k in zip(failed, kept)) == before
    assert any(f and k for f, k in zip(failed, kept)) == after
    assert all(k for f, k in zip(failed, kept) if not f)
    assert attempt(1) == got and attempt(2) != got


def test_receiver_log_survives_a_kill(tmp_path):
    log = tmp_path / "kept.log"
    with Receiver(log=str(log)) as receiver:
        receiver.control(script=["ok", "500", "500@after"])
        assert [deliver(receiver, f"m{n}") for n in range(3)] == [200, 500, 500]
    lines = [json.loads(line) for line in log.read_text().splitlines()]
    assert [line["id"] for line in lines] == ["m0", "m2"]
    assert lines[0]["sha256"] == hashlib.sha256(b'{"a":1}').hexdigest()
    log.write_text(log.read_text() + '{"id":"half a li')
    with Receiver(log=str(log)) as receiver:
        assert receiver.ids() == {"m0", "m2"}
        assert deliver(receiver, "m2") == 200 and receiver.received()[0]["duplicate"]
    assert [json.loads(line)["id"] for line in log.read_text().splitlines()] == ["m0", "m2", "m2"]


@pytest.mark.parametrize("script", ["aws.py", "receiver.py"])
def test_servers_run_alone(tmp_path, script):
    faults = tmp_path / "faults.json"
    faults.write_text('["500"]')
    argv = [sys.executable, str(TESTS / "emulator" / script), "--port", "0", "--faults", str(faults)]
    with subprocess.Popen(argv, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        try:
            first = process.stdout.readline()
            assert re.fullmatch(rb'\{"port":\d+\}\n', first), first + process.stderr.read()
            server = type("At", (), {"port": json.loads(first)["port"]})
            server.url = f"http://127.0.0.1:{server.port}"
            if script == "aws.py":
                assert [publish(server)[0], publish(server)[0]] == [500, 200]
            else:
                assert [deliver(server), deliver(server)] == [500, 200]
            assert json.loads(send(server, "/_summary", {}, None, "GET")[2])["requests"] == 2
        finally:
            process.send_signal(signal.SIGTERM)
        assert process.wait(10) == 0


# ---- generator


def generate(*options):
    argv = [sys.executable, str(TESTS / "data" / "generate.py"), *map(str, options)]
    done = subprocess.run(argv, capture_output=True, timeout=120, check=True)
    return done.stdout, done.stderr.decode()


@pytest.fixture(scope="module")
def healthy():
    return [line for line in generate("--events", 20000)[0].decode().splitlines()]


def test_generator_is_seeded(healthy):
    assert generate("--events", 2000)[0] == generate("--events", 2000)[0] != generate("--events", 2000, "--seed", 2)[0]
    assert len({json.loads(line)["eventID"] for line in healthy}) == len(healthy) == 20000


def test_generator_has_every_identity_type(healthy):
    types = {json.loads(line)["userIdentity"].get("type") for line in healthy}
    assert types == {
        "Root", "IAMUser", "AssumedRole", "Role", "FederatedUser", "SAMLUser", "WebIdentityUser", "Directory",
        "AWSAccount", "AWSService", "IdentityCenterUser", "Unknown", None,
    }  # fmt: skip
    users = [json.loads(line)["userIdentity"] for line in healthy if '"type":"IAMUser"' in line]
    assert {("sessionContext" in u, u.get("accessKeyId", "")[:4]) for u in users} == {
        (True, "ASIA"),
        (False, "AKIA"),
        (False, ""),
    }
    issuers = {
        json.loads(line)["userIdentity"]["arn"].split("/")[1][:15] for line in healthy if '"AssumedRole"' in line
    }
    assert {"kb-app", "ingest-hr", "AWSReservedSSO_"} <= issuers


def test_generator_has_all_kendra_operations(healthy):
    assert len(CALLS) == 66
    mix = collections.Counter(
        e["eventName"] for e in map(json.loads, healthy) if e["eventSource"] == "kendra.amazonaws.com"
    )
    assert set(mix) <= set(CALLS) and set(mix) >= {name for name, (who, *_) in CALLS.items() if who != "admin"}
    assert mix["Query"] + mix["Retrieve"] > 0.6 * sum(mix.values())
    source = [json.loads(line)["eventSource"] for line in healthy]
    for service in ("iam", "s3", "sts", "ec2", "signin", "kms", "cloudtrail"):
        assert f"{service}.amazonaws.com" in source
    more = generate("--events", 60000)[0].decode().splitlines()
    assert {e["eventName"] for e in map(json.loads, more) if e["eventSource"] == "kendra.amazonaws.com"} == set(CALLS)
    calm = {e["eventName"] for e in map(json.loads, generate("--events", 20000, "--calm")[0].splitlines())}
    assert calm & {name for name, (who, *_) in CALLS.items() if who == "admin"} <= {"UpdateIndex"}


def test_generator_sizes_and_escapes(healthy):
    sizes = [len(line.encode()) for line in healthy]
    assert 1200 < sum(sizes) / len(sizes) < 1800
    escaped = [line for line in healthy if "\\" in line or not line.isascii()]
    assert 0.01 < len(escaped) / len(healthy) < 0.04
    for token in ('\\"', "\\\\", "\\u0026", "\\u003c", "\u00dc"):
        assert any(token in line for line in escaped), token


def test_generator_writes_records_as_cloudtrail_does(healthy):
    order = [
        "eventVersion", "userIdentity", "eventTime", "eventSource", "eventName", "awsRegion", "sourceIPAddress",
        "userAgent", "errorCode", "errorMessage", "requestParameters", "responseElements", "additionalEventData",
        "requestID", "eventID", "readOnly", "resources", "eventType", "managementEvent", "recipientAccountId",
        "sharedEventID", "serviceEventDetails", "vpcEndpointId", "vpcEndpointAccountId", "eventCategory", "tlsDetails",
        "sessionCredentialFromConsole",
    ]  # fmt: skip
    times = []
    for line in healthy:
        event = json.loads(line)
        assert list(event) == [key for key in order if key in event]
        assert "@" not in re.sub(r"[a-z]+@example\.com", "", line), line
        times.append(event["eventTime"])
        ip = event["sourceIPAddress"]
        assert ip.startswith(("198.51.100.", "10.20.", "AWS Internal")) or ip.endswith(".amazonaws.com")
    assert times == sorted(times)


def test_generator_forms(tmp_path):
    want = sorted(generate("--events", 3000)[0].decode().splitlines())

    def texts(events):
        return sorted(json.dumps(e, ensure_ascii=False, separators=(",", ":")) for e in events)

    plain = sorted(json.dumps(json.loads(line), ensure_ascii=False, separators=(",", ":")) for line in want)
    assert texts(json.loads(generate("--events", 3000, "--form", "records")[0])["Records"]) == plain
    assert texts(json.loads(generate("--events", 3000, "--form", "array")[0])) == plain
    looked = json.loads(generate("--events", 3000, "--form", "lookup")[0])["Events"]
    assert sorted(event["CloudTrailEvent"] for event in looked) == want
    assert looked[0]["EventTime"] >= looked[-1]["EventTime"] and looked[0]["ReadOnly"] in ("true", "false")
    bus = [json.loads(line) for line in generate("--events", 3000, "--form", "eventbridge")[0].splitlines()]
    assert texts(event["detail"] for event in bus) == plain
    assert {event["detail-type"].rpartition(" ")[2] for event in bus} == {"CloudTrail"}
    packed = tmp_path / "x.gz"
    generate("--events", 3000, "--gz", "--out", packed)
    assert sorted(gzip.decompress(packed.read_bytes()).decode().splitlines()) == want
    generate("--events", 3000, "--form", "tree", "--out", tmp_path / "bucket", "--per-file", "100..300")
    files = sorted((tmp_path / "bucket").rglob("*.json.gz"))
    name = (
        r"AWSLogs/(\d{12})/CloudTrail/([a-z0-9-]+)/\d{4}/\d\d/\d\d/"
        r"\1_CloudTrail_\2_\d{8}T\d{4}Z_[A-Za-z0-9]{16}\.json\.gz"
    )
    assert all(re.fullmatch(name, str(f.relative_to(tmp_path / "bucket"))) for f in files)
    piles = [json.loads(gzip.decompress(f.read_bytes()))["Records"] for f in files]
    assert texts(event for pile in piles for event in pile) == plain
    assert max(map(len, piles)) <= 300 and len(files) >= 10
    for form in ("ndjson", "records", "array", "lookup", "eventbridge"):
        assert generate("--events", 0, "--form", form)[0].strip() in (
            b"",
            b'{"Records":[]}',
            b"[]",
            b'{\n    "Events": []\n}',
        )


def test_acme(tmp_path):
    expected = tmp_path / "expected.json"
    out, said = generate("--scenario", "acme", "--end", "2026-03-05T02:04:00Z", "--list-expected", expected)
    events = {e["eventID"]: e for e in map(json.loads, out.decode().splitlines())}
    assert len(events) == 28081 and "28081 events" in said
    listed = json.loads(expected.read_text())
    kinds = {kind: [events[i] for i in ids] for kind, ids in listed["events"].items()}
    assert {kind: len(found) for kind, found in kinds.items()} == {
        "root_by_aws": 4, "batch_put_burst": 60, "describe_index": 14, "stop_logging_denied": 1,
        "user_context_policy": 1, "delete_index": 1,
    }  # fmt: skip
    [delete] = kinds["delete_index"]
    assert delete["eventTime"] == "2026-03-05T01:58:00Z" and "errorCode" not in delete
    assert delete["requestParameters"] == {"id": "3f1c9d2e-0000-4000-8000-000000000001"}
    assert delete["userIdentity"]["arn"].endswith("/alice@example.com")
    assert delete["userIdentity"]["accessKeyId"].endswith("7QX2") and len(delete["userIdentity"]["accessKeyId"]) == 20
    assert kinds["stop_logging_denied"][0]["errorCode"] == "AccessDenied"
    assert kinds["user_context_policy"][0]["requestParameters"]["userContextPolicy"] == "ATTRIBUTE_FILTER"
    assert all(e["userIdentity"]["type"] == "Root" and e["userIdentity"]["invokedBy"] for e in kinds["root_by_aws"])
    inside = {i for ids in listed["events"].values() for i in ids}
    rest = [e for i, e in events.items() if i not in inside]
    assert {e["recipientAccountId"] for e in rest} == {"111122223333", "444455556666"}
    assert all(e["sourceIPAddress"].startswith("198.51.100.") or not e["sourceIPAddress"][0].isdigit() for e in rest)
    assert not [e for e in rest if e["eventName"] in ("StopLogging", "DeleteIndex") or "userContextPolicy" in str(e)]
    assert (
        max(e["eventTime"] for e in rest) <= "2026-03-05T02:04:00Z"
        and min(e["eventTime"] for e in rest) >= "2026-03-04T02:04"
    )


# ---- fixtures of conftest.py


@pytest.fixture
def shell(kw_class, tmp_path):
    runner = kw_class("/bin/sh", tmp_path)
    yield runner
    runner.close()


@pytest.fixture
def kw_class():
    from conftest import Kw

    return Kw


def test_the_environment_is_clean(shell, monkeypatch):
    for name in ("AWS_PROFILE", "AWS_ACCESS_KEY_ID", "https_proxy", "KW_ANYTHING"):
        monkeypatch.setenv(name, "from outside")
    seen = shell.run(["-c", "env; cat; pwd; exit 3"], input="stdin\n", env={"MINE": "1"})
    assert seen.rc == 3 and "stdin" in seen.out and "MINE=1" in seen.out and "outside" not in seen.out
    assert f"HOME={shell.home}" in seen.out and "LC_ALL=C.UTF-8" in seen.out


def test_daemons_are_watched_and_ended(shell):
    daemon = shell.start(["-c", "trap 'echo bye; exit 5' TERM; echo ready port=42 >&2; while :; do sleep 0.05; done"])
    assert daemon.wait_for(r"port=(\d+)").group(1) == "42"
    assert daemon.stop() == 5 and daemon.out == "bye" and not daemon.running()
    stubborn = shell.start(["-c", "echo up >&2; exec sleep 60"])
    stubborn.wait_for("up")
    stubborn.kill()
    assert stubborn.wait() == -signal.SIGKILL
    with pytest.raises(pytest.fail.Exception, match="it ended"):
        stubborn.wait_for("never said")
    left = shell.start(["-c", "echo up >&2; exec sleep 60"])
    left.wait_for("up")
    shell.close()
    assert not left.running() and not os.path.exists(f"/proc/{left.pid}")


def test_make_event(make_event):
    event = make_event(
        "kendra:DeleteIndex",
        "sso/alice@example.com",
        set={"requestParameters.id": "x", "a.b": 1},
        unset=["requestParameters.indexId", "tlsDetails.x"],
    )
    assert event["requestParameters"] == {"id": "x"} and event["a"] == {"b": 1} and event["readOnly"] is False
    assert event["userIdentity"]["arn"].endswith("/alice@example.com")
    assert make_event()["eventID"] != make_event()["eventID"] and make_event()["readOnly"] is True
    for who in (
        "root",
        "user/u",
        "role/r",
        "role/r/s",
        "service/kendra.amazonaws.com",
        "federated/f",
        "account/999999999999",
    ):
        assert make_event(as_=who)["userIdentity"]["type"]
    with pytest.raises(ValueError):
        make_event(as_="nobody/x")

"""Our SigV4 signer against two other opinions, Debian's botocore and the emulator's verifier, and against AWS's own
published signatures (tests/data/sigv4_vectors.json): canonical request, string to sign and signature."""
import base64
import datetime
import json
import os
import pathlib
import random
import re
import string
import subprocess
from urllib.parse import quote, urlsplit

import botocore.auth
import pytest
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from loopback import Request
from sigv4 import Credential, Refused, verify
from wire import built_tool

ROOT = pathlib.Path(__file__).resolve().parents[2]
MOMENT = datetime.datetime(2015, 8, 30, 12, 36, 0)
# The keys of AWS's published examples.
KEY, SECRET = "AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"
ODD = string.ascii_letters + string.digits + "-._~!$&'()*+,;=:@%/ \"<>[]{}|\\^`#?\x7fäßλ漢\U0001f600"


@pytest.fixture(scope="module")
def tool():
    return built_tool("sigv4_sign")


def sign_ours(tool, cases):
    lines = "".join(json.dumps(case) + "\n" for case in cases)
    done = subprocess.run([tool], input=lines.encode(), stdout=subprocess.PIPE, check=True, timeout=120)
    answers = [json.loads(line) for line in done.stdout.splitlines()]
    assert len(answers) == len(cases)
    return answers


def sign_theirs(case, monkeypatch):
    """What botocore signs, with its clock set to the case's time."""
    now = datetime.datetime.strptime(case["time"], "%Y-%m-%dT%H:%M:%SZ")

    class Clock(datetime.datetime):
        @classmethod
        def utcnow(cls):
            return now

    monkeypatch.setattr(botocore.auth.datetime, "datetime", Clock)
    kind = botocore.auth.S3SigV4Auth if case["s3"] else botocore.auth.SigV4Auth
    auth = kind(Credentials(case["key"], case["secret"], case["token"] or None), case["service"], case["region"])
    request = AWSRequest(method=case["method"], url=case["url"], data=base64.b64decode(case["body"]))
    for name, value in case["headers"]:
        request.headers.add_header(name, value)
    if case.get("payload_hash"):
        request.headers["X-Amz-Content-SHA256"] = case["payload_hash"]
    seen = {}
    real = auth.string_to_sign

    def string_to_sign(signed, canonical):
        seen["canonical"] = canonical
        seen["to_sign"] = real(signed, canonical)
        return seen["to_sign"]

    auth.string_to_sign = string_to_sign
    auth.add_auth(request)
    seen["authorization"] = request.headers["Authorization"]
    return seen


def header(answer, name):
    found = [line.split(": ", 1)[1] for line in answer["headers"] if line.lower().startswith(name.lower() + ":")]
    assert len(found) <= 1, f"{name} is there {len(found)} times"
    return found[0] if found else None


def agree(ours, theirs, case):
    assert ours["canonical"] == theirs["canonical"], case
    assert ours["to_sign"] == theirs["to_sign"], case
    assert header(ours, "Authorization") == theirs["authorization"], case
    assert header(ours, "X-Amz-Security-Token") == (case["token"] or None)


def text(rng, most):
    return "".join(rng.choice(ODD) for _ in range(rng.randint(0, most)))


def random_path(rng, s3):
    segments = []
    for _ in range(rng.randint(0, 5)):
        kind = rng.random()
        segments.append("" if kind < .15 else "." if kind < .25 else ".." if kind < .35 else
                        quote(text(rng, 12), safe="-_.~" if s3 else "-_.~!$&'()*+,;=:@"))
    # For S3 botocore takes an empty path as it is, for nobody sends one; the wire says "/", and so do we.
    return "/" + "/".join(segments) if segments or s3 or rng.random() < .7 else ""


def random_query(rng):
    names = [text(rng, 6) or "a" for _ in range(rng.randint(0, 5))]
    parts = []
    for name in names + names[:rng.randint(0, 1)]:
        value = quote(text(rng, 8), safe="-_.~")
        parts.append(quote(name, safe="-_.~") + ("=" + value if value or rng.random() < .5 else ""))
    return "?" + "&".join(parts) if parts else ""


def random_headers(rng):
    blanks = [" ", "  ", "\t", " \t "]
    headers = []
    for name in rng.sample(["Content-Type", "X-Amz-Target", "x-amz-meta-b", "X-AMZ-META-A", "X-Amz-Meta-Ab", "Accept",
                            "User-Agent", "X-Amzn-Trace-Id", "Range", "Zulu", "If-Match", "x-0_1", "A"],
                           rng.randint(0, 8)):
        for _ in range(rng.choice([1, 1, 1, 2, 3])):
            words = ["".join(rng.choice(string.ascii_letters + "/;=,:\"'%+&~\\") for _ in range(rng.randint(1, 8)))
                     for _ in range(rng.randint(0, 4))]
            headers.append([name, rng.choice(blanks + [""]) + rng.choice(blanks).join(words) + rng.choice(blanks)])
    rng.shuffle(headers)
    return headers


def random_case(rng):
    s3 = rng.random() < .4
    service = "s3" if s3 else rng.choice(["sns", "sqs", "sts", "cloudtrail", "kendra"])
    scheme = rng.choice(["https", "https", "http"])
    host = f"{service}.eu-west-1.amazonaws.com" + rng.choice(["", ":8443", ":80", ":443"])
    body = bytes(rng.randrange(256) for _ in range(rng.choice([0, 0, 1, 63, 64, 65, 500, 5000])))
    token = "".join(rng.choice(string.ascii_letters + "+/=") for _ in range(200)) if rng.random() < .5 else ""
    moment = MOMENT + datetime.timedelta(seconds=rng.randrange(10**9))
    return {"method": rng.choice(["GET", "POST", "PUT", "DELETE", "HEAD", "PATCH", "OPTIONS"]),
            "url": f"{scheme}://{host}{random_path(rng, s3)}{random_query(rng)}",
            "headers": random_headers(rng), "body": base64.b64encode(body).decode(), "s3": s3, "service": service,
            "region": rng.choice(["eu-west-1", "us-east-1", "us-gov-west-1", "cn-north-1"]), "key": KEY,
            "secret": "".join(rng.choice(string.printable[:94]) for _ in range(40)), "token": token,
            "time": moment.strftime("%Y-%m-%dT%H:%M:%SZ")}


def compare(tool, monkeypatch, n, seed):
    rng = random.Random(seed)
    for _ in range(0, n, 500):
        cases = [random_case(rng) for _ in range(min(n, 500))]
        for case, ours in zip(cases, sign_ours(tool, cases)):
            agree(ours, sign_theirs(case, monkeypatch), case)


def test_2000_random_requests(tool, monkeypatch):
    compare(tool, monkeypatch, 2000, 20261124)


@pytest.mark.soak
@pytest.mark.timeout(3600)
def test_many_random_requests(tool, monkeypatch):
    seed = random.SystemRandom().randrange(2**32)
    print(f"soak: signatures from seed {seed}")
    compare(tool, monkeypatch, int(os.environ.get("KW_SOAK_SIGNATURES", "20000")), seed)


def as_sent(case, ours):
    """What a server sees of a request that our signer signed."""
    parts = urlsplit(case["url"])
    port = {"http": ":80", "https": ":443"}[parts.scheme]
    host = parts.netloc[:-len(port)] if parts.netloc.endswith(port) else parts.netloc
    target = (parts.path or "/") + ("?" + parts.query if "?" in case["url"] else "")
    headers = [("Host", host)] + [(line.split(":", 1)[0], line.split(":", 1)[1].strip()) for line in ours["headers"]]
    return Request(case["method"], target, headers, base64.b64decode(case["body"]))


def test_the_emulator_takes_what_we_sign_and_nothing_else(tool):
    """Three opinions: if the emulator's verifier and botocore both agree with us, so does AWS."""
    rng = random.Random(3)
    cases = [random_case(rng) for _ in range(400)]
    for case in cases:  # of tabs the description of the scheme says nothing
        case["headers"] = [[name, value.replace("\t", " ")] for name, value in case["headers"]]
    for case, ours in zip(cases, sign_ours(tool, cases)):
        request, known = as_sent(case, ours), {KEY: Credential(KEY, case["secret"], case["token"])}
        now = datetime.datetime.strptime(case["time"] + "+0000", "%Y-%m-%dT%H:%M:%SZ%z").timestamp()
        scope = verify(request, known, now)
        assert (scope.service, scope.region) == (case["service"], case["region"])
        changed = rng.choice([
            Request(request.method + "X", request.target, request.headers, request.body),
            Request(request.method, request.target + ("&" if "?" in request.target else "?") + "zz=1",
                    request.headers, request.body),
            Request(request.method, request.target, request.headers, request.body + b"x"),
            Request(request.method, re.sub(r"(\?|$)", r"zz\1", request.target, count=1), request.headers, request.body),
            Request(request.method, request.target, [("Host", "other"), *request.headers[1:]], request.body),
        ])  # fmt: skip
        with pytest.raises(Refused):
            verify(changed, known, now)


def example(url="https://example.amazonaws.com/", method="GET", headers=(), body=b"", token=""):
    return {"method": method, "url": url, "headers": [list(h) for h in headers],
            "body": base64.b64encode(body).decode(), "s3": False, "service": "service", "region": "us-east-1",
            "key": KEY, "secret": SECRET, "token": token, "time": "2015-08-30T12:36:00Z"}


# The shapes of AWS's published signing test suite; the values are botocore's.
EXAMPLES = {
    "get-vanilla": example(),
    "get-vanilla-query": example("https://example.amazonaws.com/?Param1=value1&Param2=value2"),
    "get-vanilla-query-order-key": example("https://example.amazonaws.com/?Param1=b&Param1=a&A=z"),
    "get-vanilla-query-unreserved": example(
        "https://example.amazonaws.com/?-._~0123456789ABCDEFabcdef=-._~0123456789ABCDEFabcdef"),
    "get-vanilla-empty-query-key": example("https://example.amazonaws.com/?Param1="),
    "get-vanilla-valueless": example("https://example.amazonaws.com/?versioning"),
    "get-utf8": example("https://example.amazonaws.com/%E1%88%B4"),
    "get-space": example("https://example.amazonaws.com/example%20space/"),
    "get-relative": example("https://example.amazonaws.com/example/.."),
    "get-relative-relative": example("https://example.amazonaws.com/example1/example2/../.."),
    "get-slash-dot-slash": example("https://example.amazonaws.com/./"),
    "get-slashes": example("https://example.amazonaws.com//example//"),
    "get-header-key-duplicate": example(headers=[("My-Header1", "value2"), ("My-Header1", "value2"),
                                                 ("My-Header1", "value1")]),
    "get-header-value-trim": example(headers=[("My-Header1", " value1"), ("My-Header2", ' "a   b   c"')]),
    "post-sts-header-before": example(method="POST", token="AQoDYXdzEPT//////////wEXAMPLE"),
    "post-x-www-form-urlencoded": example(
        method="POST", headers=[("Content-Type", "application/x-www-form-urlencoded")], body=b"Param1=value1"),
}


@pytest.mark.parametrize("name", EXAMPLES)
def test_examples(tool, name, monkeypatch):
    case = EXAMPLES[name]
    agree(sign_ours(tool, [case])[0], sign_theirs(case, monkeypatch), case)


VECTORS = json.loads((ROOT / "tests/data/sigv4_vectors.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("vector", VECTORS, ids=[vector["name"] for vector in VECTORS])
def test_published_signature(tool, vector):
    """As AWS prints them, so that two wrong signers can't agree with each other: the cases of its signing test suite
    (which gives paths unencoded), and the examples of the IAM and S3 guides."""
    ours = sign_ours(tool, [{**vector, "body": base64.b64encode(vector["body"].encode()).decode()}])[0]
    assert header(ours, "Authorization").rpartition("Signature=")[2] == vector["signature"], ours["canonical"]


def test_s3_keys_survive(tool, monkeypatch):
    case = dict(example("https://bucket.s3.us-east-1.amazonaws.com/year%3D2026//a/../b.gz?x-id=GetObject"),
                service="s3", s3=True)
    ours = sign_ours(tool, [case])[0]
    agree(ours, sign_theirs(case, monkeypatch), case)
    assert ours["canonical"].splitlines()[1] == "/year%3D2026//a/../b.gz"


def test_unsigned_payload(tool):
    case = dict(example("https://bucket.s3.us-east-1.amazonaws.com/key", method="PUT", body=b"streamed"), service="s3",
                s3=True, payload_hash="UNSIGNED-PAYLOAD")
    ours = sign_ours(tool, [case])[0]
    assert ours["canonical"].endswith("\nUNSIGNED-PAYLOAD")
    assert header(ours, "X-Amz-Content-Sha256") == "UNSIGNED-PAYLOAD"


def test_secret_is_not_in_the_output(tool):
    ours = sign_ours(tool, [EXAMPLES["post-sts-header-before"]])[0]
    assert SECRET not in json.dumps(ours)

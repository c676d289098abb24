"""The emulator's STS, metadata services and CloudTrail, asked by botocore."""

import json
import time
import urllib.error
import urllib.request

import pytest
from aws import PERMANENT
from botocore.exceptions import ClientError
from conftest import build_event
from sigv4 import Credential
from wire import client, sqs


def assume(aws, **asked):
    return client(aws, "sts").assume_role(**{"RoleSessionName": "kendrawatch", **asked})


def key_of(answer):
    given = answer["Credentials"]
    return Credential(given["AccessKeyId"], given["SecretAccessKey"], given["SessionToken"])


def test_assume_role(aws):
    role = aws.sts.role(external_id="the-id")
    queue = aws.sqs.create("trail")
    for wrong in ({}, {"ExternalId": "another"}):
        with pytest.raises(ClientError, match="AccessDenied"):
            assume(aws, RoleArn=role.arn, **wrong)
    with pytest.raises(ClientError, match="AccessDenied"):
        assume(aws, RoleArn=role.arn + "x", ExternalId="the-id")
    with pytest.raises(ClientError, match="ValidationError"):
        assume(aws, RoleArn=role.arn, ExternalId="the-id", DurationSeconds=7200)
    key = key_of(assume(aws, RoleArn=role.arn, ExternalId="the-id"))
    arn = client(aws, "sts", credential=key).get_caller_identity()["Arn"]
    assert arn == "arn:aws:sts::111122223333:assumed-role/trail-reader/kendrawatch"
    asked = {"QueueUrl": queue.url}
    assert sqs(aws, "ReceiveMessage", asked, credential=key).status == 200
    without = Credential(key.access_key, key.secret)
    assert sqs(aws, "ReceiveMessage", asked, credential=without).error()[1] == "UnrecognizedClientException"
    aws.sts.expire()
    assert sqs(aws, "ReceiveMessage", asked, credential=key).error() == (400, "ExpiredTokenException")
    with pytest.raises(ClientError, match="ExpiredToken"):
        client(aws, "sts", credential=key).get_caller_identity()


def test_keys_live_as_long_as_they_say(aws):
    role = aws.sts.role()
    aws.sts.life_s = 60
    key = key_of(assume(aws, RoleArn=role.arn))
    assert client(aws, "sts", credential=key).get_caller_identity()["Account"] == "111122223333"
    aws.control(clock_offset=61)
    with pytest.raises(ClientError, match="ExpiredToken"):
        client(aws, "sts", credential=key).get_caller_identity()


def test_web_identity(aws):
    role = aws.sts.role(web_token="header.payload.signature")
    asked = {"RoleArn": role.arn, "RoleSessionName": "pod", "WebIdentityToken": "header.payload.signature"}
    key = key_of(client(aws, "sts").assume_role_with_web_identity(**asked))
    assert client(aws, "sts", credential=key).get_caller_identity()["Arn"].endswith("/trail-reader/pod")
    with pytest.raises(ClientError, match="InvalidIdentityToken"):
        client(aws, "sts").assume_role_with_web_identity(**{**asked, "WebIdentityToken": "another"})
    with pytest.raises(ClientError, match="ExpiredTokenException"):
        client(aws, "sts").assume_role_with_web_identity(**{**asked, "WebIdentityToken": "expired"})


def ask(aws, path, method="GET", **headers):
    names = {name.replace("_", "-"): value for name, value in headers.items()}
    request = urllib.request.Request(aws.url + path, method=method, headers=names)
    try:
        with urllib.request.urlopen(request, timeout=10) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode()


def test_instance(aws):
    base = "/latest/meta-data/iam/security-credentials/"
    assert ask(aws, base)[0] == 401 and ask(aws, "/latest/api/token", "PUT")[0] == 400
    _, token = ask(aws, "/latest/api/token", "PUT", x_aws_ec2_metadata_token_ttl_seconds="60")
    assert ask(aws, base, x_aws_ec2_metadata_token=token) == (200, "trail-reader")
    given = json.loads(ask(aws, base + "trail-reader", x_aws_ec2_metadata_token=token)[1])
    key = Credential(given["AccessKeyId"], given["SecretAccessKey"], given["Token"])
    assert given["Code"] == "Success" and client(aws, "sts", credential=key).get_caller_identity()["Arn"]
    assert ask(aws, "/latest/meta-data/placement/region", x_aws_ec2_metadata_token=token) == (200, "eu-west-1")
    aws.metadata.role = None
    assert ask(aws, base, x_aws_ec2_metadata_token=token)[0] == 404
    aws.metadata.version_2 = False
    assert ask(aws, "/latest/api/token", "PUT", x_aws_ec2_metadata_token_ttl_seconds="60")[0] == 404


def test_container(aws):
    assert ask(aws, "/container/credentials")[0] == 401
    given = json.loads(ask(aws, "/container/credentials", Authorization="container-token")[1])
    key = Credential(given["AccessKeyId"], given["SecretAccessKey"], given["Token"])
    assert client(aws, "sts", credential=key).get_caller_identity()["Arn"].endswith("i-0123456789abcdef0")


# ---- CloudTrail


def test_lookup(aws):
    trail = client(aws, "cloudtrail")
    now = int(time.time())

    def at(ago):
        return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(now - ago))

    events = [build_event(at=at(n), region="eu-west-1") for n in range(120)]
    aws.cloudtrail.add(*events, build_event(at=at(1), region="us-east-1"), build_event(at=at(91 * 86400)))
    aws.control(service="cloudtrail", per_s=None)
    pages = list(trail.get_paginator("lookup_events").paginate(StartTime=now - 100, EndTime=now))
    assert [len(page["Events"]) for page in pages] == [50, 50, 1]
    got = [json.loads(e["CloudTrailEvent"]) for page in pages for e in page["Events"]]
    assert got == events[:101]
    by_name = {"AttributeKey": "EventSource", "AttributeValue": "kms.amazonaws.com"}
    assert trail.lookup_events(LookupAttributes=[by_name])["Events"] == []
    first = trail.lookup_events(StartTime=now - 100, EndTime=now)
    with pytest.raises(ClientError, match="InvalidNextTokenException"):
        trail.lookup_events(StartTime=now - 99, EndTime=now, NextToken=first["NextToken"])
    with pytest.raises(ClientError, match="InvalidTimeRangeException"):
        trail.lookup_events(StartTime=now, EndTime=now - 1)


def test_lookup_is_throttled(aws):
    trail = client(aws, "cloudtrail")
    trail.lookup_events(), trail.lookup_events()
    with pytest.raises(ClientError, match="ThrottlingException"):
        trail.lookup_events()
    client(aws, "cloudtrail", region="us-east-1").lookup_events()  # each region has its own two
    time.sleep(1.05)
    trail.lookup_events()


def test_trails_and_keys(aws):
    trail = client(aws, "cloudtrail")
    arn = aws.cloudtrail.trail("management", status={"IsLogging": False})
    [described] = trail.describe_trails()["trailList"]
    assert described["TrailARN"] == arn and described["LogFileValidationEnabled"] is True
    assert trail.get_trail_status(Name=arn)["IsLogging"] is False
    assert trail.get_event_selectors(TrailName="management")["EventSelectors"][0]["IncludeManagementEvents"] is True
    with pytest.raises(ClientError, match="TrailNotFoundException"):
        trail.get_trail_status(Name="another")
    aws.cloudtrail.add_key(b"\x30\x00", "00ff", 1000, 2000)
    [key] = trail.list_public_keys(StartTime=1500, EndTime=3000)["PublicKeyList"]
    assert key["Value"] == b"\x30\x00" and key["Fingerprint"] == "00ff"
    assert trail.list_public_keys(StartTime=2001, EndTime=3000)["PublicKeyList"] == []


def test_env_is_enough_for_botocore(aws):
    env = aws.env()
    assert env["AWS_ENDPOINT_URL"] == aws.url and env["AWS_ACCESS_KEY_ID"] == PERMANENT.access_key
    assert set(aws.env(None)) == {"AWS_ENDPOINT_URL", "AWS_REGION"}

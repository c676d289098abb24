"""`doctor`: the whole way looked at, each want named; policies without asking anybody."""

import http.server
import json
import threading
import time
from urllib.parse import parse_qs

import pytest

TOPIC = "arn:aws:sns:eu-west-1:111122223333:sec"
KEYS = {"AWS_ACCESS_KEY_ID": "AKIAIOSFODNN7EXAMPLE", "AWS_SECRET_ACCESS_KEY": "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"}
TRAIL = {
    "Name": "main", "TrailARN": "arn:aws:cloudtrail:eu-west-1:111122223333:trail/main", "HomeRegion": "eu-west-1",
    "S3BucketName": "logs", "IsMultiRegionTrail": True, "IncludeGlobalServiceEvents": True,
    "LogFileValidationEnabled": True}  # fmt: skip
STATUS = {"IsLogging": True, "LatestDeliveryTime": 4000000000.5}
ALL = {"EventSelectors": [{"ReadWriteType": "All", "IncludeManagementEvents": True, "DataResources": []}]}
CALLER = (
    "<GetCallerIdentityResponse><GetCallerIdentityResult><Arn>arn:aws:sts::111122223333:assumed-role/kw/i-1</Arn>"
    "<Account>111122223333</Account></GetCallerIdentityResult></GetCallerIdentityResponse>"
)


def flat(done):
    """What was printed, without the folding of lines."""
    return " ".join(done.out.split())


def topic(**attributes):
    entries = "".join(f"<entry><key>{k}</key><value>{v}</value></entry>" for k, v in attributes.items())
    return f"<GetTopicAttributesResponse><Attributes>{entries}</Attributes></GetTopicAttributesResponse>"


class Answers:
    """An AWS whose answers the test writes: action -> (status, body)."""

    def __init__(self):
        self.answers, self.asked = {}, []
        outer = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"])).decode()
                target = self.headers.get("X-Amz-Target")
                action = target.rsplit(".", 1)[1] if target else parse_qs(body)["Action"][0]
                outer.asked.append((action, self.headers.get("Authorization", "")))
                status, text = outer.answers[action]
                data = (text if isinstance(text, str) else json.dumps(text)).encode()
                self.send_response(status)
                self.send_header("Content-Length", str(len(data)))
                self.end_headers()
                self.wfile.write(data)

            def do_HEAD(self):
                outer.asked.append(("HEAD", self.path))
                self.send_response(404)
                self.end_headers()

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()


@pytest.fixture
def answers():
    a = Answers()
    a.answers = {
        "GetCallerIdentity": (200, CALLER),
        "DescribeTrails": (200, {"trailList": [TRAIL]}),
        "GetTrailStatus": (200, STATUS),
        "GetEventSelectors": (200, ALL),
        "GetTopicAttributes": (200, topic(SubscriptionsConfirmed=2, SubscriptionsPending=0)),
    }
    yield a
    a.server.shutdown()
    a.server.server_close()


@pytest.fixture
def doctor(kw, tmp_path, answers):
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "a.json").write_text("{}")

    def run(*options, sinks=None, env=KEYS):
        config = {
            "agent": {"state": str(tmp_path / "state")},
            "sources": {"trail": {"type": "directory", "path": str(tmp_path / "in")}},
            "sinks": sinks or {"team": {"type": "sns", "topic_arn": TOPIC}},
        }
        path = tmp_path / "kendrawatch.yaml"
        path.write_text(json.dumps(config))
        return kw.run(["doctor", "--config", path, *options], env={**env, "AWS_ENDPOINT_URL": answers.url})

    return run


def test_all_is_well(doctor, answers):
    done = doctor()
    assert done.rc == 0, done.out
    for said in ("assumed-role/kw/i-1", "environment", "all regions, eu-west-1, bucket logs", "reads and writes",
                 "subscriptions: 2", "files: 1", ", 0 failures"):  # fmt: skip
        assert said in flat(done) + " "
    assert {a for a, _ in answers.asked} == set(answers.answers), "and nothing is published"
    assert all("Signature=" in signature for _, signature in answers.asked)
    assert KEYS["AWS_SECRET_ACCESS_KEY"] not in done.out + done.err


def test_json(doctor):
    report = json.loads(doctor("--output", "json").out)
    assert report["schema"] == "kendrawatch.doctor/1" and report["failures"] == 0
    assert {c["station"] for c in report["checks"]} >= {
        "configuration", "rules", "state", "credentials of team", "clock", "trail main", "blind spots",
        "source trail", "sink team"}  # fmt: skip


def test_blind_spots_are_named(doctor, answers):
    narrow = {**TRAIL, "IsMultiRegionTrail": False, "LogFileValidationEnabled": False}
    answers.answers["DescribeTrails"] = (200, {"trailList": [narrow]})
    answers.answers["GetEventSelectors"] = (200, {"EventSelectors": [{"ReadWriteType": "WriteOnly"}]})
    text = flat(doctor())
    assert "WriteOnly" in text and "Query and Retrieve never arrive" in text
    assert "no us-east-1 feed: no sign-ins" in text and "rules can't fire" in text
    assert "log file validation is off" in text and "outside eu-west-1" in text
    assert "list known_networks is empty: 2 rules wait" in text


def test_a_trail_that_is_stopped_is_a_failure(doctor, answers):
    answers.answers["GetTrailStatus"] = (200, {"IsLogging": False, "LatestDeliveryError": "NoSuchBucket"})
    done = doctor()
    assert done.rc == 1 and "switched off" in flat(done) and "NoSuchBucket" in flat(done)


def test_missing_grants_are_named(doctor, answers):
    what = "User: x is not authorized to perform: {} on resource: {} because no identity-based policy allows it"
    answers.answers["DescribeTrails"] = (
        400, {"__type": "AccessDeniedException", "Message": what.format("cloudtrail:DescribeTrails", "arn:t")})  # fmt: skip
    answers.answers["GetTopicAttributes"] = (
        403, f"<ErrorResponse><Error><Code>AuthorizationError</Code><Message>{what.format('SNS:GetTopicAttributes', TOPIC)}"
        "</Message></Error></ErrorResponse>")  # fmt: skip
    done = doctor()
    text = flat(done)
    assert "missing grant: cloudtrail:DescribeTrails on arn:t, since no identity-based policy" in text
    assert f"missing grant: sns:GetTopicAttributes on {TOPIC}" in text
    assert done.rc == 0, "run needs neither"


def test_a_topic_that_nobody_reads(doctor, answers):
    answers.answers["GetTopicAttributes"] = (200, topic(SubscriptionsConfirmed=0, SubscriptionsPending=3))
    done = doctor()
    assert done.rc == 1 and "subscriptions that wait for confirmation: 3" in flat(done)
    answers.answers["GetTopicAttributes"] = (
        404, "<ErrorResponse><Error><Code>NotFound</Code><Message>Topic does not exist</Message></Error></ErrorResponse>")  # fmt: skip
    assert "Topic does not exist" in flat(doctor())


def test_without_keys(doctor, answers):
    done = doctor(env={"AWS_EC2_METADATA_DISABLED": "true"})
    assert done.rc == 1 and "no AWS credentials" in flat(done) and "operations.md" in flat(done)
    assert answers.asked == []


def test_a_webhook_is_not_posted_to(doctor, answers):
    done = doctor(sinks={"hook": {"type": "webhook", "url": answers.url + "/services/T0/very-secret"}})
    assert done.rc == 0 and "nothing was posted" in flat(done)
    assert answers.asked == [("HEAD", "/")] and "very-secret" not in done.out
    away = doctor(sinks={"hook": {"type": "webhook", "url": "http://127.0.0.1:1/x"}})
    assert away.rc == 1 and "could not connect" in flat(away)


def test_offline_asks_nobody(doctor, answers):
    done = doctor("--offline")
    assert done.rc == 0 and answers.asked == []


def test_policies(doctor, answers):
    run = json.loads(doctor("--iam").out)
    assert run["Version"] == "2012-10-17"
    assert run["Statement"] == [
        {"Sid": "PublishAlerts", "Effect": "Allow", "Action": "sns:Publish", "Resource": TOPIC}]  # fmt: skip
    key = "arn:aws:kms:eu-west-1:111122223333:key/1"
    with_key = json.loads(doctor("--iam", "--kms-key", key).out)
    assert with_key["Statement"][1]["Action"] == ["kms:Decrypt", "kms:GenerateDataKey"]
    looks = json.loads(doctor("--iam", "--for", "doctor").out)
    assert {s["Sid"] for s in looks["Statement"]} == {"LookAtTrails", "LookAtTrail", "LookAtTopics"}
    verify = json.loads(doctor("--iam", "--for", "verify", "--bucket", "logs").out)
    assert "arn:aws:s3:::logs/*" in [s["Resource"] for s in verify["Statement"]]
    role = "arn:aws:iam::444455556666:role/pub"
    both = json.loads(doctor("--iam", sinks={"team": {"type": "sns", "topic_arn": TOPIC, "role_arn": role}}).out)
    assert both["agent"]["Statement"][0]["Action"] == "sts:AssumeRole"
    assert both[role]["Statement"][0]["Action"] == "sns:Publish"
    assert answers.asked == []


def test_wrong_usage(kw, doctor, tmp_path):
    assert doctor("--for", "nobody").rc == 2 and doctor("--bucket", "x").rc == 2
    assert doctor("--output", "xml").rc == 2 and doctor("word").rc == 2
    assert kw.run(["doctor"]).rc == 2
    (tmp_path / "bad.yaml").write_text("sources: {a: {type: directry}}\n")
    bad = kw.run(["doctor", "--config", tmp_path / "bad.yaml", "--offline"])
    assert bad.rc == 3 and "directry" in bad.out


# ---- a queue, against the strict AWS


@pytest.fixture
def queue_doctor(kw, tmp_path, aws):
    def run(queue, *options, **more):
        source = {"type": "sqs", "queue_url": queue.url, "buckets": ["trail-logs"], **more}
        config = {
            "agent": {"state": str(tmp_path / "state")},
            "sources": {"org": source},
            "sinks": {"team": {"type": "sns", "topic_arn": TOPIC}},
        }
        path = tmp_path / "queue.yaml"
        path.write_text(json.dumps(config))
        return kw.run(["doctor", "--config", path, *options], env=aws.env())

    return run


def test_a_queue_is_looked_at_and_left_alone(queue_doctor, aws):
    aws.cloudtrail.trail("main")
    dead = aws.sqs.create("kw-dead")
    queue = aws.sqs.create("kw", dead_letters=dead, VisibilityTimeout="300", MessageRetentionPeriod="1209600")
    aws.sqs.send(queue, "a message")
    done = queue_doctor(queue)
    assert done.rc == 0, done.out
    for said in ("messages waiting: 1, in flight: 0", "its dead-letter queue is empty", "messages may be deleted and kept"):
        assert said in flat(done)
    assert aws.sqs.waiting(queue) == 1, "nothing was received"
    aws.sqs.send(dead, "poison")
    assert "messages in the dead-letter queue: 1" in flat(queue_doctor(queue))


def test_a_weak_queue(queue_doctor, aws):
    aws.cloudtrail.trail("main")
    text = flat(queue_doctor(aws.sqs.create("kw", VisibilityTimeout="10", MessageRetentionPeriod="3600")))
    assert "it has no dead-letter queue" in text
    assert "messages come back after 10 s" in text and "messages are lost after 1 h" in text


def test_a_queue_that_is_not_there_or_not_ours(queue_doctor, aws):
    queue = aws.sqs.create("kw")
    aws.sqs.queues.clear()
    gone = queue_doctor(queue)
    assert gone.rc == 1 and "it was deleted" in flat(gone) and f"({queue.arn})" in flat(gone)
    queue = aws.sqs.create("kw")
    aws.control(service="sqs", script=["forbidden"])
    done = queue_doctor(queue)
    assert done.rc == 1 and "missing grant: sqs:" in flat(done).lower()


def test_an_ill_set_up_reads_well(kw, tmp_path, aws):
    """Each line names the thing, and the advice is one for it."""
    aws.cloudtrail.trail("org", status={"IsLogging": False})
    config = {
        "agent": {"state": str(tmp_path / "nowhere" / "state")},
        "sources": {"org": {"type": "sqs", "queue_url": aws.sqs.create("kw").url}},
        "sinks": {"team": {"type": "sns", "topic_arn": "arn:aws:sns:eu-west-1:111122223333:missing-team"}},
    }
    path = tmp_path / "ill.yaml"
    path.write_text(json.dumps(config))
    done = kw.run(["doctor", "--config", path], env=aws.env())
    text = flat(done)
    assert done.rc == 1
    assert "state is not there, and neither is the folder that it would be made in" in text
    assert "start-logging --name arn:aws:cloudtrail:" in text
    assert "calls of Kendra are not recorded, in whatever region" in text
    assert "FAIL sink team sns answered 404 NotFound: Topic does not exist (arn:aws:sns:eu-west-1:111122223333:missing-team)" in text
    assert text.count("write under `lists:` what belongs into each of them") == 1
    unfit = flat(kw.run(["doctor", "--config", path], env={**aws.env(), "AWS_SECRET_ACCESS_KEY": "another"}))
    assert "the secret access key is not the one of this access key id" in unfit and "any more" not in unfit


def test_the_policy_of_a_queue(queue_doctor, aws):
    role = "arn:aws:iam::444455556666:role/kw-read"
    queue = aws.sqs.create("kw")
    policy = json.loads(queue_doctor(queue, "--iam").out)
    assert [s["Sid"] for s in policy["Statement"]] == ["ReadQueue", "ReadTrailFiles", "PublishAlerts"]
    assert policy["Statement"][0]["Resource"] == queue.arn
    assert policy["Statement"][1]["Resource"] == "arn:aws:s3:::trail-logs/*"
    both = json.loads(queue_doctor(queue, "--iam", role_arn=role).out)
    assert [s["Sid"] for s in both["agent"]["Statement"]] == ["PublishAlerts", "AssumeRoles"]
    assert [s["Sid"] for s in both[role]["Statement"]] == ["ReadQueue", "ReadTrailFiles"]
    checks = json.loads(queue_doctor(queue, "--iam", digest="on").out)
    assert "cloudtrail:ListPublicKeys" in [s["Action"] for s in checks["Statement"]]
    unnamed = queue_doctor(queue, "--iam", buckets=["*"])
    assert "LOG-BUCKET" in unnamed.out and "--bucket" in unnamed.err
    named = json.loads(queue_doctor(queue, "--iam", "--bucket", "a", "--bucket", "b", buckets=["*"]).out)
    assert named["Statement"][1]["Resource"] == ["arn:aws:s3:::a/*", "arn:aws:s3:::b/*"]
    assert aws.received() == []


# ---- a bucket and the event history


@pytest.fixture
def source_doctor(kw, tmp_path, aws):
    def run(**source):
        config = {"agent": {"state": str(tmp_path / "state")}, "sources": {"feed": source}, "sinks": {"o": {"type": "stdout"}}}
        path = tmp_path / "source.yaml"
        path.write_text(json.dumps(config))
        return kw.run(["doctor", "--config", path], env=aws.env())

    return run


def test_a_bucket_is_listed_and_read(source_doctor, aws):
    aws.cloudtrail.trail("main")
    made = aws.s3.create("trail-logs")
    bucket = {"type": "s3", "bucket": "trail-logs", "region": "eu-west-1"}
    assert "holds nothing below AWSLogs/" in flat(source_doctor(**bucket))
    aws.s3.put(made, "AWSLogs/111122223333/CloudTrail/eu-west-1/2026/11/24/x.json.gz", b"x" * 100)
    done = source_doctor(**bucket)
    assert done.rc == 0 and "trail-logs may be listed and read" in flat(done), done.out
    gone = source_doctor(type="s3", bucket="not-there", region="eu-west-1")
    assert gone.rc == 1 and "NoSuchBucket" in flat(gone)
    aws.control(service="s3", script=["ok", "forbidden"])
    denied = source_doctor(**bucket)
    assert denied.rc == 1 and "missing grant: s3:GetObject on arn:aws:s3:::trail-logs/AWSLogs" in flat(denied)


def test_the_event_history_is_asked(source_doctor, aws, make_event):
    aws.cloudtrail.trail("main")
    history = {"type": "lookup", "region": "eu-west-1"}
    assert "no event in the last 6 hours" in flat(source_doctor(**history))
    now = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() - 600))
    aws.cloudtrail.add(make_event("kendra:Query", at=now))
    done = source_doctor(**history)
    assert done.rc == 0 and "1 events in the last 6 hours" in flat(done), done.out
    aws.control(service="cloudtrail", script=["ok", "ok", "ok", "forbidden"])
    denied = source_doctor(**history)
    assert denied.rc == 1 and "missing grant: cloudtrail:LookupEvents" in flat(denied)

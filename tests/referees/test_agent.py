"""The agent itself between emulators that were not written here: a log file in one's bucket, its notice in another's
queue, the alert through a topic."""

import gzip
import json
import uuid

import pytest
from conftest import until
from referee import json_sqs, new_queue, put, quoted, subscribe
from scene import actors, gone
from trail import notification, sns

FOLDER = "AWSLogs/111122223333/CloudTrail/us-east-1/2026/03/02"


@pytest.fixture(params=["fauxqs", "local_aws_sqs"])
def queues(request):
    return request.getfixturevalue(request.param)


class Bench:
    def __init__(self, scene, queues, s3rver):
        self.scene, self.queues, self.s3rver = scene, queues, s3rver
        self.queue = new_queue(queues)
        self.bucket = f"trail-{uuid.uuid4().hex[:8]}"
        self.n = 0
        put(s3rver, f"/{self.bucket}")
        scene.rule("gone", "DeleteIndex")
        scene.environment |= {
            "AWS_ACCESS_KEY_ID": "S3RVER",
            "AWS_SECRET_ACCESS_KEY": "S3RVER",
            "AWS_ENDPOINT_URL_SQS": queues.url,
            "AWS_ENDPOINT_URL_S3": s3rver.url,
        }

    def configure(self, sinks=None, **options):
        source = {"type": "sqs", "queue_url": self.queue, "region": "us-east-1", "wait": "1s", "visibility": "20s"}
        agent = {"suppress_for": "0s", "log_level": "debug"}
        self.scene.configure(sources={"org": {**source, **options}}, sinks=sinks, agent=agent)

    def put(self, *events):
        """A log file; its key."""
        self.n += 1
        key = f"{FOLDER}/111122223333_CloudTrail_us-east-1_20260302T09{self.n % 60:02}Z_{self.n:016}.json.gz"
        body = gzip.compress(json.dumps({"Records": events}).encode())
        put(self.s3rver, f"/{self.bucket}/{quoted(key)}", body)
        return key

    def tell(self, body):
        json_sqs(self.queues, "SendMessage", QueueUrl=self.queue, MessageBody=json.dumps(body))

    def left(self):
        asked = {"QueueUrl": self.queue, "AttributeNames": ["All"]}
        found = json_sqs(self.queues, "GetQueueAttributes", **asked)["Attributes"]
        return sum(int(found[f"ApproximateNumberOfMessages{what}"]) for what in ("", "NotVisible"))


@pytest.fixture
def bench(scene, queues, s3rver):
    made = Bench(scene, queues, s3rver)
    made.configure()
    return made


def test_log_files_become_alerts(bench, make_event):
    who = [f"w{n}" for n in range(25)]
    for name in who:
        key = bench.put(gone(make_event, who=f"role/{name}"), make_event("kendra:Query"))
        message = {"Records": [notification(bench.bucket, key)]}
        bench.tell(sns(message) if len(name) > 2 else message)
    agent = bench.scene.start()
    bench.scene.until_delivered(len(who), timeout=60)
    until(lambda: bench.left() == 0, 30, "deleting every message")
    assert sorted(actors(bench.scene)) == sorted(who)
    assert agent.stop() == 0


def test_alerts_come_out_of_a_topic(scene, fauxqs, s3rver, make_event):
    bench, alerts = Bench(scene, fauxqs, s3rver), new_queue(fauxqs)
    topic = subscribe(fauxqs, f"alerts-{uuid.uuid4().hex[:8]}", alerts)
    scene.environment["AWS_ENDPOINT_URL_SNS"] = fauxqs.url
    bench.configure(sinks={"topic": {"type": "sns", "topic_arn": topic}})
    key = bench.put(gone(make_event, who="role/deploy"))
    bench.tell({"Records": [notification(bench.bucket, key)]})
    agent = scene.start()
    calls, got = fauxqs.calls(), []

    def arrived():
        got.extend(calls.read("sqs.receive", queue=alerts, wait=1)["messages"])
        return got

    until(arrived, 30, "the alert")
    envelope = json.loads(got[0]["body"])
    assert envelope["TopicArn"] == topic and "DeleteIndex" in envelope["Message"]
    assert agent.stop() == 0


def test_a_wrong_secret_is_named_and_loses_nothing(scene, fauxqs, s3rver, make_event):
    """s3rver refuses the signature; the message stays for when the secret is right."""
    bench = Bench(scene, fauxqs, s3rver)
    bench.configure(visibility="2s")
    key = bench.put(gone(make_event, who="role/deploy"))
    bench.tell({"Records": [notification(bench.bucket, key)]})
    agent = scene.start(env={"AWS_SECRET_ACCESS_KEY": "wrong"})
    agent.wait_for("SignatureDoesNotMatch", timeout=30)
    assert agent.stop() == 0 and bench.left() == 1
    agent = scene.start()
    scene.until_delivered(1, timeout=60)
    until(lambda: bench.left() == 0, 30, "deleting the message")
    assert agent.stop() == 0

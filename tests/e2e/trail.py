"""A trail in the emulated AWS: a bucket that log files come into, a queue that hears of them, an agent that reads it.

    trail = Trail(scene, aws)
    trail.put(event, event)            a log file of these events, and its notification
    agent = trail.start()
    trail.until_empty()                every message was deleted
"""

import gzip
import json
import uuid

import aws as aws_emulator
from conftest import until

BUCKET = "acme-trail"
KEYS = aws_emulator.TEMPORARY


class Trail:
    def __init__(self, scene, aws, form="s3", dead_letters=True, max_receives=3, region=None):
        self.scene, self.aws = scene, aws
        self.dead = aws.sqs.create("kw-dead") if dead_letters else None
        self.queue = aws.sqs.create("kw", dead_letters=self.dead, max_receives=max_receives)
        self.bucket = aws.s3.create(BUCKET, region)
        if form:
            aws.s3.notify(self.bucket, self.queue, form)
        self.n = 0
        scene.environment |= {
            "AWS_ACCESS_KEY_ID": KEYS.access_key,
            "AWS_SECRET_ACCESS_KEY": KEYS.secret,
            "AWS_SESSION_TOKEN": KEYS.token,
            "AWS_ENDPOINT_URL": aws.url,
        }

    def source(self, **options):
        return {"type": "sqs", "queue_url": self.queue.url, "wait": "1s", "visibility": "20s", **options}

    def configure(self, sinks=None, agent=None, **options):
        self.scene.configure(
            sources={"org": self.source(**options)}, sinks=sinks, agent={"suppress_for": "0s", **(agent or {})}
        )

    def key(self, name=None, kind="CloudTrail"):
        self.n += 1
        account, region = self.aws.account, self.aws.region
        name = name or f"{account}_{kind}_{region}_20260302T09{self.n % 60:02}Z_{self.n:016}.json.gz"
        return f"AWSLogs/{account}/{kind}/{region}/2026/03/02/{name}"

    def put(self, *events, key=None, bucket=None, data=None, **how):
        """One log file; returns its URI."""
        key = key or self.key()
        if data is None:
            data = gzip.compress(json.dumps({"Records": events}).encode(), 1, mtime=0)
        bucket = bucket or self.bucket
        self.aws.s3.put(bucket, key, data, **how)
        return f"s3://{bucket.name}/{key}"

    def send(self, body):
        return self.aws.sqs.send(self.queue, body if isinstance(body, str) else json.dumps(body))

    def start(self, *options, **keywords):
        return self.scene.start(*options, **keywords)

    def left(self):
        return self.aws.sqs.left(self.queue)

    def until_empty(self, timeout=20.0):
        until(lambda: self.left() == 0, timeout, "deleting every message")

    def actors(self):
        """Names of the roles that alerts are about, sorted."""
        alerts = [a for a in self.scene.delivered() if not a["rule"]["id"].startswith("kendrawatch.self.")]
        return sorted(a["actor"]["principal"].rpartition("/")[2] for a in alerts)

    def self_alerts(self):
        """Alerts of the agent about itself: {rule: [summary]}."""
        found = {}
        for alert in self.scene.delivered():
            if alert["rule"]["id"].startswith("kendrawatch.self."):
                found.setdefault(alert["rule"]["id"], []).append(alert["summary"])
        return found


def notification(bucket, key, size=100, etag="00000000000000000000000000000000", event="ObjectCreated:Put"):
    """One record of an S3 event notification."""
    return {
        "eventVersion": "2.1",
        "eventSource": "aws:s3",
        "eventName": event,
        "s3": {"bucket": {"name": bucket}, "object": {"key": key, "size": size, "eTag": etag}},
    }


def sns(body):
    return {
        "Type": "Notification",
        "MessageId": str(uuid.uuid4()),
        "TopicArn": "arn:aws:sns:eu-west-1:111122223333:trail",
        "Message": body if isinstance(body, str) else json.dumps(body),
    }

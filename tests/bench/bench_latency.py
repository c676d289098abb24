#!/usr/bin/python3
"""How long it takes from a message that can be received to its alert on the wire, on loopback.

    /usr/bin/python3 tests/bench/bench_latency.py [--events 1000] [--seconds 30]

Log files of a hundred events come through SQS and S3, so many events a second; one event of each file alerts, and a
webhook hears of it. Not part of `make bench`: emulator and receiver are Python, and share the cores with what is
measured. Needs build/release/kendrawatch.
"""

import argparse
import gzip
import json
import os
import pathlib
import subprocess
import sys
import tempfile
import threading
import time
import uuid

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "tests" / "emulator")]

import aws as aws_emulator  # noqa: E402
import receiver as webhook_receiver  # noqa: E402

EACH = 100  # events of a log file
RULE = """title: Asked by the benchmark
id: 00000000-0000-4000-8000-000000000001
status: test
level: high
logsource: {product: aws, service: cloudtrail}
detection:
  sel: {eventSource: kendra.amazonaws.com, eventName: DescribeIndex, userAgent: bench}
  condition: sel
"""


class TimedReceiver(webhook_receiver.Receiver):
    def __init__(self, **options):
        super().__init__(**options)
        self.arrived = {}  # eventID -> when its alert was here

    def answer(self, request):
        now = time.monotonic()
        reply = super().answer(request)
        event = json.loads(request.body).get("data", {}).get("event", {})
        self.arrived.setdefault(event.get("eventID"), now)
        return reply


def calm_events():
    command = [ROOT / "tests/data/generate.py", "--events", str(EACH - 1), "--form", "records", "--calm"]
    plain = subprocess.run([sys.executable, *command], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=True)
    return json.loads(plain.stdout)["Records"]


def configure(home, aws, queue, receiver):
    rules = pathlib.Path(home, "rules")
    rules.mkdir()
    (rules / "bench.yml").write_text(RULE)
    config = {
        "agent": {"state": f"{home}/state", "name": "bench", "suppress_for": "0s"},
        "rules": {"packs": ["kendra", "account", f"{rules}/"]},
        "sources": {"org": {"type": "sqs", "queue_url": queue.url}},
        "sinks": {"hook": {"type": "webhook", "url": f"{receiver.url}/hook", "secret": "env:KW_BENCH_SECRET"}},
        "routes": [{"to": ["hook"]}],
    }
    path = pathlib.Path(home, "kw.yaml")
    path.write_text(json.dumps(config))
    return path


def start(config, aws):
    env = {**os.environ, **aws.env(), "KW_BENCH_SECRET": webhook_receiver.SECRET}
    agent = subprocess.Popen(
        [ROOT / "build/release/kendrawatch", "run", "--config", config], env=env, stderr=subprocess.PIPE, text=True
    )
    for line in agent.stderr:
        if " ready active=" in line:
            break
    threading.Thread(target=agent.stderr.read, daemon=True).start()
    return agent


def log_file(calm):
    """(gzip, eventID of the one that alerts)"""
    hit = {**calm[0], "eventSource": "kendra.amazonaws.com", "eventName": "DescribeIndex", "userAgent": "bench"}
    hit["eventID"] = str(uuid.uuid4())
    records = [{**event, "eventID": str(uuid.uuid4())} for event in calm] + [hit]
    return gzip.compress(json.dumps({"Records": records}).encode(), 6), hit["eventID"]


def put_in_time(aws, bucket, files, rate):
    """When each event's message could be received."""
    begun, sent = time.monotonic(), {}
    for i, (body, event) in enumerate(files):
        time.sleep(max(0.0, begun + i * EACH / rate - time.monotonic()))
        key = f"AWSLogs/111122223333/CloudTrail/eu-west-1/2026/03/02/{i:06}.json.gz"
        sent[event] = time.monotonic()
        aws.s3.put(bucket, key, body)
    return sent


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--events", type=int, default=1000, help="a second")
    parser.add_argument("--seconds", type=int, default=30)
    options = parser.parse_args()
    calm = calm_events()
    files = [log_file(calm) for _ in range(options.events * options.seconds // EACH)]
    with tempfile.TemporaryDirectory() as home, aws_emulator.Aws() as aws, TimedReceiver() as receiver:
        queue, bucket = aws.sqs.create("kw"), aws.s3.create("acme-trail")
        aws.s3.notify(bucket, queue)
        agent = start(configure(home, aws, queue, receiver), aws)
        sent = put_in_time(aws, bucket, files, options.events)
        end = time.monotonic() + 30
        while not sent.keys() <= receiver.arrived.keys() and time.monotonic() < end:
            time.sleep(0.05)
        agent.terminate()
        agent.wait()
    took = sorted(1000 * (receiver.arrived[event] - sent[event]) for event in sent if event in receiver.arrived)
    if len(took) < len(sent):
        sys.exit(f"{len(sent) - len(took)} of {len(sent)} alerts did not arrive")
    share = {p: took[min(len(took) - 1, len(took) * p // 100)] for p in (50, 90, 99)}
    print(
        f"{options.events} events/s for {options.seconds} s, {len(took)} alerts: from message to wire "
        f"p50 {share[50]:.0f} ms, p90 {share[90]:.0f} ms, p99 {share[99]:.0f} ms, longest {took[-1]:.0f} ms"
    )


if __name__ == "__main__":
    main()

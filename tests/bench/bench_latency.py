#!/usr/bin/python3
"""How long from a message in the queue to its alert on the wire, at a steady rate, and where that time goes.

    /usr/bin/python3 tests/bench/bench_latency.py [--rate 1000] [--events 100] [--seconds 20] [--inline]

Log files of --events events each are put into the emulator's S3 so that --rate events a second come; one event in each
makes an alert, which goes to a webhook. --inline sends each event as a message of EventBridge instead, one in ten
makes an alert. The emulator is Python and shares the cores with the agent, so its own share is shown: what it needs is
not the agent's. Needs build/release/kendrawatch.
"""

import argparse
import gzip
import json
import os
import pathlib
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "tests" / "emulator")]

import aws as aws_emulator  # noqa: E402

TARGET_MS = 250
CONFIG = """
agent: {{state: {home}/state, name: bench}}
rules: {{packs: [kendra, account, {home}/marked.yml]}}
sources: {{org: {{type: sqs, queue_url: '{url}'}}}}
sinks: {{chat: {{type: webhook, url: 'http://127.0.0.1:{port}/'}}}}
"""
RULE = """
title: Marked
id: 6f0d3a52-0c43-4d0e-9d7a-1f6c1d5f3a01
status: stable
description: One event of a log file.
level: critical
logsource: {product: aws, service: cloudtrail}
detection: {sel: {eventName: BenchMarked}, condition: sel}
"""


class Wire(BaseHTTPRequestHandler):
    """The webhook's other end: when an alert's bytes were there."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    arrived = {}

    def log_message(self, *args):
        pass

    def do_POST(self):
        body, now = self.rfile.read(int(self.headers["Content-Length"])), time.monotonic()
        mark = body.partition(b'"arn":"arn:aws:iam::111122223333:user/mark-')[2].partition(b'"')[0].decode()
        self.arrived.setdefault(mark, now)
        self.send_response(204)
        self.end_headers()


class Files:
    """Log files in a bucket, told to the queue; when the agent asked for each and when the emulator had answered."""

    def __init__(self, aws, queue, events, calm):
        self.aws, self.bucket, self.events = aws, aws.s3.create("acme-trail"), events
        self.asked, self.answered = {}, {}
        aws.s3.notify(self.bucket, queue)
        self.records = [json.loads(line) for line in calm]
        plain_answer = aws.answer

        def answer(request):
            begun = time.monotonic()
            reply = plain_answer(request)
            mark = request.target.partition(".json.gz")[0].rpartition("/")[2]
            if request.method == "GET" and mark.isdigit():
                self.asked.setdefault(mark, begun)
                self.answered.setdefault(mark, time.monotonic())
            return reply

        aws.answer = answer

    def make(self, number):
        """The bytes of one log file; its middle event carries the mark."""
        records = []
        for i in range(self.events):
            record = dict(self.records[(number * self.events + i) % len(self.records)])
            record["eventID"] = f"{number:08x}-0000-4000-8000-{i:012x}"
            records.append(record)
        records[self.events // 2] |= marked(f"{number:06}")
        return gzip.compress(json.dumps({"Records": records}).encode(), 1)

    def send(self, number, body):
        self.aws.s3.put(self.bucket, f"AWSLogs/111122223333/CloudTrail/eu-west-1/2026/03/02/{number:06}.json.gz", body)

    def stages(self, sent, arrived, mark):
        return [
            ("queue to the agent's request for the file", self.asked[mark] - sent[mark]),
            ("the emulator's answer to it", self.answered[mark] - self.asked[mark]),
            ("read, judge, commit, send", arrived[mark] - self.answered[mark]),
        ]


class Inline:
    """Every event is a message, as EventBridge sends them; one in ten is marked."""

    def __init__(self, aws, queue, events, calm):
        self.aws, self.queue, self.records = aws, queue, [json.loads(line) for line in calm]

    def make(self, number):
        record = dict(self.records[number % len(self.records)])
        record["eventID"] = f"{number:08x}-0000-4000-8000-000000000000"
        if number % 10 == 0:
            record |= marked(f"{number:06}")
        return json.dumps({"version": "0", "id": record["eventID"], "detail-type": "AWS API Call via CloudTrail",
                           "source": "aws.iam", "account": "111122223333", "time": record["eventTime"], "region": "eu-west-1",
                           "resources": [], "detail": record})  # fmt: skip

    def send(self, number, body):
        self.aws.sqs.send(self.queue, body)

    def stages(self, sent, arrived, mark):
        return [("all of it", arrived[mark] - sent[mark])]


def marked(mark):
    """Another actor each time, so that nothing folds, and news: what is old goes out with a summary only."""
    return {
        "eventTime": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
        "eventName": "BenchMarked",
        "userIdentity": {"type": "IAMUser", "principalId": f"AIDA{mark}", "arn": f"arn:aws:iam::111122223333:user/mark-{mark}",
                         "accountId": "111122223333", "userName": f"mark-{mark}"},
    }  # fmt: skip


def cpu_s(pid):
    return int(pathlib.Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[11]) / os.sysconf("SC_CLK_TCK")


def drive(load, count, interval_s):
    """Sends at a steady rate; when each was about to be visible, and how late the driver itself was at most."""
    sent, late, begun = {}, 0, time.monotonic()
    bodies = [load.make(number) for number in range(min(count, 2000))]
    begun = time.monotonic()
    for number in range(count):
        due = begun + number * interval_s
        time.sleep(max(0, due - time.monotonic()))
        body = bodies[number] if number < len(bodies) else load.make(number)
        sent[f"{number:06}"] = time.monotonic()
        load.send(number, body)
        late = max(late, time.monotonic() - due)
    return sent, late


def show(name, seconds):
    ordered = sorted(seconds)
    p99 = ordered[min(len(ordered) - 1, int(len(ordered) * 0.99))]
    print(f"{name:44} p50 {statistics.median(ordered) * 1e3:6.1f} ms   p99 {p99 * 1e3:6.1f} ms   max {ordered[-1] * 1e3:6.1f} ms")
    return p99 * 1e3


def measure(options, aws, home, wire):
    queue = aws.sqs.create("kw")
    calm = subprocess.run([sys.executable, ROOT / "tests/data/generate.py", "--events", "2000", "--calm"],
                          stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=True).stdout.splitlines()  # fmt: skip
    load = (Inline if options.inline else Files)(aws, queue, options.events, calm)
    size = 1 if options.inline else options.events
    pathlib.Path(home, "marked.yml").write_text(RULE)
    config = pathlib.Path(home, "kw.yaml")
    config.write_text(CONFIG.format(home=home, url=queue.url, port=wire.server_address[1]))
    agent = subprocess.Popen([ROOT / "build/release/kendrawatch", "run", "--config", config], env={**os.environ, **aws.env()},
                             stderr=open(pathlib.Path(home, "log"), "w+", encoding="utf-8"))  # fmt: skip
    try:
        while " ready active=" not in pathlib.Path(home, "log").read_text():
            time.sleep(0.02)
        before, ours = cpu_s(agent.pid), time.process_time()
        sent, late = drive(load, options.rate * options.seconds // size, size / options.rate)
        wanted = [mark for mark in sent if not options.inline or int(mark) % 10 == 0]
        end = time.monotonic() + 30
        while len(Wire.arrived) < len(wanted) and time.monotonic() < end:
            time.sleep(0.05)
        spent, ours = cpu_s(agent.pid) - before, time.process_time() - ours
    finally:
        agent.terminate()
        agent.wait()
    missing = [mark for mark in wanted if mark not in Wire.arrived]
    if missing:
        sys.exit(f"{len(missing)} of {len(wanted)} alerts never came\n" + pathlib.Path(home, "log").read_text()[-2000:])
    print(f"{len(sent)} messages, {len(sent) * size} events at {options.rate}/s, {len(wanted)} alerts; agent {spent:.1f} s user CPU, "
          f"emulator and driver {ours:.1f} s, which sent at most {late * 1e3:.0f} ms late")  # fmt: skip
    stages = [load.stages(sent, Wire.arrived, mark) for mark in wanted]
    for i, (name, _) in enumerate(stages[0]):
        show(f"  {name}", [stage[i][1] for stage in stages])
    p99 = show("visible in the queue to alert on the wire", [Wire.arrived[mark] - sent[mark] for mark in wanted])
    print(f"target: p99 ≤ {TARGET_MS} ms {'✓' if p99 <= TARGET_MS else '✗'}")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rate", type=int, default=1000, help="events a second")
    parser.add_argument("--events", type=int, default=100, help="of each log file")
    parser.add_argument("--seconds", type=int, default=20)
    parser.add_argument("--inline", action="store_true", help="one event a message, without S3")
    options = parser.parse_args()
    wire = ThreadingHTTPServer(("127.0.0.1", 0), Wire)
    wire.daemon_threads = True
    threading.Thread(target=wire.serve_forever, daemon=True).start()
    with tempfile.TemporaryDirectory() as home, aws_emulator.Aws() as aws:
        measure(options, aws, home, wire)


if __name__ == "__main__":
    main()

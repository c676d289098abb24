#!/usr/bin/python3
"""How fast one worker keeps up with log files that come through SQS and S3, on loopback, and in how much memory.

    /usr/bin/python3 tests/bench/bench_queue.py [--objects 200] [--events 5000]

Not part of `make bench`: the emulator is Python and shares the cores with what is measured, so the rate of the agent is
given by its CPU time as well. Needs build/release/kendrawatch.
"""

import argparse
import gzip
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "tests" / "emulator")]

import aws as aws_emulator  # noqa: E402

TARGET_MB_S, TARGET_MIB = 100, 256
CONFIG = """
agent: {{state: {home}/state, name: bench, workers: 1}}
rules: {{packs: [kendra, account]}}
sources: {{org: {{type: sqs, queue_url: '{url}', wait: 1s}}}}
sinks: {{kept: {{type: file, path: {home}/out.ndjson}}}}
"""


def make_objects(events):
    """One log file of so many healthy events: (gzip, inflated size)."""
    command = [ROOT / "tests/data/generate.py", "--events", str(events), "--form", "records", "--calm"]
    plain = subprocess.run([sys.executable, *command], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=True)
    return gzip.compress(plain.stdout, 6), len(plain.stdout)


def memory_and_cpu(pid):
    status = pathlib.Path(f"/proc/{pid}/status").read_text()
    stat = pathlib.Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    peak = int(re.search(r"VmHWM:\s+(\d+)", status).group(1)) / 1024
    return peak, (int(stat[11]) + int(stat[12])) / os.sysconf("SC_CLK_TCK")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--objects", type=int, default=200)
    parser.add_argument("--events", type=int, default=5000, help="of each object")
    options = parser.parse_args()
    body, inflated = make_objects(options.events)
    keys = aws_emulator.PERMANENT
    with tempfile.TemporaryDirectory() as home, aws_emulator.Aws() as aws:
        queue, bucket = aws.sqs.create("kw"), aws.s3.create("acme-trail")
        aws.s3.notify(bucket, queue)
        for i in range(options.objects):
            aws.s3.put(bucket, f"AWSLogs/111122223333/CloudTrail/eu-west-1/2026/03/02/{i:05}.json.gz", body)
        config = pathlib.Path(home, "kw.yaml")
        config.write_text(CONFIG.format(home=home, url=queue.url))
        env = {**os.environ, "AWS_ACCESS_KEY_ID": keys.access_key, "AWS_SECRET_ACCESS_KEY": keys.secret,
               "AWS_ENDPOINT_URL": aws.url}  # fmt: skip
        agent = subprocess.Popen(
            [ROOT / "build/release/kendrawatch", "run", "--config", config], env=env, stderr=subprocess.PIPE, text=True
        )
        for line in agent.stderr:
            if " ready active=" in line:
                break
        begun, (_, cpu_begun) = time.monotonic(), memory_and_cpu(agent.pid)
        while aws.sqs.left(queue):
            time.sleep(0.05)
        wall, (peak, cpu) = time.monotonic() - begun, memory_and_cpu(agent.pid)
        agent.terminate()
        agent.communicate()
    megabytes = options.objects * inflated / 1e6
    print(
        f"{options.objects} objects, {megabytes:.0f} MB inflated ({options.objects * len(body) / 1e6:.0f} MB gzip): "
        f"{megabytes / wall:.0f} MB/s by the clock, {megabytes / (cpu - cpu_begun):.0f} MB/s of the agent's CPU time, "
        f"peak RSS {peak:.0f} MiB; target ≥ {TARGET_MB_S} MB/s {'✓' if megabytes / wall >= TARGET_MB_S else '✗'}, "
        f"≤ {TARGET_MIB} MiB {'✓' if peak <= TARGET_MIB else '✗'}"
    )


if __name__ == "__main__":
    main()

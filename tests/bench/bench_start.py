#!/usr/bin/python3
"""How long the agent takes from its start until it tells the service manager that it is ready.

    /usr/bin/python3 tests/bench/bench_start.py [--rounds 30]

The configuration is an ordinary one: the shipped packs, a queue, a webhook, a fresh state folder each round. Nothing is
sent: nobody listens at the addresses. Needs build/release/kendrawatch.
"""

import argparse
import os
import pathlib
import socket
import statistics
import subprocess
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
BINARY = ROOT / "build/release/kendrawatch"
TARGET_MS = 50
CONFIG = """
agent: {{state: {home}/state, name: bench}}
sources: {{org: {{type: sqs, queue_url: 'https://sqs.eu-west-1.amazonaws.com/111122223333/trail'}}}}
sinks: {{chat: {{type: webhook, url: 'http://127.0.0.1:9/'}}}}
"""
ENVIRONMENT = {
    "PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8", "AWS_ACCESS_KEY_ID": "AKIDEXAMPLE", "AWS_SECRET_ACCESS_KEY": "none",
    "AWS_ENDPOINT_URL": "http://127.0.0.1:9",
}  # fmt: skip


def cpu_ms(pid):
    fields = pathlib.Path(f"/proc/{pid}/schedstat").read_text().split()
    return int(fields[0]) / 1e6


def start(home, manager):
    """One start in a fresh home: milliseconds by the clock and of the main thread's CPU time."""
    config = pathlib.Path(home, "kw.yaml")
    config.write_text(CONFIG.format(home=home))
    begun = time.monotonic()
    agent = subprocess.Popen([BINARY, "run", "--config", config], stderr=subprocess.DEVNULL,
                             env={**ENVIRONMENT, "NOTIFY_SOCKET": manager.getsockname()})  # fmt: skip
    while not manager.recv(4096).startswith(b"READY=1"):
        pass
    figures = (time.monotonic() - begun) * 1e3, cpu_ms(agent.pid)
    agent.kill()
    agent.wait()
    return figures


def nothing():
    """A process that does nothing: what exec, the libraries and their beginning cost."""
    begun = time.monotonic()
    subprocess.run([BINARY, "--version"], stdout=subprocess.DEVNULL, env=ENVIRONMENT, check=True)
    return (time.monotonic() - begun) * 1e3


def measure(rounds):
    """Medians: from the start to READY=1 by the clock, the main thread's CPU time in it, and of `--version`."""
    wall, cpu, version = [], [], []
    for _ in range(rounds):
        with tempfile.TemporaryDirectory() as home, socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as manager:
            manager.settimeout(20)
            manager.bind(f"{home}/notify")
            ready = start(home, manager)
        wall.append(ready[0])
        cpu.append(ready[1])
        version.append(nothing())
    return statistics.median(wall), statistics.median(cpu), statistics.median(version), min(wall)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=30)
    wall, cpu, version, least = measure(parser.parse_args().rounds)
    print(f"start to ready: median {wall:.0f} ms, least {least:.0f} ms, of it {cpu:.0f} ms CPU; --version {version:.0f} ms; "
          f"target ≤ {TARGET_MS} ms {'✓' if wall <= TARGET_MS else '✗'}")  # fmt: skip


if __name__ == "__main__":
    main()

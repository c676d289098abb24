#!/usr/bin/python3
"""`make demo`: one day at Acme, watched by the real agent. Ends by itself, leaves nothing behind.

Everything that is shown happens: a day of CloudTrail is written file by file into the folder that the agent watches; a
receiver of our own takes its signed posts, and first answers 500; the agent is killed with kill -9 and started again;
the receiver counts. Only the day is in fast motion.
"""

import contextlib
import datetime
import gzip
import json
import os
import pathlib
import resource
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
KENDRAWATCH = os.environ.get("KW_BIN", str(ROOT / "build" / "release" / "kendrawatch"))
sys.path.insert(0, str(ROOT / "tests" / "emulator"))
from receiver import SECRET, Receiver  # noqa: E402

SECONDS_OF_DAY = float(os.environ.get("KW_DEMO_DAY_S", "7"))  # the test of the demo is in a hurry
BUDGET_S = 60.0  # a hung demo gives up and says so
TERMINAL = sys.stdout.isatty()

CONFIG = """
agent: {{name: acme, state: {home}/state, log_level: warn}}
names:
  accounts: {{'111122223333': prod, '444455556666': log-archive}}
  indexes: {{{hr}: hr-policies, {legal}: legal}}
lists:
  known_networks: {{type: cidr, values: [198.51.100.0/24]}}
  ingest_principals:
    type: principal
    by: kw.index
    values: {{hr-policies: [role/ingest-hr], legal: [role/ingest-legal]}}
sources:
  trail: {{type: directory, path: {home}/trail}}
sinks:
  oncall: {{type: webhook, url: '{url}', secret: 'env:KW_WEBHOOK_SECRET'}}
"""


def say(text=""):
    print(text, flush=True)


def bold(text):
    return f"\033[1m{text}\033[0m" if TERMINAL and "NO_COLOR" not in os.environ else text


def make_day(home):
    """The day's files, in the order in which CloudTrail delivered them, and what is in them."""
    subprocess.run(
        [sys.executable, str(ROOT / "tests/data/generate.py"), "--scenario", "acme", "--end", "now", "--form", "tree"]
        + ["--out", str(home / "day"), "--list-expected", str(home / "expected.json")],
        check=True,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    files = sorted((home / "day").rglob("*.json.gz"), key=lambda path: path.name.split("_")[3])
    return files, json.loads((home / "expected.json").read_text())


class Agent:
    """kendrawatch run, and what it used."""

    def __init__(self, home):
        self.home = home
        self.cpu_s = 0.0
        self.rss_mib = 0.0
        self.process = None

    def start(self):
        env = dict(os.environ, KW_WEBHOOK_SECRET=SECRET)
        self.process = subprocess.Popen(
            [KENDRAWATCH, "run", "--config", str(self.home / "kendrawatch.yaml")],
            env=env,
            stdin=subprocess.DEVNULL,
            stderr=open(self.home / "agent.log", "ab"),
        )

    def end(self, how):
        self.process.send_signal(how)
        _, _, usage = os.wait4(self.process.pid, 0)
        self.process.returncode = 0
        self.cpu_s += usage.ru_utime + usage.ru_stime
        self.rss_mib = max(self.rss_mib, usage.ru_maxrss / 1024)

    def ask(self, *words):
        return subprocess.run(
            [KENDRAWATCH, *words, "--config", str(self.home / "kendrawatch.yaml")],
            check=True,
            capture_output=True,
            text=True,
        ).stdout

    def alerts(self):
        return [json.loads(line) for line in self.ask("alerts", "list", "--since", "2d", "--output", "ndjson").splitlines()]

    def waiting(self):
        return self.ask("outbox", "list", "--output", "ndjson").splitlines()

    def _ledger(self, question):
        try:
            with contextlib.closing(sqlite3.connect(f"file:{self.home}/state/state.db?mode=ro", uri=True)) as db:
                return db.execute(question).fetchone()[0]
        except sqlite3.OperationalError:  # it has not made its state yet
            return 0

    def files_read(self):
        return self._ledger("SELECT count(*) FROM object WHERE done")

    def events_read(self):
        """What is durable, by the agent's own ledger."""
        return self._ledger("SELECT coalesce(sum(records), 0) FROM object")

    def folded(self):
        return self._ledger("SELECT coalesce(sum(folded), 0) FROM alert")


class Pager(threading.Thread):
    """Prints what the receiver takes, as it comes."""

    def __init__(self, receiver):
        super().__init__(daemon=True)
        self.receiver = receiver
        self.shown = 0
        self.done = threading.Event()

    def run(self):
        while not self.done.is_set():
            self.show()
            time.sleep(0.03)

    def show(self):
        entries = self.receiver.received()
        for entry in entries[self.shown :]:
            alert = json.loads(entry["body"])["data"]
            if not entry["kept"]:
                clock_line_away()
                say(f"  {'':8} receiver answers {entry['status']}: kept in the outbox, tried again")
            elif not entry["duplicate"]:
                clock_line_away()
                say(f"  {bold(alert['rule']['level'].upper()):8} {alert['summary']}")
            self.shown += 1


def clock_line_away():
    if TERMINAL:
        print("\r\033[K", end="", flush=True)


def clock_line(when, n_events, n_pages, last):
    text = f"  {when:%a %H:%M}  {n_events:6} events read" + (", quiet" if not n_pages else f", {n_pages} pages")
    if TERMINAL:
        print(f"\r\033[K{text}", end="", flush=True)
    elif last:
        say(text)


def wait_for(what, condition, deadline):
    while not condition():
        if time.monotonic() > deadline:
            raise SystemExit(f"demo: gave up waiting: {what}")
        time.sleep(0.03)


def deliver_day(home, files, expected, agent, receiver):
    """Moves the day's files into the watched folder, as fast motion; returns the index of the first one not delivered."""
    end = datetime.datetime.fromisoformat(expected["end"].replace("Z", "+00:00"))
    begin = end - datetime.timedelta(hours=24)
    incident = datetime.timedelta(minutes=25)
    shown = None
    started = time.monotonic()
    for index, path in enumerate(files):
        stamp = datetime.datetime.strptime(path.name.split("_")[3], "%Y%m%dT%H%MZ").replace(tzinfo=datetime.timezone.utc)
        share = max(0.0, (stamp - begin) / (end - begin))
        time.sleep(max(0.0, started + share * SECONDS_OF_DAY - time.monotonic()))
        if end - stamp < incident:
            return index
        target = home / "trail" / path.relative_to(home / "day")
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.move(path, target)
        quarter = stamp.hour // 6
        clock_line(stamp, agent.events_read(), len(receiver.ids()), quarter != shown)
        shown = quarter
    return len(files)


def root_by_aws(home, expected):
    """One event of AWS itself using root: the rule's answer to it, and to the same one without `invokedBy`."""
    wanted = set(expected["events"]["root_by_aws"])
    for path in sorted((home / "trail").rglob("*.json.gz")):
        for record in json.loads(gzip.open(path).read())["Records"]:
            if record["eventID"] in wanted:
                return record
    raise SystemExit("demo: the day holds no root event of AWS's own")


def root_alerts(record):
    scan = subprocess.run(
        [KENDRAWATCH, "scan", "--output", "ndjson", "-"], input=json.dumps(record), capture_output=True, text=True, check=True
    )
    return [json.loads(line)["rule"]["title"] for line in scan.stdout.splitlines()]


def main():
    deadline = time.monotonic() + BUDGET_S
    home = pathlib.Path(tempfile.mkdtemp(prefix="kendrawatch-demo-"))
    agent = Agent(home)
    try:
        show(home, agent, deadline)
    except BaseException:
        log = home / "agent.log"
        say(log.read_text()[-2000:] if log.exists() else "")
        raise
    finally:
        if agent.process and agent.process.poll() is None and agent.process.returncode is None:
            agent.end(signal.SIGKILL)
        shutil.rmtree(home, ignore_errors=True)


def show(home, agent, deadline):
    files, expected = make_day(home)
    (home / "trail").mkdir()
    with Receiver(fail_ratio=0.0, seed=1) as receiver:
        config = CONFIG.format(
            home=home, hr=expected["indexes"]["hr-policies"], legal=expected["indexes"]["legal"], url=receiver.url + "/oncall"
        )
        (home / "kendrawatch.yaml").write_text(config)
        n_events = count_events(files)
        say(bold(f"One day at Acme: {n_events:,} events, {len(expected['accounts'])} accounts, an incident inside."))
        say()
        agent.start()
        pager = Pager(receiver)
        pager.start()

        first_left = deliver_day(home, files, expected, agent, receiver)
        # The incident arrives while the receiver is in trouble, and the agent dies in the middle of it.
        receiver.control(script=["500", "500", "500"])
        for path in files[first_left:]:
            target = home / "trail" / path.relative_to(home / "day")
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.move(path, target)
        wait_for("the first post", lambda: receiver.received(), deadline)
        agent.end(signal.SIGKILL)
        clock_line_away()
        pager.show()
        say(f"  {'':8} {bold('kill -9')} and started again")
        agent.start()
        wait_for("all files read", lambda: agent.files_read() == len(files), deadline)
        wait_for("all alerts delivered", lambda: not agent.waiting(), deadline)
        pager.done.set()
        pager.join()
        pager.show()
        report(home, agent, receiver, expected)
        agent.end(signal.SIGTERM)
        say(f"  {n_events:,} events, {agent.cpu_s:.1f} s of CPU, {agent.rss_mib:.0f} MiB of memory at most.")
        say()
        say("Try next:")
        say("  build/release/kendrawatch scan YOUR-TRAIL.json.gz     any CloudTrail file, folder, or - for standard input")
        say("  build/release/kendrawatch test rules/packs            every rule's own tests")
        say("  build/release/kendrawatch --help                      the rest")


def count_events(files):
    return sum(gzip.open(path).read().count(b'"eventVersion":') for path in files)


def report(home, agent, receiver, expected):
    alerts = agent.alerts()
    summary = receiver.summary()
    ids = {alert["id"] for alert in alerts}
    lost, strange = ids - receiver.ids(), receiver.ids() - ids
    if lost or strange or summary["conflicts"] or summary["refused"]:
        raise SystemExit(f"demo: lost {lost}, unknown {strange}, receiver says {summary}")
    folded = agent.folded()
    say()
    say(
        f"  {len(ids)} sent, {summary['distinct']} received, {len(lost)} lost, {len(summary['conflicts'])} doubled"
        f" (the receiver counts; {summary['requests']} posts, each one's signature checked);"
    )
    say(f"  {folded} repeats were folded into them instead of posted:")
    for line in agent.ask("alerts", "list", "--since", "2d", "--output", "text").splitlines():
        if "folded" in line:
            say("    " + line.split(None, 3)[3])
    say()
    deleted = next(alert for alert in alerts if alert["event"]["eventName"] == "DeleteIndex")
    say(bold("The page:"))
    page = agent.ask("alerts", "show", deleted["id"], "--output", "text")
    say("\n".join("  " + line for line in page.rstrip().splitlines()))
    say()
    why_not(home, expected, ids)


def why_not(home, expected, ids):
    record = root_by_aws(home, expected)
    with_it = root_alerts(record)
    invoked_by = record["userIdentity"].pop("invokedBy")
    without_it = root_alerts(record)
    if with_it or not without_it:
        raise SystemExit(f"demo: root by AWS itself gave {with_it}, without invokedBy {without_it}")
    say(f"  Why not: root was used {len(expected['events']['root_by_aws'])} times by AWS itself ({record['eventName']}): no page,")
    say(f"  because userIdentity.invokedBy is {invoked_by}. Without it: \"{without_it[0]}\".")
    say()


if __name__ == "__main__":
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    main()

"""One agent in a scratch folder: its configuration, rules, input and state, and what it says about them.

    scene.rule("gone", "DeleteIndex")          a rule file in scene.rules, which is the only pack
    scene.configure(sinks={…}, routes=[…])     directory scene.inbox -> file scene.out, unless told otherwise
    agent = scene.start()                      waits for "ready"
    scene.put("a.ndjson", event, event)        appears in the inbox whole
    scene.until_delivered(2)                   what the file sink got
"""

import gzip
import json
import os
import pathlib
import re
import signal
import sqlite3

import receiver as webhook_receiver
from conftest import until

WEBHOOK_SECRET = webhook_receiver.SECRET


def ndjson(events):
    return "".join(json.dumps(event) + "\n" for event in events).encode()


def gone(make_event, i=0, who="role/deploy", minute=0, **keywords):
    return make_event("kendra:DeleteIndex", as_=who, at=f"2026-03-02T09:{minute:02d}:{i % 60:02d}Z", **keywords)


def actors(scene):
    return [a["actor"]["principal"].rpartition("/")[2] for a in scene.delivered()]


class Scene:
    def __init__(self, kw, folder):
        self.kw = kw
        self.folder = pathlib.Path(folder)
        self.rules = self.folder / "rules"
        self.inbox = self.folder / "in"
        self.staging = self.folder / "staging"
        self.state = self.folder / "state"
        self.out = self.folder / "out.ndjson"
        self.config = self.folder / "kendrawatch.yaml"
        for folder_ in (self.rules, self.inbox, self.staging):
            folder_.mkdir()
        self.said = []  # texts of every run command and agent, for the search for secrets
        self.agents = []
        self.environment = {}

    # ---- before

    def rule(self, name, event_name, level="high", extra="", file=None):
        """A rule that matches one Kendra operation; its id follows from its name."""
        digits = f"{sum(ord(c) * 31**i for i, c in enumerate(name)) % 10**12:012d}"
        path = self.rules / (file or f"{name}.yml")
        path.write_text(
            f"title: Rule {name}\nid: 00000000-0000-4000-8000-{digits}\nname: {name}\nstatus: test\nlevel: {level}\n"
            "logsource: {product: aws, service: cloudtrail}\n"
            f"detection:\n  sel: {{eventSource: kendra.amazonaws.com, eventName: {event_name}}}\n  condition: sel\n"
            f"kendrawatch:\n  summary: '{{kw.actor}} called {{eventName}}'\n{extra}"
        )
        return path

    def configure(self, sources=None, sinks=None, agent=None, **sections):
        """Written as JSON, which is YAML. `routes=[]` leaves routes away."""
        config = {
            "agent": {"state": str(self.state), "name": "e2e", **(agent or {})},
            "rules": {"packs": [f"{self.rules}/"]},
            "sources": {"trails": {"type": "directory", "path": str(self.inbox)}} if sources is None else sources,
            "sinks": {"kept": {"type": "file", "path": str(self.out)}} if sinks is None else sinks,
            **sections,
        }
        # The events of the tests are old, and without routes old events are summed up instead of sent.
        if config["sinks"] and "routes" not in config:
            config["routes"] = [{"to": sorted(config["sinks"])}]
        if not config.get("routes"):
            config.pop("routes", None)
        self.config.write_text(json.dumps(config, indent=1))
        return self.config

    def webhook(self, receiver, path="/hook", **options):
        """Options of a signed webhook sink; its secret goes through the environment."""
        self.environment["KW_TEST_WEBHOOK_SECRET"] = WEBHOOK_SECRET
        return {"type": "webhook", "url": receiver.url + path, "secret": "env:KW_TEST_WEBHOOK_SECRET", **options}

    # ---- the agent

    def start(self, *options, env=None, ready=True, **keywords):
        agent = self.kw.start(
            ["run", "--config", self.config, *options], env={**self.environment, **(env or {})}, **keywords
        )
        self.agents.append(agent)
        if ready:
            agent.wait_for(r" ready active=")
        return agent

    def run(self, *args, **keywords):
        keywords["env"] = {**self.environment, **keywords.get("env", {})}
        result = self.kw.run(args, **keywords)
        self.said += [result.out, result.err]
        return result

    def once(self, env=None, timeout=30.0):
        """Starts, lets it take everything that is in the inbox and deliver it, and stops it."""
        agent = self.start(env=env)
        self.until_idle(timeout)
        assert agent.stop() == 0, agent.err
        return agent

    def once_more(self, path):
        """The same bytes under another time stamp: an agent reads them again, and stops."""
        os.utime(path, (1, 1))
        agent = self.start()
        read = "SELECT 1 FROM object WHERE object=? AND identity LIKE '%:1000000000' AND done"
        until(lambda: self.query(read, str(path)), what=f"reading {path.name} again")
        self.until_idle()
        assert agent.stop() == 0, agent.err
        return agent

    # ---- input

    def put(self, name, *events, data=None, folder=None):
        """Appears under its name whole, as from a copy and a rename."""
        data = ndjson(events) if data is None else data
        if name.endswith(".gz"):
            data = gzip.compress(data, 1)
        path = (folder or self.inbox) / name
        path.parent.mkdir(parents=True, exist_ok=True)
        staged = self.staging / name.replace("/", "_")
        staged.write_bytes(data)
        staged.rename(path)
        return path

    # ---- what came of it

    def delivered(self):
        """Alerts of the file sink; each line must be whole, whenever one looks."""
        if not self.out.exists():
            return []
        lines = self.out.read_bytes().split(b"\n")
        return [json.loads(line) for line in lines[:-1]]

    def until_delivered(self, n, timeout=10.0):
        until(lambda: len(self.delivered()) >= n, timeout, f"{n} alerts in {self.out.name}")
        return self.delivered()

    def query(self, sql, *values):
        """Rows of the state file, read beside the agent."""
        if not (self.state / "state.db").exists():
            return []
        db = sqlite3.connect(f"file:{self.state}/state.db?mode=ro", uri=True, timeout=10)
        try:
            return db.execute(sql, values).fetchall()
        except sqlite3.OperationalError:  # not made yet
            return []
        finally:
            db.close()

    def objects(self):
        """path -> (position, done) of the ledger."""
        return {row[0]: row[1:] for row in self.query("SELECT object,position,done FROM object")}

    def waiting(self):
        rows = self.query("SELECT count(*) FROM delivery WHERE status=0")
        return rows[0][0] if rows else None

    def until_idle(self, timeout=30.0):
        """Every file of the inbox is done and nothing waits in the outbox."""
        files = {str(p) for p in self.inbox.rglob("*") if p.is_file() and p.stat().st_size and p.name[0] != "."}

        def idle():
            done = {path for path, (_, whole) in self.objects().items() if whole}
            return files <= done and self.waiting() == 0

        until(idle, timeout, "reading and delivering everything")

    def alerts(self, *options):
        result = self.run("alerts", "list", "--state", self.state, "--since", "4000d", "--output", "ndjson", *options)
        assert result.rc == 0, result.err
        return result.lines()

    def outbox(self, verb="list"):
        result = self.run("outbox", verb, "--state", self.state, "--output", "ndjson")
        assert result.rc == 0, result.err
        return result.lines()

    def quarantine(self):
        """[(description, bytes)], oldest first."""
        folder = self.state / "quarantine"
        found = []
        for path in sorted(folder.glob("*.json")):
            found.append((json.loads(path.read_text()), path.with_suffix(".bin").read_bytes()))
        return found

    def everything_written(self):
        """All bytes that the agent left anywhere: logs, standard output, state, sinks' files."""
        texts = [t.encode() for t in self.said] + [t.encode() for a in self.agents for t in (a.out, a.err)]
        files = [p for p in (*self.state.rglob("*"), self.out) if p.is_file()]
        return b"\n".join(texts + [p.read_bytes() for p in files])


def counters(agent):
    """The counts of the line that an agent ends with."""
    line = agent.wait_for(r" stopped (events=.*)").group(1)
    return {name: int(value) for name, value in re.findall(r"(\w+)=(\d+)", line)}


def hang_up(agent):
    agent.signal(signal.SIGHUP)

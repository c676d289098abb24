"""The self-watch: feeds that fall silent and come back, the heartbeat, and what else the agent says about itself."""

import json
import os
import re
import resource
import sqlite3
import struct
import time

import pytest
from conftest import ROOT, until
from scene import WEBHOOK_SECRET, Scene, gone
from trail import Trail

MINUTE = 60_000
DAY = 24 * 60 * MINUTE
BEGAN = 1_772_442_000_000  # 2026-03-02T09:00:00Z, a Monday
SELF = "kendrawatch.self."
SECRET_PATH = "/ping/2f0c6d1e-secret"


@pytest.fixture
def scene(kw, tmp_path):
    return Scene(kw, tmp_path)


class Clock:
    """The agent's wall clock, which moves when it is told to."""

    def __init__(self, scene, ms=BEGAN):
        self.path = scene.folder / "clock"
        self.path.write_bytes(struct.pack("=q", ms))
        self.ms = ms
        self.fd = os.open(self.path, os.O_RDONLY)

    def start(self, scene):
        return scene.start(env={"KW_CLOCK_FD": str(self.fd)}, pass_fds=(self.fd,))

    def forward(self, ms):
        self.ms += ms
        with open(self.path, "rb+") as file:
            file.write(struct.pack("=q", self.ms))

    def minutes_until(self, done, most):
        """Goes on a minute at a time, slowly enough for a look at each, until done(); returns how many that took."""
        for minute in range(most):
            try:
                until(done, timeout=0.08)
                return minute
            except pytest.fail.Exception:
                self.forward(MINUTE)
        pytest.fail(f"nothing within {most} minutes")


def own(scene, name=None):
    """Alerts of the agent about itself."""
    found = [a for a in scene.delivered() if a["rule"]["id"].startswith(SELF)]
    return [a for a in found if name in (None, a["rule"]["id"].removeprefix(SELF))]


def remember(scene, key, value):
    with sqlite3.connect(scene.state / "state.db") as db:
        db.execute("INSERT OR REPLACE INTO memory VALUES(?, ?, 0)", (key, value))


def rhythm(last_ms, every_minutes=5, weeks=4):
    """What an agent remembers of a feed that gives something every few minutes, at all hours."""
    watched, active = 60 * 16 * 3, 60 * 16 * 3 // every_minutes
    numbers = [last_ms - weeks * 7 * DAY, last_ms, 0, 9000, weeks, 0] + [2 * 16] * 8 + [watched, active] * 168
    return " ".join(map(str, numbers))


# ---- queues


def test_a_queue_that_grows_old(scene, aws):
    """A message that has waited for an hour, which nobody can make sense of."""
    trail = Trail(scene, aws)
    trail.configure()
    aws.sqs.advance(-3600)
    trail.send({"nothing": "we know"})
    aws.sqs.advance(3600)
    clock = Clock(scene, int(time.time() * 1000))
    agent = clock.start(scene)
    clock.minutes_until(lambda: own(scene, "queue_growing"), 30)
    assert "has waited for 60 min" in own(scene, "queue_growing")[0]["summary"]
    assert agent.stop() == 0, agent.err


# ---- feeds


def test_a_feed_falls_silent_and_comes_back(scene, make_event):
    clock = Clock(scene)
    scene.rule("gone", "DeleteIndex")
    scene.configure()
    assert clock.start(scene).stop() == 0
    remember(scene, "rhythm/trails", rhythm(clock.ms))
    agent = clock.start(scene)
    scene.put("a.ndjson", gone(make_event))
    scene.until_delivered(1)
    assert 15 <= clock.minutes_until(lambda: own(scene), 60) <= 40
    (silent,) = own(scene)
    assert (silent["rule"]["id"], silent["rule"]["level"]) == (SELF + "feed_silent", "high")
    assert re.match(r"Nothing has come from source trails for \d+ min, since 2026-03-02T09:00:00Z; at this hour usually "
                    r"something comes every 5 min\. Last object: ", silent["summary"])
    assert str(scene.inbox / "a.ndjson") in silent["summary"]
    # A restart does not tell it again.
    assert agent.stop() == 0, agent.err
    agent = clock.start(scene)
    clock.minutes_until(lambda: clock.ms % (60 * MINUTE) == 0, 60)
    assert len(own(scene)) == 1
    scene.put("b.ndjson", gone(make_event, 1, who="role/other"))
    until(lambda: len(scene.alerts()) >= 3, what="the second event")
    clock.minutes_until(lambda: own(scene, "feed_back"), 10)
    (back,) = own(scene, "feed_back")
    assert back["rule"]["level"] == "informational"
    assert re.match(r"Source trails gives events again, after \d+ min of silence\. Object: ", back["summary"])
    assert agent.stop() == 0, agent.err


def test_a_new_feed_is_only_learned(scene, make_event):
    clock = Clock(scene)
    scene.rule("gone", "DeleteIndex")
    scene.configure()
    agent = clock.start(scene)
    for i in range(25):
        scene.put(f"{i}.ndjson", gone(make_event, i, who=f"role/r{i}"))
        scene.until_delivered(i + 1)
        clock.forward(MINUTE)
    clock.minutes_until(lambda: clock.ms >= BEGAN + 120 * MINUTE, 120)
    assert agent.stop() == 0, agent.err
    assert own(scene) == []
    ((kept,),) = scene.query("SELECT value FROM memory WHERE key='rhythm/trails'")
    began, last, silent, n = map(int, kept.split()[:4])
    assert (began, silent) == (BEGAN, 0) and last > began and 20 <= n <= 25


def test_feeds_can_be_left_alone(scene):
    clock = Clock(scene)
    scene.configure(watch={"feeds": False})
    assert clock.start(scene).stop() == 0
    assert scene.query("SELECT count(*) FROM memory") == [(0,)]


def test_the_clock_jumps(scene):
    clock = Clock(scene)
    scene.configure()
    agent = clock.start(scene)
    clock.minutes_until(lambda: clock.ms > BEGAN + MINUTE, 3)
    clock.forward(-40 * MINUTE)
    until(lambda: own(scene), what="the alert")
    clock.forward(90 * MINUTE)
    clock.minutes_until(lambda: clock.ms > BEGAN + 60 * MINUTE, 20)
    (jump,) = own(scene)
    assert jump["rule"]["id"] == SELF + "clock_jumped" and jump["summary"].endswith(" min back.")
    assert agent.stop() == 0, agent.err


# ---- secrets, sinks, rules, disk


def test_what_is_about_to_fail(scene, receiver, make_event):
    """A secret that is gone, a sink that takes nothing, a disk that is nearly full: each is told once a day."""
    clock = Clock(scene)
    secret = scene.folder / "secret"
    secret.write_text(WEBHOOK_SECRET)
    secret.chmod(0o600)
    receiver.tolerance_s = None
    receiver.control(script=["500"] * 400)
    scene.rule("gone", "DeleteIndex")
    scene.configure(
        sinks={
            "kept": {"type": "file", "path": str(scene.out)},
            "hook": {"type": "webhook", "url": receiver.url + "/hook", "secret": f"file:{secret}"},
        },
        watch={"disk_free": "1000TiB"},
    )
    agent = clock.start(scene)
    scene.put("a.ndjson", gone(make_event))
    until(lambda: scene.query("SELECT 1 FROM delivery WHERE status=0 AND attempts>0"), what="the first refusal")
    secret.unlink()
    clock.minutes_until(lambda: own(scene, "sink_failing"), 40)
    found = {a["rule"]["id"].removeprefix(SELF): a["summary"] for a in own(scene)}
    assert set(found) == {"sink_failing", "secret_unreadable", "state_space"}
    assert found["secret_unreadable"].startswith(f"The secret file:{secret} of hook can't be read any more")
    why = r"Sink hook has not taken an alert for \d+ min; at least \d+ wait\. Last answer: .*500"
    assert re.match(why, found["sink_failing"])
    clock.minutes_until(lambda: clock.ms > BEGAN + 60 * MINUTE, 60)
    assert len(own(scene)) == 3
    assert agent.stop() == 0, agent.err


def test_rules_that_wait_for_a_week(scene):
    clock = Clock(scene)
    rule = scene.rule("gone", "DeleteIndex", extra="  needs: [known]\n")
    known = "  known: {kw.principal|expand: '%known%'}\n  condition: sel and not known"
    rule.write_text(rule.read_text().replace("  condition: sel", known))
    scene.configure()
    agent = clock.start(scene)
    clock.minutes_until(lambda: clock.ms > BEGAN + 2 * MINUTE, 4)
    assert agent.stop() == 0 and own(scene) == []
    clock.forward(7 * DAY)
    agent = clock.start(scene)
    clock.minutes_until(lambda: own(scene, "rules_waiting"), 4)
    (told,) = own(scene)
    assert told["rule"]["level"] == "low" and told["summary"].startswith("1 rule has waited for values in a list, ")
    assert agent.stop() == 0, agent.err


# ---- heartbeat


def beating(scene, receiver, **options):
    """The address is in a file, as it should be."""
    address = scene.folder / "beat"
    address.write_text(receiver.url + SECRET_PATH + "\n")
    address.chmod(0o600)
    scene.configure(heartbeat={"url": f"file:{address}", "every": "1s", **options})


def test_the_heart_beats_while_the_agent_works(scene, receiver, make_event):
    scene.rule("gone", "DeleteIndex")
    beating(scene, receiver)
    agent = scene.start()
    assert receiver.wait(lambda: len(receiver.pings()) >= 2)
    scene.put("a.ndjson", gone(make_event))
    scene.until_delivered(1)
    assert agent.stop() == 0, agent.err
    n = len(receiver.pings())
    for ping in receiver.pings():
        assert (ping["method"], ping["target"], ping["body"]) == ("GET", SECRET_PATH, "")
        assert ping["headers"]["User-Agent"].startswith("kendrawatch/")
    assert f"heartbeats={n}" in agent.err
    assert b"2f0c6d1e" not in scene.everything_written()


def test_a_beat_may_say_more(scene, receiver):
    beating(scene, receiver, method="POST")
    agent = scene.start()
    assert receiver.wait(lambda: receiver.pings())
    assert agent.stop() == 0
    (ping, *_) = receiver.pings()
    body = json.loads(ping["body"])
    assert ping["method"] == "POST" and set(body) == {"agent", "version", "quiet_seconds"}
    assert (body["agent"], body["quiet_seconds"]) == ("e2e", None)


def test_no_beat_while_the_state_can_not_be_written(scene, receiver, make_event):
    scene.rule("gone", "DeleteIndex")
    beating(scene, receiver)
    agent = scene.start()
    assert receiver.wait(lambda: receiver.pings())
    soft, hard = resource.prlimit(agent.pid, resource.RLIMIT_FSIZE)
    resource.prlimit(agent.pid, resource.RLIMIT_FSIZE, (4096, hard))
    agent.wait_for("state can't be written")
    n = len(receiver.pings())
    assert not receiver.wait(lambda: len(receiver.pings()) > n + 1, timeout=3)
    resource.prlimit(agent.pid, resource.RLIMIT_FSIZE, (soft, hard))
    assert receiver.wait(lambda: len(receiver.pings()) > n + 2, timeout=20)
    assert agent.stop() == 0, agent.err


def test_a_strict_heart_stops_for_refused_rules(scene, receiver):
    scene.rule("gone", "DeleteIndex")
    (scene.rules / "bad.yml").write_text("title: bad\n")
    beating(scene, receiver, needs="strict")
    agent = scene.start()
    agent.wait_for('heartbeat is held back reason="rules are refused"')
    assert receiver.pings() == []
    assert agent.stop() == 0
    assert "heartbeats_held=" in agent.err


def test_a_beat_that_is_not_taken(scene, receiver):
    receiver.control(script=["500", "503", "ok"])
    beating(scene, receiver)
    agent = scene.start()
    agent.wait_for('heartbeat was not taken error="HTTP status 500"')
    agent.wait_for("heartbeat is taken again")
    assert agent.stop() == 0
    assert "heartbeats_failed=2" in agent.err
    assert b"2f0c6d1e" not in scene.everything_written()


# ---- the list


def test_every_alert_about_itself_is_listed_and_documented(kw):
    listed = {row["rule"]: row for row in kw.run(["list", "self", "--output", "ndjson"]).lines()}
    code = "".join(p.read_text() for layer in ("alerts", "agent") for p in (ROOT / layer).rglob("*.[ch]"))
    named = set(re.findall(r'"(kendrawatch\.self\.[a-z_]+)"', code))
    assert named <= set(listed), "an alert about the agent itself is missing in agent/self_list.h"
    page = (ROOT / "docs" / "self-watch.md").read_text()
    for rule, row in listed.items():
        assert f"| `{rule.removeprefix(SELF)}` | {row['level']} | " in page, rule
    assert len(re.findall(r"^\| `[a-z_]+` \| (?:informational|low|medium|high|critical) \| ", page, re.M)) == len(listed)

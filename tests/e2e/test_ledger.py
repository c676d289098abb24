"""The delivery ledger: what an agent knows of what was delivered, and what `ledger` makes of it."""

import datetime
import json
import re
import shutil

import pytest

import digests
from conftest import until

EVER = ["--since", "2026-01-01"]


@pytest.fixture
def trail(tmp_path):
    """A bucket of six hours, not yet where the agent looks."""
    made = digests.Trail(tmp_path / "bucket").hours(6)
    digests.write_keys(tmp_path / "keys.json", made.key)
    return made


@pytest.fixture
def watch(scene, tmp_path):
    """Starts an agent that checks digests."""

    def start(patience="2s", keys=True, **options):
        scene.rule("gone", "DeleteIndex")
        source = {"type": "directory", "path": str(scene.inbox), "digest": "on", "digest_patience": patience, "rescan": "1s"}
        if keys:
            source["digest_keys"] = str(tmp_path / "keys.json")
        scene.configure(sources={"trails": {**source, **options}})
        return scene.start()

    return start


def arrive(scene, trail, only=None):
    """The bucket, or the files of it that are wanted, lands in the inbox."""
    for path in sorted(trail.root.rglob("*")):
        if path.is_file() and (not only or only(path)):
            to = scene.inbox / path.relative_to(trail.root)
            to.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(path, to)


def hours(scene):
    """{hour: (state, delivered, read, missing, altered)}"""
    result = scene.run("ledger", "--state", scene.state, *EVER, "--output", "json")
    assert result.rc == 0, result.err
    report = json.loads(result.out)
    assert report["schema"] == "kendrawatch.ledger/1"
    return {
        h["hour"][11:13]: (h["state"], h["delivered"], h["read"], h["missing"], h["altered"]) for h in report["hours"]
    }


def rung(scene):
    """Kinds of integrity alerts that were delivered, in order of name."""
    names = [a["rule"]["id"] for a in scene.delivered()]
    return sorted(n.removeprefix("kendrawatch.self.integrity.") for n in names if "integrity" in n)


FINE = ("read", 2, 2, 0, 0)


def test_a_whole_bucket(scene, trail, watch):
    agent = watch()
    arrive(scene, trail)
    until(lambda: hours(scene) == {f"{h:02d}": FINE for h in range(6)}, what="all hours read")
    until(lambda: len(scene.query("SELECT 1 FROM trail_digest WHERE valid AND swept")) == 6, 20, "digests settled")
    assert agent.stop() == 0
    assert rung(scene) == []
    result = scene.run("ledger", "--state", scene.state, *EVER)
    assert "111122223333 eu-west-1\n" in result.out
    assert "2026-11-23  ······" in result.out
    assert "Logs: 12 read" in result.out


def test_without_digests_the_ledger_counts_what_was_read(scene, trail):
    scene.configure()
    scene.rule("gone", "DeleteIndex")
    agent = scene.start()
    arrive(scene, trail)
    until(lambda: hours(scene) == {f"{h:02d}": FINE for h in range(6)}, what="all hours read")
    assert agent.stop() == 0
    assert scene.query("SELECT count(*) FROM trail_digest") == [(0,)]


def test_a_log_that_never_came(scene, trail, watch):
    missing = trail.digests[2].logs[0]
    agent = watch()
    arrive(scene, trail, lambda path: path != missing)
    until(lambda: hours(scene).get("02") == ("missing", 2, 1, 1, 0), 20, "the log is missing")
    until(lambda: rung(scene) == ["missing-log"], what="the alert")
    alert = next(a for a in scene.delivered() if "missing-log" in a["rule"]["id"])
    assert missing.name in alert["summary"]
    result = scene.run("ledger", "--state", scene.state, *EVER)
    assert "2026-11-23  ··!···" in result.out
    assert re.search(rf"^missing  AWSLogs/.*{missing.name}$", result.out, re.M)
    # It comes after all.
    arrive(scene, trail, lambda path: path == missing)
    until(lambda: hours(scene).get("02") == FINE, what="the log was read")
    assert agent.stop() == 0
    assert rung(scene) == ["missing-log"]


def test_a_log_that_was_altered(scene, trail, watch):
    altered = trail.tampered_log(3)
    agent = watch()
    arrive(scene, trail)
    until(lambda: rung(scene) == ["tampered-log"], 20, "the alert")
    assert hours(scene)["03"] == ("altered", 2, 2, 0, 1)
    assert agent.stop() == 0
    result = scene.run("ledger", "--state", scene.state, *EVER)
    assert "2026-11-23  ···x··" in result.out
    assert f"{altered.name}" in result.out
    # A restart tells nothing twice.
    altered.touch()
    agent = watch()
    arrive(scene, trail, lambda path: path == altered)
    agent.wait_for(r" ready ")
    assert agent.stop() == 0
    assert rung(scene) == ["tampered-log"]


def test_digests_after_and_before_their_logs(scene, trail, watch):
    trail.tampered_log(1)
    agent = watch(patience="60s")
    arrive(scene, trail, lambda path: "CloudTrail-Digest" in str(path))
    until(lambda: hours(scene).get("01") == ("waiting", 2, 0, 0, 0), 20, "the digests")
    arrive(scene, trail, lambda path: "CloudTrail-Digest" not in str(path))
    until(lambda: hours(scene).get("01") == ("altered", 2, 2, 0, 1), 20, "the logs")
    assert agent.stop() == 0
    assert rung(scene) == ["tampered-log"]


@pytest.mark.parametrize("kind", ["forged-signature", "replaced-digest", "missing-digest", "damaged-digest", "log-not-listed", "unknown-key"])
def test_digests_are_checked_as_they_come(scene, trail, watch, kind):
    trail.damage(kind)
    agent = watch()
    arrive(scene, trail)
    until(lambda: kind in rung(scene), 20, f"the alert about {kind}")
    assert agent.stop() == 0


def test_a_gap_in_what_comes(scene, tmp_path, watch):
    made = digests.Trail(tmp_path / "bucket").hours(6, gaps=[2])
    digests.write_keys(tmp_path / "keys.json", made.key)
    agent = watch()
    arrive(scene, made)
    until(lambda: rung(scene) == ["gap"], 20, "the alert")
    assert agent.stop() == 0


def test_metadata_that_comes_after_the_digest(scene, trail, watch):
    agent = watch(patience="60s")
    arrive(scene, trail, lambda path: not path.name.endswith(".metadata"))
    until(lambda: hours(scene).get("05") == FINE, 20, "the logs")
    assert scene.query("SELECT count(*) FROM trail_digest") == [(0,)]
    arrive(scene, trail, lambda path: path.name.endswith(".metadata"))
    until(lambda: scene.query("SELECT count(*) FROM trail_digest WHERE valid") == [(6,)], 20, "the digests")
    assert agent.stop() == 0
    assert rung(scene) == []


def test_a_key_that_comes_later(scene, trail, watch, tmp_path):
    digests.write_keys(tmp_path / "keys.json", digests.Key())
    agent = watch()
    digests.write_keys(tmp_path / "keys.json", trail.key)
    arrive(scene, trail)
    until(lambda: scene.query("SELECT count(*) FROM trail_digest WHERE valid") == [(6,)], 20, "the digests")
    assert agent.stop() == 0


def test_metadata_that_is_made_and_not_yet_written(scene, trail, watch):
    for path in trail.root.rglob("*.metadata"):
        to = scene.inbox / path.relative_to(trail.root)
        to.parent.mkdir(parents=True, exist_ok=True)
        to.touch()
    arrive(scene, trail, lambda path: path.suffix != ".metadata")
    agent = watch(patience="1h")
    until(lambda: hours(scene).get("05"), 20, "the logs")
    arrive(scene, trail, lambda path: path.suffix == ".metadata")
    until(lambda: scene.query("SELECT count(*) FROM trail_digest WHERE valid") == [(6,)], 20, "the digests")
    assert agent.stop() == 0


def test_late_is_what_came_late_not_what_is_old(scene, trail, tmp_path, watch):
    agent = watch()
    arrive(scene, trail)
    until(lambda: hours(scene).get("05") == FINE, 20, "the logs")
    assert agent.stop() == 0
    assert scene.query("SELECT sum(late) FROM trail_hour") == [(0,)]


def test_no_keys_and_nobody_to_ask(scene, watch, kw):
    scene.rule("gone", "DeleteIndex")
    scene.configure(sources={"trails": {"type": "directory", "path": str(scene.inbox), "digest": "on", "digest_keys": "/none"}})
    result = scene.run("run", "--config", scene.config)
    assert result.rc == 3
    assert "source trails: digest_keys: /none" in result.err


def test_the_page(scene, trail, watch, tmp_path):
    missing = trail.digests[2].logs[0]
    agent = watch()
    arrive(scene, trail, lambda path: path != missing)
    until(lambda: hours(scene).get("02") == ("missing", 2, 1, 1, 0), 20, "the log is missing")
    assert agent.stop() == 0
    page = tmp_path / "ledger.html"
    assert scene.run("ledger", "--config", scene.config, *EVER, "--html", page).rc == 0
    text = page.read_text()
    assert "default-src 'none'" in text and "<script" not in text and "{{" not in text
    assert '<td class="h missing" title="02:00: 1 read, 1 missing">!</td>' in text
    assert missing.name in text


def test_ledger_words(kw, state_dir):
    assert kw.run(["ledger", "x"]).rc == 2
    assert kw.run(["ledger", "--since", "soon", "--state", state_dir]).rc == 2
    assert kw.run(["ledger", "--output", "xml", "--state", state_dir]).rc == 2
    assert kw.run(["ledger", "--state", state_dir / "none"]).rc == 5

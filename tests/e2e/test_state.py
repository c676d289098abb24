"""`kendrawatch state`: what it says, copies beside the agent, copies put back, and what a damaged file still gives."""

import json
import re
import sqlite3
import stat

import pytest
from conftest import until
from scene import gone


@pytest.fixture
def kept(scene, make_event):
    """A state with two alerts, one of them waiting for a sink that nobody answers."""
    scene.rule("gone", "DeleteIndex")
    scene.configure(
        sinks={"kept": {"type": "file", "path": str(scene.out)}, "hook": {"type": "webhook", "url": "http://127.0.0.1:9/"}},
        agent={"suppress_for": "0s"},
    )  # fmt: skip
    scene.put("a.ndjson", gone(make_event, who="role/a"), gone(make_event, who="role/b"))
    return scene


def filled(scene):
    agent = scene.start()
    scene.until_delivered(2)
    until(lambda: scene.query("SELECT count(*) FROM delivery WHERE status=1")[0][0] == 2)
    return agent


def state(scene, *words, **keywords):
    return scene.run("state", *words, "--config", scene.config, **keywords)


@pytest.mark.sanitize
def test_info_beside_the_agent(kept):
    agent = filled(kept)
    said = json.loads(state(kept, "info", "--output", "ndjson").out)
    assert said["file"] == str(kept.state / "state.db") and said["running"] is True and said["pid"] == agent.pid
    assert (said["alerts"], said["pending"], said["dead"], said["objects"], said["matches"]) == (2, 2, 0, 1, 2)
    assert said["oldest"] <= said["newest"] and said["version"] >= 1 and said["bytes"] > 4096
    assert agent.stop() == 0
    result = state(kept, "--output", "text")
    assert result.rc == 0
    assert "agent      does not run\n" in result.out and "outbox     2 waiting, 0 dead, " in result.out
    assert re.search(r"^memory     2 matches, \d folds, 1 objects$", result.out, re.M)


@pytest.mark.sanitize
def test_backup_and_restore(kept, make_event):
    agent = filled(kept)
    copy = kept.folder / "copy.db"
    copy.write_text("an older one")
    result = state(kept, "backup", copy)
    assert result.rc == 0 and result.err.startswith(f"{copy}: ")
    assert stat.S_IMODE(copy.stat().st_mode) == 0o600
    assert not list(kept.folder.glob("copy.db.new"))
    kept.put("b.ndjson", gone(make_event, who="role/c"))
    kept.until_delivered(3)
    refused = state(kept, "restore", copy)
    assert refused.rc == 5 and f"in use by a running kendrawatch, pid {agent.pid}" in refused.err
    agent.kill()  # the write-ahead log is left
    result = state(kept, "restore", copy)
    aside = kept.state / "state.db.before-restore-1"
    assert result.rc == 0 and f"kept as {aside}" in result.err
    assert json.loads(state(kept, "info", "--output", "ndjson").out)["alerts"] == 2
    assert sqlite3.connect(aside).execute("SELECT count(*) FROM alert").fetchone() == (3,), "with its log"
    assert stat.S_IMODE((kept.state / "state.db").stat().st_mode) == 0o600
    assert state(kept, "restore", copy).rc == 0 and (kept.state / "state.db.before-restore-2").exists()
    # The file that was read after the copy is read again; its alert comes under the same id.
    agent = kept.start()
    kept.until_delivered(4)
    assert agent.stop() == 0
    assert len({a["id"] for a in kept.delivered()}) == 3


def test_restore_into_an_empty_folder(kept, tmp_path):
    agent = filled(kept)
    copy = tmp_path / "copy.db"
    assert state(kept, "backup", copy).rc == 0
    assert agent.stop() == 0
    new = tmp_path / "elsewhere"
    result = kept.run("state", "restore", copy, "--state", new)
    assert result.rc == 0 and "there was no state before" in result.err
    assert stat.S_IMODE(new.stat().st_mode) == 0o700
    assert json.loads(kept.run("state", "info", "--state", new, "--output", "ndjson").out)["alerts"] == 2


def test_restore_refuses_what_is_no_copy(kept, tmp_path):
    assert filled(kept).stop() == 0
    good = (kept.state / "state.db").read_bytes()
    other = tmp_path / "other.db"
    sqlite3.connect(other).executescript("CREATE TABLE t(x)")
    newer = tmp_path / "newer.db"
    newer.write_bytes(good)
    with sqlite3.connect(newer) as db:
        db.execute("PRAGMA user_version=99")
    torn = tmp_path / "torn.db"
    torn.write_bytes(good[: len(good) // 4096 // 2 * 4096])
    text = tmp_path / "text.db"
    text.write_text("no database at all, but long enough to look at" * 100)
    for file, rc, why in (
        (other, 5, "not a kendrawatch state file"),
        (newer, 5, "version 99"),
        (torn, 5, "damaged"),
        (text, 5, "damaged"),
        (tmp_path / "none.db", 4, "none.db"),
        (kept.state / "state.db", 2, "is the state itself"),
    ):
        result = state(kept, "restore", file)
        assert result.rc == rc and why in result.err, (file, result)
    assert (kept.state / "state.db").read_bytes() == good
    assert {p.name for p in kept.state.iterdir()} <= {"state.db", "lock", "quarantine"}


def test_backup_refuses_the_state_itself(kept):
    assert filled(kept).stop() == 0
    good = (kept.state / "state.db").read_bytes()
    assert state(kept, "backup", kept.state / "state.db").rc == 2
    assert state(kept, "backup", kept.folder / "no" / "folder.db").rc == 6
    assert (kept.state / "state.db").read_bytes() == good


@pytest.mark.sanitize
def test_export_of_a_damaged_state(kept):
    """Pages that the outbox does not need are overwritten: nothing else reads the file any more."""
    assert filled(kept).stop() == 0
    path = kept.state / "state.db"
    with sqlite3.connect(path) as db:
        db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        roots = dict(db.execute("SELECT name, rootpage FROM sqlite_schema WHERE name IN ('seen','object','fold')"))
        size = db.execute("PRAGMA page_size").fetchone()[0]
    with open(path, "r+b") as file:
        for root in roots.values():
            file.seek((root - 1) * size)
            file.write(b"\xff" * size)
    damaged = state(kept, "info")
    assert damaged.rc == 5 and "damaged" in damaged.err
    result = state(kept, "export")
    assert result.rc == 0 and result.err == "2 undelivered alerts\n"
    saved = result.lines()
    assert [(s["sink"], s["dead"]) for s in saved] == [("hook", False)] * 2
    assert [json.loads(s["body"])["id"] for s in saved] == [s["key"] for s in saved]


def test_words(kept):
    for words in (["sell"], ["backup"], ["restore"], ["info", "x"], ["restore", "a", "b"], ["--output", "xml"]):
        assert state(kept, *words).rc == 2
    assert state(kept, "info").rc == 5, "there is no state yet"

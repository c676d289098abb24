"""The agent as it runs: sources, reload, state, the disk, and the commands that look into it."""

import json
import os
import re
import stat
import subprocess
import time

import pytest
from conftest import until
from scene import actors, counters, gone, hang_up, ndjson


@pytest.fixture
def simple(scene):
    """One rule, no folding, directory to file."""
    scene.rule("gone", "DeleteIndex")
    scene.configure(agent={"suppress_for": "0s"})
    return scene


# ---- standard input


@pytest.mark.sanitize
@pytest.mark.threads
def test_stdin_to_stdout(simple, make_event):
    simple.configure(sources={"pipe": {"type": "stdin"}}, sinks={"out": {"type": "stdout"}})
    events = [gone(make_event, who=f"role/r{i}") for i in range(3)]
    result = simple.run("run", "--config", simple.config, input=ndjson([make_event(), *events]))
    assert result.rc == 0, result.err
    alerts = result.lines()
    assert [a["event"]["eventID"] for a in alerts] == [e["eventID"] for e in events]
    assert [a["origin"] for a in alerts] == [{"source": "pipe", "object": "stdin", "record": n} for n in (2, 3, 4)]
    assert "delivery=at-most-once" in result.err
    assert " events=4 " in result.err and " alerts=3 " in result.err


def test_stdin_takes_one_stream_in_pieces(simple, make_event):
    """Records may be cut anywhere between two writes."""
    simple.configure(sources={"pipe": {"type": "stdin"}})
    agent = simple.start(stdin=subprocess.PIPE)
    data = ndjson([gone(make_event, who="role/a"), gone(make_event, who="role/b")])
    for at in range(0, len(data), 97):
        agent.stdin.write(data[at : at + 97])
        agent.stdin.flush()
    simple.until_delivered(1)
    agent.stdin.close()
    assert agent.wait() == 0
    assert len(simple.delivered()) == 2


def test_stdin_and_stop(simple, make_event):
    """SIGTERM finishes what was read."""
    simple.configure(sources={"pipe": {"type": "stdin"}})
    agent = simple.start(stdin=subprocess.PIPE)
    agent.stdin.write(ndjson([gone(make_event)]))
    agent.stdin.flush()
    simple.until_delivered(1)
    assert agent.stop() == 0
    assert counters(agent)["alerts"] == 1


# ---- a file that grows


@pytest.fixture
def followed(simple):
    simple.log = simple.folder / "trail.log"
    simple.configure(
        sources={"log": {"type": "file", "path": str(simple.log), "poll": "20ms"}}, agent={"suppress_for": "0s"}
    )
    return simple


def append(path, *events, raw=b""):
    with open(path, "ab") as file:
        file.write(ndjson(events) + raw)


@pytest.mark.sanitize
@pytest.mark.threads
def test_file_grows_and_is_remembered(followed, make_event):
    append(followed.log, gone(make_event, who="role/a"))
    agent = followed.start()
    followed.until_delivered(1)
    half = json.dumps(gone(make_event, who="role/b")).encode()
    append(followed.log, raw=half[:200])
    append(followed.log, raw=half[200:] + b"\n")
    followed.until_delivered(2)
    assert agent.stop() == 0
    append(followed.log, gone(make_event, who="role/c"))
    agent = followed.start()
    followed.until_delivered(3)
    assert agent.stop() == 0
    assert actors(followed) == ["a", "b", "c"]
    assert counters(agent)["events"] == 1, "what was done before is not read again"


def test_file_that_is_not_there_yet(followed, make_event):
    agent = followed.start()
    agent.wait_for("file can't be opened .*waiting for it")
    append(followed.log, gone(make_event))
    followed.until_delivered(1)
    assert agent.stop() == 0


def test_file_rotated_by_rename(followed, make_event):
    append(followed.log, gone(make_event, who="role/a"))
    agent = followed.start()
    followed.until_delivered(1)
    old = followed.log.with_suffix(".1")
    followed.log.rename(old)
    append(old, gone(make_event, who="role/b"))  # whoever writes has it still open
    append(followed.log, gone(make_event, who="role/c"))
    followed.until_delivered(3)
    assert agent.stop() == 0
    assert actors(followed) == ["a", "b", "c"]


def test_file_rotated_while_down(followed, make_event):
    append(followed.log, gone(make_event, who="role/a"))
    agent = followed.start()
    followed.until_delivered(1)
    assert agent.stop() == 0
    append(followed.log, gone(make_event, who="role/b"))
    followed.log.rename(followed.log.with_suffix(".1"))
    append(followed.log, gone(make_event, who="role/c"))
    agent = followed.start()
    followed.until_delivered(3)
    agent.wait_for("file was rotated while the agent was down")
    assert agent.stop() == 0
    assert actors(followed) == ["a", "b", "c"]
    assert counters(agent)["events"] == 2


def test_file_truncated_in_place(followed, make_event):
    append(followed.log, gone(make_event, who="role/a"), gone(make_event, who="role/b"))
    agent = followed.start()
    followed.until_delivered(2)
    followed.log.write_bytes(b"")
    agent.wait_for("file was truncated")
    append(followed.log, gone(make_event, who="role/c"))
    followed.until_delivered(3)
    assert agent.stop() == 0
    assert actors(followed) == ["a", "b", "c"]


def test_file_from_end(followed, make_event):
    followed.configure(
        sources={"log": {"type": "file", "path": str(followed.log), "poll": "20ms", "from": "end"}},
        agent={"suppress_for": "0s"},
    )
    append(followed.log, gone(make_event, who="role/old"))
    agent = followed.start()
    agent.wait_for("following file")
    # Nothing tells when it has looked where the end is: one of these lines comes behind that.
    until(lambda: any(str(followed.log) in os.readlink(f"/proc/{agent.pid}/fd/{fd}") for fd in fds(agent)), what="open")
    for i in range(200):
        append(followed.log, gone(make_event, who=f"role/new{i}"))
        if followed.delivered():
            break
        time.sleep(0.05)
    followed.until_delivered(1)
    assert agent.stop() == 0
    assert "old" not in actors(followed)


def fds(agent):
    links = []
    for fd in os.listdir(f"/proc/{agent.pid}/fd"):
        try:
            os.readlink(f"/proc/{agent.pid}/fd/{fd}")
            links.append(fd)
        except OSError:
            pass  # closed meanwhile
    return links


def test_file_bad_line_has_its_place_in_the_file(followed, make_event):
    """Also when it comes in a later piece: the offset is the file's."""
    first = ndjson([gone(make_event, who="role/a")])
    append(followed.log, raw=first)
    agent = followed.start()
    followed.until_delivered(1)
    append(followed.log, gone(make_event, who="role/b"), raw=b'{"eventVersion": nonsense}\n')
    append(followed.log, gone(make_event, who="role/c"))
    followed.until_delivered(3)
    until(lambda: followed.quarantine(), what="quarantine")
    assert agent.stop() == 0
    about, kept = followed.quarantine()[0]
    assert followed.log.read_bytes()[about["offset"] :].startswith(b'{"eventVersion": nonsense}')
    assert b"nonsense" in kept
    assert counters(agent)["malformed"] == 1


# ---- a folder


@pytest.mark.sanitize
@pytest.mark.threads
def test_directory(simple, make_event):
    """What is there already, what comes, what comes in a new sub-folder; digests are skipped."""
    simple.put("old.json.gz", gone(make_event, who="role/a"))
    agent = simple.start()
    simple.until_delivered(1)
    simple.put("new.ndjson", gone(make_event, who="role/b"))
    simple.until_delivered(2)
    simple.put("AWSLogs/111122223333/CloudTrail/eu-west-1/2026/03/02/x.json.gz", gone(make_event, who="role/c"))
    simple.until_delivered(3)
    simple.put("AWSLogs/111122223333/CloudTrail-Digest/eu-west-1/d.json.gz", gone(make_event, who="role/digest"))
    simple.put("last.ndjson", gone(make_event, who="role/d"))
    simple.until_delivered(4)
    assert agent.stop() == 0
    assert actors(simple) == ["a", "b", "c", "d"]


def test_directory_is_remembered(simple, make_event):
    simple.put("a.ndjson", gone(make_event, who="role/a"))
    simple.once()
    simple.put("b.ndjson", gone(make_event, who="role/b"))
    agent = simple.once()
    assert actors(simple) == ["a", "b"]
    assert counters(agent)["events"] == 1
    agent = simple.once_more(simple.inbox / "a.ndjson")
    counted = counters(agent)
    assert (counted["events"], counted["duplicates"], counted["alerts"]) == (1, 1, 0)
    assert len(simple.delivered()) == 2


def test_directory_same_event_in_two_files(simple, make_event):
    event = gone(make_event)
    simple.put("a.ndjson", event)
    simple.put("b.json.gz", event)
    agent = simple.once()
    assert len(simple.delivered()) == 1
    assert counters(agent)["duplicates"] == 1


def test_directory_file_that_is_still_written(simple, make_event):
    """An object that ends inside a record may be growing: nothing of it goes to quarantine, all of it is read."""
    whole = ndjson([gone(make_event, who="role/a"), gone(make_event, who="role/b")])
    agent = simple.start()
    path = simple.inbox / "slow.ndjson"
    path.write_bytes(whole[:-300])
    simple.until_delivered(1)
    path.write_bytes(whole)
    simple.until_delivered(2)
    simple.until_idle()
    assert agent.stop() == 0
    assert actors(simple) == ["a", "b"]
    assert simple.quarantine() == []


def test_directory_written_to_many_times_in_a_row(simple, make_event):
    """Each close of the file may come while its earlier state is still being read; the last one must not get lost."""
    events = [gone(make_event, who=f"role/r{i}") for i in range(40)]
    agent = simple.start()
    path = simple.inbox / "grows.ndjson"
    for event in events:
        append(path, event)
    simple.until_delivered(40)
    assert agent.stop() == 0
    assert sorted(actors(simple)) == sorted(f"r{i}" for i in range(40))


def test_directory_cut_gzip_is_given_up_after_patience(simple, make_event):
    simple.configure(
        sources={"t": {"type": "directory", "path": str(simple.inbox), "patience": "300ms", "rescan": "1s"}},
        agent={"suppress_for": "0s"},
    )
    import gzip

    whole = gzip.compress(ndjson([gone(make_event, who="role/a"), gone(make_event, who="role/b")]), 0)
    agent = simple.start()
    simple.put("cut.json", data=whole[:-400])
    simple.put("next.ndjson", gone(make_event, who="role/c"))
    simple.until_delivered(2)
    until(lambda: simple.quarantine(), what="quarantine")
    simple.until_idle()
    assert agent.stop() == 0
    assert sorted(actors(simple)) == ["a", "c"]
    about, _ = simple.quarantine()[0]
    assert about["object"].endswith("cut.json") and about["record"] == 2
    agent.wait_for("object was not read to its end .*cut.json")


# ---- stopping and locking


def test_stop_is_quick_and_complete(simple, make_event):
    agent = simple.start()
    for i in range(20):
        simple.put(f"{i}.ndjson", gone(make_event, who=f"role/r{i}"))
    simple.until_delivered(1)
    assert agent.stop(timeout=12) == 0
    known = {o for o, (_, done) in simple.objects().items() if done}
    assert len(simple.delivered()) == len(known), "what was read is delivered"
    simple.once()
    assert sorted(actors(simple)) == sorted(f"r{i}" for i in range(20))


def test_stop_with_a_receiver_that_never_answers(simple, make_event, receiver):
    receiver.faults.set(script=["nothing"] * 50)
    simple.configure(sinks={"hook": simple.webhook(receiver)}, agent={"suppress_for": "0s"})
    agent = simple.start()
    simple.put("a.ndjson", gone(make_event))
    until(lambda: receiver.received(), what="a request")
    assert agent.stop(timeout=13) == 0
    assert [row["status"] for row in simple.outbox()] == ["waiting"]
    receiver.faults.set(script=[])
    simple.once()
    assert receiver.summary()["distinct"] == 1


@pytest.mark.soak
@pytest.mark.timeout(300)
def test_stop_inside_a_large_object(simple, make_event):
    """It stops within its time, and goes on from there: nothing is missing, nothing comes twice."""
    events = [gone(make_event, i, who=f"role/r{i}") for i in range(20)]
    calm = ndjson([make_event()] * 20_000)
    simple.put("large.ndjson", data=b"".join(calm + ndjson([event]) for event in events))
    agent = simple.start()
    simple.until_delivered(1)
    assert agent.stop(timeout=13) == 0
    simple.once(timeout=120)
    assert sorted(actors(simple)) == sorted(f"r{i}" for i in range(20))


def test_second_agent_is_refused(simple):
    agent = simple.start()
    second = simple.run("run", "--config", simple.config)
    assert second.rc == 5
    assert str(agent.pid) in second.err and "in use by a running" in second.err
    assert agent.stop() == 0
    simple.once()


def test_state_is_private(simple, make_event):
    old = os.umask(0)
    try:
        simple.put("a.ndjson", gone(make_event), data=None)
        simple.put("bad.ndjson", data=b"{ broken\n" + ndjson([gone(make_event, who="role/b")]))
        simple.once()
    finally:
        os.umask(old)
    modes = {p: stat.S_IMODE(p.lstat().st_mode) for p in [simple.state, *simple.state.rglob("*"), simple.out]}
    assert {oct(m) for p, m in modes.items() if p.is_dir()} == {"0o700"}
    assert {oct(m) for p, m in modes.items() if p.is_file()} == {"0o600"}


def test_newer_state_is_refused(simple):
    simple.once()
    subprocess.run(["sqlite3", simple.state / "state.db", "PRAGMA user_version=999"], check=True)
    result = simple.run("run", "--config", simple.config)
    assert result.rc == 5
    assert "999" in result.err and "state.db" in result.err


def test_state_whose_making_was_cut_off(simple, make_event):
    """kill -9 between making the file and making its tables leaves an empty database: that is a fresh one."""
    simple.state.mkdir(mode=0o700)
    subprocess.run(
        ["sqlite3", simple.state / "state.db", "PRAGMA journal_mode=WAL"], check=True, stdout=subprocess.DEVNULL
    )
    assert (simple.state / "state.db").stat().st_size > 0
    simple.put("a.ndjson", gone(make_event))
    simple.once()
    assert len(simple.delivered()) == 1


def test_state_of_another_program_is_refused(simple):
    simple.state.mkdir(mode=0o700)
    subprocess.run(["sqlite3", simple.state / "state.db", "CREATE TABLE theirs(x)"], check=True)
    result = simple.run("run", "--config", simple.config)
    assert result.rc == 5 and "not a kendrawatch state file" in result.err


def test_damaged_state_is_refused(simple):
    simple.once()
    for name in ("state.db-wal", "state.db-shm"):
        (simple.state / name).unlink(missing_ok=True)
    (simple.state / "state.db").write_bytes(b"not a database at all " * 400)
    result = simple.run("run", "--config", simple.config)
    assert result.rc == 5
    assert "state.db" in result.err


# ---- rules that are at fault


def test_a_pattern_at_its_limit_is_told_once_an_hour(simple, make_event):
    slow = simple.rule("slow", "DeleteIndex")
    slow.write_text(slow.read_text().replace("  condition: sel", "  bad: {userAgent|re: '(a+)+$'}\n  condition: sel and bad"))
    simple.rule("gone", "DeleteIndex")
    agent = simple.start()
    for i in range(3):
        simple.put(f"{i}.ndjson", gone(make_event, i, who=f"role/r{i}", set={"userAgent": "a" * 40 + f"{i}!"}))
        simple.until_delivered(2 + i)
    own = [a for a in simple.delivered() if a["rule"]["id"].startswith("kendrawatch.self.")]
    assert [(a["rule"]["id"], a["rule"]["level"]) for a in own] == [("kendrawatch.self.rule_degraded", "medium")]
    assert own[0]["summary"].startswith("A pattern reached its limit (1 so far) and was taken as not matching: slow. ")
    assert agent.stop() == 0
    assert agent.err.count("a rule is degraded limits=1 rules=\"slow\" ") == 1


def test_refused_rules_degrade_but_do_not_blind(simple, make_event):
    (simple.rules / "bad.yml").write_text(
        simple.rule("bad", "DeleteFaq").read_text().replace("eventName:", "eventName|startwith:")
    )
    agent = simple.start()
    agent.wait_for("degraded: rules were refused refused=1 of=2")
    agent.wait_for(r'bad\.yml:8:\d+: error: unknown modifier "startwith"; did you mean "startswith"\?')
    simple.put("a.ndjson", gone(make_event))
    alerts = simple.until_delivered(2)
    own = next(a for a in alerts if a["rule"]["id"] == "kendrawatch.self.rules_refused")
    assert "1 of 2 rules" in own["summary"] and "bad" in own["summary"]
    hang_up(agent)
    agent.wait_for(r"reloaded active=1 .*refused=1")
    simple.put("b.ndjson", gone(make_event, who="role/b"))
    simple.until_delivered(3)
    assert agent.stop() == 0
    assert len(simple.delivered()) == 3, "the same refused rules are told once"


def test_strict_refuses_to_start(simple):
    (simple.rules / "bad.yml").write_text("title: x\n")
    result = simple.run("run", "--config", simple.config, "--strict")
    assert result.rc == 3
    assert "bad.yml" in result.err and not simple.state.exists()
    assert simple.run("run", "--config", simple.config, "--check", "--strict").rc == 3


def test_check_finds_what_start_would_refuse(scene):
    """…all of it at once, each with its place, and leaves nothing behind."""
    scene.rule("gone", "DeleteIndex")
    scene.environment["KW_T_SHORT"] = "whsec_c2hvcnQ="
    scene.configure(
        sources={"a": {"type": "stdin"}, "b": {"type": "stdin"}},
        sinks={
            "hook": {"type": "webhook", "url": "https://x.example/", "secret": "env:KW_T_SHORT"},
            "team": {"type": "sns", "topic_arn": "arn:aws:sqs:eu-west-1:111122223333:queue"},
            "kept": {"type": "file", "path": str(scene.out)},
        },
    )
    checked = scene.run("run", "--config", scene.config, "--check")
    assert checked.rc == 3
    for pattern in (
        r"kendrawatch\.yaml:\d+:\d+: error: sink hook: the signing secret in env:KW_T_SHORT ",
        r"kendrawatch\.yaml:\d+:\d+: error: sink team: .*topic_arn",
        r"kendrawatch\.yaml:\d+:\d+: error: source b: .*standard input",
    ):
        assert re.search(pattern, checked.err), checked.err
    assert not scene.out.exists() and not scene.state.exists()
    assert scene.run("run", "--config", scene.config).rc == 3
    scene.configure(sources={})
    checked = scene.run("run", "--config", scene.config, "--check")
    assert checked.rc == 3 and "no sources: nothing to watch" in checked.err
    scene.configure(sources={"d": {"type": "directory", "path": str(scene.out / "nowhere")}})
    checked = scene.run("run", "--config", scene.config, "--check")
    assert checked.rc == 0 and "warning: source d: " in checked.err, "it may be there at the start"
    scene.configure()
    assert scene.run("run", "--config", scene.config, "--check").rc == 0
    assert not scene.out.exists()


# ---- looking at it


@pytest.mark.sanitize
def test_alerts_list_show_tail(simple, make_event):
    agent = simple.start()
    simple.put("a.ndjson", gone(make_event, who="sso/alice@example.com"))
    alert = simple.until_delivered(1)[0]
    tail = simple.kw.start(["alerts", "tail", "--state", simple.state, "--since", "1d", "--output", "ndjson"])
    assert json.loads(tail.wait_for(r"^\{.*", "out").group(0)) == alert
    simple.put("b.ndjson", gone(make_event, who="role/b"))
    tail.wait_for(r"role/b", "out")
    tail.kill()
    assert {a["id"] for a in simple.alerts()} == {a["id"] for a in simple.delivered()}
    assert len(simple.alerts("--limit", "1")) == 1
    assert simple.alerts("--level", "critical") == []
    for name in (alert["handle"], "#" + alert["handle"].lower(), alert["id"]):
        page = simple.run("alerts", "show", name, "--state", simple.state, "--output", "text")
        assert page.rc == 0, page.err
        assert "alice@example.com" in page.out and f"#{alert['handle']}" in page.out
    missing = simple.run("alerts", "show", "ZZZZZ", "--state", simple.state)
    assert missing.rc != 0 and "ZZZZZ" in missing.err
    assert simple.run("alerts", "show", "no handle!", "--state", simple.state).rc == 2
    assert agent.stop() == 0


def test_alerts_without_a_state(simple):
    result = simple.run("alerts", "list", "--state", simple.folder / "nowhere")
    assert result.rc == 5 and "nowhere" in result.err


def test_outbox_list_dead_retry_drop(simple, make_event, receiver):
    receiver.faults.set(script=["400", "400"])
    simple.configure(sinks={"hook": simple.webhook(receiver)}, agent={"suppress_for": "0s"})
    agent = simple.start()
    simple.put("a.ndjson", gone(make_event, who="role/a"), gone(make_event, who="role/b"))
    until(lambda: len(simple.query("SELECT n FROM delivery WHERE status=2")) == 2, what="two dead letters")
    dead = simple.outbox("dead")
    assert [d["status"] for d in dead] == ["dead"] * 2 and "answered 400" in dead[0]["error"]
    assert agent.stop() == 0
    assert simple.run("outbox", "retry", dead[0]["id"], "--state", simple.state).rc == 0
    assert simple.run("outbox", "drop", dead[1]["id"], "--state", simple.state).rc == 0
    assert simple.run("outbox", "drop", "99", "--state", simple.state).rc != 0
    assert [d["status"] for d in simple.outbox()] == ["waiting"]
    simple.once()
    assert simple.outbox() == []
    assert receiver.ids() == {dead[0]["alert"]}


# ---- secrets


def test_delivery_to_a_sink_that_is_gone_is_said(scene, make_event):
    scene.rule("gone", "DeleteIndex")
    scene.configure(sinks={"hook": {"type": "webhook", "url": "http://127.0.0.1:9/"}})
    scene.put("a.ndjson", gone(make_event))
    agent = scene.start()
    until(lambda: scene.query("SELECT 1 FROM delivery WHERE attempts>0"), what="a failure")
    assert agent.stop() == 0
    scene.configure()
    agent = scene.start()
    agent.wait_for("waits for a sink that is not configured sink=hook alert=")
    assert agent.stop() == 0


def test_secrets_stay_secret(scene, make_event, receiver):
    """Not in logs, errors, alerts, state, or what the commands print; a key inside an event neither."""
    key = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"
    token = "FwoGZXIvYXdzEBYaDsecretsessiontoken"
    secrets = {"KW_TEST_AUTH": "Bearer very-secret-authorization", "KW_TEST_HUB": "another-hub-secret-0123456789"}
    scene.rule("gone", "DeleteIndex")
    scene.environment |= secrets
    receiver.faults.set(script=["500", "400"])
    url_secret = "path-secret-0123456789"
    scene.configure(
        agent={"suppress_for": "0s", "log_level": "debug"},
        sinks={
            "hook": scene.webhook(
                receiver, path=f"/{url_secret}", authorization="env:KW_TEST_AUTH", hub_secret="env:KW_TEST_HUB"
            ),
            "kept": {"type": "file", "path": str(scene.out)},
        },
    )
    fields = {
        "responseElements.credentials": {"secretAccessKey": key, "sessionToken": token},
        "requestParameters.userContext": {"token": token},
        "requestParameters.queryText": "salary of the chief",
    }
    agent = scene.start()
    scene.put("a.ndjson", gone(make_event, set=fields), gone(make_event, who="role/b", set=fields))
    scene.until_idle()
    scene.outbox("dead")
    scene.alerts()
    handle = scene.delivered()[0]["handle"]
    scene.run("alerts", "show", handle, "--state", scene.state, "--output", "text")
    scene.run("run", "--config", scene.config, "--check")
    scene.run("list", "sinks", "--config", scene.config)
    scene.run("check", "--config", scene.config)
    assert agent.stop() == 0
    written = scene.everything_written() + b"".join(d["body"].encode() for d in receiver.received())
    wanted = [key, token, "salary of the chief", url_secret, receiver.SECRET if hasattr(receiver, "SECRET") else ""]
    wanted += [s.removeprefix("Bearer ") for s in secrets.values()] + [scene.environment["KW_TEST_WEBHOOK_SECRET"][6:]]
    assert sum("event" in a and bool(a["event"]) for a in scene.delivered()) == 2 and len(written) > 5000
    assert [w for w in wanted if w and w.encode() in written] == []


def test_world_readable_secret_is_a_warning(scene, receiver):
    scene.rule("gone", "DeleteIndex")
    path = scene.folder / "hook.secret"
    path.write_text(scene.webhook(receiver) and scene.environment["KW_TEST_WEBHOOK_SECRET"] + "\n")
    path.chmod(0o644)
    scene.configure(sinks={"hook": {"type": "webhook", "url": receiver.url, "secret": f"file:{path}"}})
    result = scene.run("run", "--config", scene.config, "--check")
    assert result.rc == 0 and "warning" in result.err and "hook.secret" in result.err
    path.chmod(0o600)
    assert scene.run("run", "--config", scene.config, "--check").err == ""


# ---- the disk


def test_full_disk_is_waited_for(simple, make_event):
    """RLIMIT_FSIZE stands for a full disk: nothing is acknowledged meanwhile, and all of it arrives after."""
    import resource

    agent = simple.start()
    db = simple.state / "state.db-wal"
    pid, limit = agent.pid, (db.stat().st_size if db.exists() else 0) + 4096
    resource.prlimit(pid, resource.RLIMIT_FSIZE, (limit, resource.RLIM_INFINITY))
    simple.put("a.ndjson", *[gone(make_event, who=f"role/r{i}") for i in range(50)])
    agent.wait_for("state can't be written")
    assert agent.running() and simple.delivered() == []
    resource.prlimit(pid, resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
    agent.wait_for("state can be written again")
    simple.until_delivered(50)
    assert agent.stop() == 0
    assert sorted(actors(simple)) == sorted(f"r{i}" for i in range(50))


def test_stop_on_a_full_disk(simple, make_event):
    """Nobody has to kill -9 an agent that can't write: what it could not keep it reads again."""
    import resource

    agent = simple.start()
    db = simple.state / "state.db-wal"
    limit = (db.stat().st_size if db.exists() else 0) + 4096
    resource.prlimit(agent.pid, resource.RLIMIT_FSIZE, (limit, resource.RLIM_INFINITY))
    for i in range(90):  # more than the queues between the threads hold
        simple.put(f"{i:02}.ndjson", gone(make_event, who=f"role/r{i}"))
    agent.wait_for("state can't be written")
    agent.stop(timeout=14)
    simple.once()
    assert sorted(actors(simple)) == sorted(f"r{i}" for i in range(90))


def test_outbox_at_its_cap(simple, make_event, receiver):
    """Reading stops, an alert says so, SIGTERM still ends it; with a receiver that works again nothing is missing."""
    receiver.faults.set(fail_ratio=1.0, fail_with=["500"])
    simple.configure(sinks={"hook": simple.webhook(receiver)}, agent={"suppress_for": "0s", "outbox_max": "1MiB"})
    pad = {"requestParameters.tags": [{"key": f"k{i}", "value": "v" * 200} for i in range(100)]}
    agent = simple.start()
    for i in range(60):
        simple.put(f"{i:02}.ndjson", *[gone(make_event, k, who=f"role/r{i}x{k}", set=pad) for k in range(4)])
    agent.wait_for("outbox is full", timeout=20)
    assert agent.stop(timeout=14) == 0
    assert len(simple.query("SELECT id FROM alert")) < 240
    receiver.faults.set(fail_ratio=0.0)
    agent = simple.start()
    until(lambda: receiver.summary()["distinct"] >= 240, 40, "240 alerts and the agent's own")
    assert agent.stop() == 0


def test_run_needs_a_source(simple):
    simple.configure(sources={})
    result = simple.run("run", "--config", simple.config)
    assert result.rc == 3 and "no sources" in result.err

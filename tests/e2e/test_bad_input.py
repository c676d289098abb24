"""Bad rules, bad configuration, bad events: each gets an error that names the place, and the rest is processed."""

import gzip
import json
import os
import pathlib
import re
import resource
import stat
import subprocess
import zlib

import pytest
from conftest import build_event, until
from scene import counters, ndjson

NOBODY = 65534


@pytest.fixture
def hunting(scene):
    """One rule; scan() gives counts, alerts and what was said."""
    scene.rule("gone", "DeleteIndex")

    def scan(*inputs, output="ndjson", **keywords):
        return scene.run("scan", "--rules", scene.rules, "--output", output, *inputs, **keywords)

    scene.scan = scan
    return scene


def hit(who="role/deploy", **keywords):
    return build_event("kendra:DeleteIndex", as_=who, **keywords)


def ids(result):
    return [alert["event"]["eventID"] for alert in result.lines()]


# ---- rules

RULE = """title: A rule
id: 00000000-0000-4000-8000-000000000001
name: a_rule
level: high
logsource: {product: aws, service: cloudtrail}
detection:
  sel:
    eventSource: kendra.amazonaws.com
    %s
  condition: sel
"""
BAD_RULES = {
    "misspelt modifier": (
        RULE % "eventName|startwith: Delete",
        'bad.yml:9:5: error: unknown modifier "startwith"; did you mean "startswith"?',
    ),
    "unknown Kendra operation": (RULE % "eventName: DeletIndex", 'bad.yml:9:16: .*"?DeletIndex"?.*DeleteIndex'),
    "bad regular expression": (
        RULE % "eventName|re: 'Delete(Index'",
        "bad.yml:9:19: error: .*Delete|bad.yml:9:.*parenthes",
    ),
    "list that is not declared": (RULE % "sourceIPAddress|expand: '%nowhere%'", "bad.yml:9:29: .*nowhere"),
    "tab": (RULE.replace("    eventSource", "\teventSource") % "eventName: DeleteIndex", "bad.yml:8:1: error: .*tab"),
    "no condition": (
        RULE.replace("  condition: sel\n", "") % "eventName: DeleteIndex",
        "bad.yml:7:3: error: .*condition",
    ),
    "two keys alike": (RULE.replace("level: high", "name: x") % "a: b", 'bad.yml:4:1: error: duplicate key "name"'),
    "unknown selection": (RULE.replace("condition: sel", "condition: sell") % "a: b", 'bad.yml:10:14: error: .*"sell"'),
    "level that is none": (RULE.replace("level: high", "level: hihg") % "a: b", 'bad.yml:4:8: error: .*"hihg".*"high"'),
    "alias bomb": (
        "a: &a [x,x,x,x,x,x,x,x,x,x]\n"
        + "".join(f"{chr(98 + i)}: &{chr(98 + i)} [{','.join(['*' + chr(97 + i)] * 10)}]\n" for i in range(9)),
        "bad.yml:\\d+:\\d+: error: ",
    ),
    "invalid UTF-8": (b"title: \xff\xfe\n", "bad.yml:1:.*: error: .*UTF-8"),
    "a million levels": ("[" * 1_000_000, "bad.yml:1:\\d+: error: .*deep|bad.yml:1:\\d+: error: .*nest"),
    "no rule at all": ("just a text\n", "bad.yml:1:1: error: "),
}


@pytest.mark.sanitize
@pytest.mark.parametrize("name", BAD_RULES)
def test_bad_rule(hunting, name):
    """check names the place; scan says so, runs the good rule and refuses with --strict."""
    text, message = BAD_RULES[name]
    data = text if isinstance(text, bytes) else text.encode()
    (hunting.rules / "bad.yml").write_bytes(data)
    checked = hunting.run("check", hunting.rules, timeout=20)
    told = checked.out + checked.err
    assert re.search(message, told), told[:2000]
    if name not in ("unknown Kendra operation", "list that is not declared"):
        assert checked.rc == 1
        event = hit()
        result = hunting.scan("-", input=ndjson([event]))
        assert ids(result) == [event["eventID"]] and "bad.yml" in result.err
        assert result.rc == 0
        assert hunting.scan("--strict", "-", input=b"").rc == 3


def test_duplicate_id_is_refused_with_both_places(hunting):
    text = (hunting.rules / "gone.yml").read_text()
    (hunting.rules / "later.yml").write_text(text.replace("name: gone", "name: other"))
    result = hunting.run("check", hunting.rules)
    told = result.out + result.err
    assert result.rc == 1
    assert "later.yml:2:5: error: id " in told and "gone.yml:2:5" in told
    event = hit()
    assert ids(hunting.scan("-", input=ndjson([event]))) == [event["eventID"]]


def test_all_faults_of_all_files_at_once(hunting):
    (hunting.rules / "a.yml").write_text(RULE % "eventName|startwith: x" + "level2: 3\n")
    (hunting.rules / "b.yml").write_text("title: x\n---\n" + RULE.replace("0001", "0002") % "eventName|endwith: x")
    told = hunting.run("check", hunting.rules)
    places = [
        line.rpartition("/")[2].partition(": ")[0] for line in (told.out + told.err).splitlines() if ": error: " in line
    ]
    assert "a.yml:9:5" in places and any(p.startswith("b.yml:1:") for p in places) and "b.yml:11:5" in places


def test_rules_that_are_not_there(hunting):
    result = hunting.run("scan", "--rules", hunting.folder / "nowhere", "-", input=b"")
    assert "nowhere" in result.err and "--rules" in result.err
    assert hunting.run("check", hunting.folder / "nowhere").rc != 0


# ---- configuration


@pytest.mark.sanitize
def test_bad_configuration_is_told_at_once(scene):
    """Unknown option, wrong type, out of range, unknown section or sink: one run tells all, each with its place."""
    scene.rule("gone", "DeleteIndex")
    scene.config.write_text(
        "agnt: {name: x}\n"
        "agent:\n"
        "  stat: here\n"
        "  max_age: 1s\n"
        "  show_content: perhaps\n"
        "sources:\n"
        "  a: {type: directry, path: /x}\n"
        "  b: {type: file, path: [1, 2]}\n"
        "sinks:\n"
        "  hook: {type: webhook, url: 'https://x.example/', secret: whsec_inline}\n"
        "routes:\n"
        "  - {to: hok}\n"
    )
    for command in (["run", "--config", scene.config], ["check", "--config", scene.config]):
        result = scene.run(*command)
        assert result.rc in (1, 3), result
        told = result.out + result.err
        for place, word in {
            "1:1": '"agnt"; did you mean "agent"',
            "3:3": '"stat"; did you mean "state"',
            "4:12": "max_age",
            "5:17": "show_content",
            "7:13": '"directry"; did you mean "directory"',
            "8:25": "path",
            "10:60": "never written here itself",
            "12:10": '"hok"; did you mean "hook"',
        }.items():
            lines = [line for line in told.splitlines() if f"kendrawatch.yaml:{place}: error: " in line]
            assert lines and word in lines[0], (place, word, told)
        assert "inline" not in told, "what looks like a secret is not repeated"
    assert not (scene.folder / "here").exists()


@pytest.mark.parametrize(
    "text", [b"agent: {name: [}\n", b"\tagent: {}\n", b"agent: \xff\n", b"[" * 1_000_000, b"- 1\n"],
    ids=["syntax", "tab", "utf8", "deep", "sequence"],
)  # fmt: skip
def test_configuration_that_is_no_yaml(scene, text):
    scene.config.write_bytes(text)
    result = scene.run("run", "--config", scene.config, timeout=20)
    assert result.rc == 3
    assert "kendrawatch.yaml:1:" in result.err


def test_configuration_that_is_not_there(scene):
    result = scene.run("run", "--config", scene.folder / "missing.yaml")
    assert result.rc == 3 and "missing.yaml" in result.err


def test_secret_that_is_not_set(scene):
    scene.rule("gone", "DeleteIndex")
    scene.configure(sinks={"h": {"type": "webhook", "url": "https://x.example/", "secret": "env:KW_NOT_SET"}})
    result = scene.run("run", "--config", scene.config)
    assert result.rc == 3 and "KW_NOT_SET" in result.err and "kendrawatch.yaml:" in result.err


# ---- events: each kind of damage, between two good records

TORN = json.dumps(hit("role/torn"))
DAMAGE = {
    "half a record": TORN[: len(TORN) // 2].encode(),
    "no JSON": b"{ this is not JSON }",
    "a million levels": b'{"eventVersion":"1.11","x":' + b"[" * 1_000_000,
    "2 MiB and more": b'{"eventVersion":"1.11","x":"' + b"x" * (2 << 20) + b'"}',
    "a text without an end": b'{"eventVersion":"1.11","x":"' + b"x" * 1000,
    "invalid UTF-8 in a text": b'{"eventVersion":"1.11","eventSource":"kendra.amazonaws.com\xff\xfe","eventName":"\xc3"}',
    "binary": bytes(range(1, 32)) * 8,
}
# What is no record of the plain reader's, but is read field by field and hurts nobody.
HARMLESS = {"invalid UTF-8 in a text"}


@pytest.mark.sanitize
@pytest.mark.parametrize("name", DAMAGE)
def test_damage_in_ndjson(hunting, name):
    """Both neighbours alert; one malformed record is told with file, number, byte and reason."""
    before, after = hit("role/before"), hit("role/after")
    path = hunting.put("bad.ndjson", data=ndjson([before]) + DAMAGE[name] + b"\n" + ndjson([after]))
    result = hunting.scan(path, timeout=30)
    assert [e for e in ids(result) if e in (before["eventID"], after["eventID"])] == [
        before["eventID"],
        after["eventID"],
    ]
    counts = hunting.scan(path, output="counts").lines()[0]
    if name in HARMLESS and counts["malformed"] == 0:
        assert counts["events"] == 3 and result.rc == 0
        return
    assert result.rc == 4
    assert counts["malformed"] == 1 and counts["events"] == 2 and counts["alerts"] == 2
    assert f"{path}:2: malformed record at byte {len(ndjson([before]))}: " in result.err, result.err[:500]


@pytest.mark.parametrize("name", sorted(set(DAMAGE) - {"binary", "no JSON"}))
def test_damage_in_records(hunting, name):
    """The same inside {"Records":[…]} on one line, as CloudTrail writes it."""
    before, after = hit("role/before"), hit("role/after")
    compact = [json.dumps(e, separators=(",", ":")).encode() for e in (before, after)]
    damage = DAMAGE[name].replace(b'{"eventVersion": ', b'{"eventVersion":')
    path = hunting.put("bad.json", data=b'{"Records":[' + compact[0] + b"," + damage + b"," + compact[1] + b"]}")
    result = hunting.scan(path, timeout=30)
    found = ids(result)
    assert before["eventID"] in found and after["eventID"] in found, result.err[:500]
    counts = hunting.scan(path, output="counts").lines()[0]
    if not (name in HARMLESS and counts["malformed"] == 0):
        assert result.rc == 4 and counts["malformed"] >= 1
        assert f"{path}:2: malformed record at byte " in result.err


def test_numbers_beyond_2_63(hunting):
    """A value no integer holds stands as it was written; nothing is refused."""
    event = hit(set={"requestParameters": {"big": 0, "small": 0}})
    text = (
        json.dumps(event).replace('"big": 0', '"big": 92233720368547758080123').replace('"small": 0', '"small": -1e999')
    )
    (hunting.rules / "gone.yml").write_text(
        (hunting.rules / "gone.yml")
        .read_text()
        .replace("eventName: DeleteIndex", "eventName: DeleteIndex, requestParameters.big: 92233720368547758080123")
    )
    result = hunting.scan("-", input=text)
    assert ids(result) == [event["eventID"]], result.err
    assert "92233720368547758080123" in result.out


def test_record_without_event_id(hunting):
    """The bytes stand in for it: the same record twice is one, another one is another."""
    one, other = hit("role/one"), hit("role/other")
    del one["eventID"], other["eventID"]
    result = hunting.scan("-", input=ndjson([one, one, other]))
    assert len(result.lines()) == 2 and result.rc == 0
    counts = hunting.scan("-", input=ndjson([one, one, other]), output="counts").lines()[0]
    assert (counts["events"], counts["alerts"], counts["duplicates"]) == (3, 2, 1)


def test_empty_files(hunting):
    hunting.put("empty.json", data=b"")
    hunting.put("blank.json", data=b" \n\n\t\n")
    hunting.put("none.json", data=b'{"Records":[]}')
    (hunting.inbox / "empty.json.gz").write_bytes(b"")
    hunting.put("nothing.json.gz", data=b"")
    event = hit()
    hunting.put("z.ndjson", event)
    result = hunting.scan(hunting.inbox)
    assert ids(result) == [event["eventID"]] and result.rc == 0 and result.err == ""


def test_input_that_is_not_there(hunting):
    event = hit()
    path = hunting.put("a.ndjson", event)
    result = hunting.scan(hunting.folder / "missing.json", path)
    assert result.rc == 4 and "missing.json" in result.err
    assert ids(result) == [event["eventID"]]


# ---- gzip


@pytest.mark.sanitize
def test_truncated_gzip(hunting):
    """All whole records before the cut alert; the cut is told with its reason."""
    events = [hit(f"role/r{i}") for i in range(50)]
    packed = gzip.compress(ndjson(events), 6)
    path = hunting.put("cut.json", data=packed[: len(packed) * 3 // 4])
    next_event = hit("role/next")
    following = hunting.put("next.ndjson", next_event)
    result = hunting.scan(path, following)
    found = ids(result)
    assert result.rc == 4 and "cut.json" in result.err and "truncated" in result.err
    assert found[-1] == next_event["eventID"]
    assert found[:-1] == [e["eventID"] for e in events[: len(found) - 1]] and 20 < len(found) < 51


def test_damaged_gzip(hunting):
    events = [hit(f"role/r{i}") for i in range(50)]
    packed = bytearray(gzip.compress(ndjson(events), 6))
    for at in range(len(packed) * 3 // 4, len(packed) * 3 // 4 + 8):
        packed[at] ^= 0xFF
    path = hunting.put("damaged.json", data=bytes(packed))
    result = hunting.scan(path)
    assert result.rc == 4 and "damaged.json" in result.err
    # What inflates from damaged bytes may still be JSON, with a misspelt key: the first half is whole.
    found = [alert["event"].get("eventID") for alert in result.lines()]
    assert len(found) > 10 and found[:10] == [e["eventID"] for e in events[:10]]


def test_several_members_and_zeros_behind(hunting):
    events = [hit(f"role/r{i}") for i in range(6)]
    data = b"".join(gzip.compress(ndjson([e]), 6) for e in events) + b"\0" * 512
    result = hunting.scan(hunting.put("members.json", data=data))
    assert ids(result) == [e["eventID"] for e in events] and result.rc == 0


def bomb(path, total, unit):
    """A gzip of `total` bytes of `unit`: one deflate block, repeated (a full flush makes it stand alone)."""
    piece = unit * ((16 << 20) // len(unit))
    z = zlib.compressobj(9, zlib.DEFLATED, -15)
    block = z.compress(piece) + z.flush(zlib.Z_FULL_FLUSH)
    n = total // len(piece)
    with open(path, "wb") as file:
        file.write(b"\x1f\x8b\x08\0\0\0\0\0\0\x03")
        for _ in range(n):
            file.write(block)
        file.write(zlib.compressobj(9, zlib.DEFLATED, -15).flush())
        file.write(b"\0" * 8)  # a checksum that nobody gets to
    return path.stat().st_size


def peak(args, env, cwd, limit_as=None):
    """rc, stderr, MiB of the largest resident set."""

    def limit():
        if limit_as:
            resource.setrlimit(resource.RLIMIT_AS, (limit_as, limit_as))

    child = subprocess.Popen(
        args, env=env, cwd=cwd, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, preexec_fn=limit
    )
    err = child.stderr.read().decode()
    _, status, usage = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    child.stderr.close()
    return child.returncode, err, usage.ru_maxrss / 1024


SOAK = pytest.mark.soak  # 2 GiB are framed before the cap


@pytest.mark.timeout(300)
@pytest.mark.parametrize(
    "unit",
    [b'{"a":', pytest.param(b" ", marks=SOAK), pytest.param(b"[", marks=SOAK)],
    ids=["objects", "blanks", "brackets"],
)
def test_gzip_bomb(hunting, kw, unit):
    """10 MB that inflate to 10 GB: constant memory, refused at the cap with its place; the next file is read."""
    path = hunting.inbox / "bomb.json.gz"
    packed = bomb(path, 10 << 30, unit)
    assert packed < 16 << 20
    hunting.put("next.ndjson", hit())
    args = [kw.binary, "scan", "--rules", hunting.rules, "--output", "counts", path, hunting.inbox / "next.ndjson"]
    sanitized = "asan" in kw.binary or "tsan" in kw.binary
    rc, err, mib = peak(args, kw.environment(), hunting.folder, None if sanitized else 512 << 20)
    assert rc == 4, err[-2000:]
    assert "bomb.json.gz: " in err
    assert sanitized or mib < 96


# ---- in the agent: quarantine and counters


@pytest.mark.sanitize
@pytest.mark.threads
def test_agent_quarantines(scene):
    """Each malformed record is kept with its bytes, place and reason, once; neighbours alert; restarts keep it so."""
    scene.rule("gone", "DeleteIndex")
    scene.configure(agent={"suppress_for": "0s"})
    torn = DAMAGE["half a record"]
    first = ndjson([hit("role/a")])
    scene.put("a.ndjson", data=first + torn + b"\n" + ndjson([hit("role/b")]))
    compact = [json.dumps(hit(f"role/{w}"), separators=(",", ":")).encode() for w in "cd"]
    torn_compact = torn.replace(b'{"eventVersion": ', b'{"eventVersion":')
    scene.put("b.json.gz", data=b'{"Records":[' + compact[0] + b"," + torn_compact + b"," + compact[1] + b"]}")
    agent = scene.start()
    scene.until_idle()
    assert agent.stop() == 0
    assert sorted(a["actor"]["principal"].rpartition("/")[2] for a in scene.delivered()) == list("abcd")
    counted = counters(agent)
    assert counted["malformed"] == 2 and counted["events"] == 4
    pieces = {pathlib.Path(about["object"]).name: (about, kept) for about, kept in scene.quarantine()}
    about, kept = pieces["a.ndjson"]
    assert (about["source"], about["offset"], about["record"]) == ("trails", len(first), 2)
    assert kept.rstrip(b"\n") == torn and about["reason"] and about["bytes"] == len(kept)
    assert pieces["b.json.gz"][0]["record"] == 2
    agent.wait_for(r'malformed record source=trails object=".*a\.ndjson" record=2 offset=\d+ reason=')
    again = scene.once_more(scene.inbox / "a.ndjson")
    assert counters(again)["malformed"] == 1
    assert len(scene.quarantine()) == 2 and len(scene.delivered()) == 4


def test_agent_quarantine_has_a_cap(scene):
    """64 KiB here: the oldest goes, counted and said."""
    scene.rule("gone", "DeleteIndex")
    scene.configure(agent={"suppress_for": "0s", "quarantine_max": "64KiB"})
    for i in range(6):
        scene.put(
            f"{i}.ndjson", data=b'{"eventVersion":"1.11","x' + b"%d" % i * 20_000 + b"\n" + ndjson([hit(f"role/r{i}")])
        )
    agent = scene.once()
    assert len(scene.delivered()) == 6
    folder = scene.state / "quarantine"
    assert sum(p.stat().st_size for p in folder.iterdir()) <= 64 << 10
    assert 0 < len(scene.quarantine()) < 6
    agent.wait_for("quarantine is full dropped=1 ")


@pytest.mark.soak
@pytest.mark.timeout(300)
def test_agent_gives_up_a_bomb_and_goes_on(scene, kw):
    scene.rule("gone", "DeleteIndex")
    scene.configure(
        agent={"suppress_for": "0s"},
    )
    bomb(scene.staging / "bomb", 3 << 30, b" ")
    (scene.staging / "bomb").rename(scene.inbox / "bomb.json.gz")
    scene.put("next.ndjson", hit())
    agent = scene.start()
    agent.wait_for("object was not read to its end source=trails object=.*bomb.json.gz", timeout=200)
    scene.until_delivered(1)
    until(lambda: scene.quarantine(), what="quarantine")
    rss = int(pathlib.Path(f"/proc/{agent.pid}/status").read_text().partition("VmHWM:")[2].split()[0]) / 1024
    assert "asan" in kw.binary or "tsan" in kw.binary or rss < 96
    assert agent.stop() == 0


# ---- permissions: root reads everything, so it becomes somebody else first


def as_nobody(scene, kw):
    """argv that runs the binary without root's rights, and folders that it may use."""
    if os.geteuid() != 0:
        return [kw.binary]
    for folder in (scene.folder, *scene.folder.parents):
        if folder == pathlib.Path("/tmp"):
            break
        if folder.owner() == "root" and folder.stat().st_mode & stat.S_IXOTH == 0:
            folder.chmod(folder.stat().st_mode | stat.S_IXOTH)
    for path in (scene.folder, *scene.folder.rglob("*")):
        os.chown(path, NOBODY, NOBODY)
    own = scene.folder / "kendrawatch"
    own.write_bytes(pathlib.Path(kw.binary).read_bytes())
    own.chmod(0o755)
    kw.binary = str(own)
    return ["setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups", str(own)]


def test_folder_and_file_without_permission(scene, kw):
    """scan names them and reads the rest; the agent too, and finds them once they may be read."""
    scene.rule("gone", "DeleteIndex")
    scene.configure(
        agent={"suppress_for": "0s"},
        sources={"t": {"type": "directory", "path": str(scene.inbox), "rescan": "1s"}},
    )
    open_event, shut_event, hidden_event = hit("role/open"), hit("role/shut"), hit("role/hidden")
    scene.put("open.ndjson", open_event)
    shut = scene.put("shut.ndjson", shut_event)
    scene.put("locked/hidden.ndjson", hidden_event)
    command = as_nobody(scene, kw)
    locked = scene.inbox / "locked"
    shut.chmod(0)
    locked.chmod(0)
    try:
        scan = subprocess.run(
            [*command, "scan", "--rules", scene.rules, scene.inbox], env=kw.environment(), cwd=scene.folder,
            capture_output=True, text=True, timeout=30)  # fmt: skip
        assert [json.loads(line)["event"]["eventID"] for line in scan.stdout.splitlines()] == [open_event["eventID"]]
        assert scan.returncode == 4
        assert "shut.ndjson: " in scan.stderr and "locked: " in scan.stderr
        assert scan.stderr.count("ermission denied") == 2
        kw.binary, real = command[0], kw.binary
        agent = kw.start([*command[1:], "run", "--config", scene.config], cwd=scene.folder)
        kw.binary = real
        agent.wait_for('object can\'t be opened source=t object=".*shut.ndjson" error="Permission denied"')
        agent.wait_for('folder can\'t be read source=t path=".*locked" error="Permission denied"')
        scene.until_delivered(1)
    finally:
        shut.chmod(0o644)
        locked.chmod(0o755)
    scene.until_delivered(3)
    assert agent.stop() == 0
    assert {a["event"]["eventID"] for a in scene.delivered()} == {
        e["eventID"] for e in (open_event, shut_event, hidden_event)}  # fmt: skip


# ---- the command line


@pytest.mark.parametrize(
    ("args", "word"),
    [
        (["scna"], "scan"),
        (["scan"], "standard input"),
        (["scan", "--outptu", "counts", "-"], "--output"),
        (["scan", "--output", "xml", "-"], "xml"),
        (["scan", "--fail-on", "hihg", "-"], "hihg"),
        (["scan", "--rules"], "--rules"),
        (["alerts", "shwo"], "show"),
        (["alerts", "list", "--since", "yesterday"], "yesterday"),
        (["outbox", "retry"], "retry"),
        (["list", "everything"], "everything"),
        (["run", "now"], "now"),
    ],
    ids=lambda a: " ".join(a) if isinstance(a, list) else "",
)
def test_wrong_command_line(kw, args, word):
    result = kw.run(args)
    assert result.rc == 2
    assert word in result.err and "--help" in result.err and result.out == ""

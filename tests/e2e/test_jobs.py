"""scan --jobs: for any number of threads, and wherever a large file is cut, the same bytes."""

import gzip
import random
import re
import subprocess

import generate
import pytest
from conftest import build_event
from scene import ndjson

N_EVENTS = 1200


@pytest.fixture(scope="module")
def trail(tmp_path_factory):
    """One file of lines, a tree of gzip objects, and both with damage and copies."""
    folder = tmp_path_factory.mktemp("trail")
    generate.main(["--events", str(N_EVENTS), "--out", str(folder / "day.ndjson")])
    generate.main(["--events", str(N_EVENTS), "--form", "tree", "--out", str(folder / "tree")])
    lines = (folder / "day.ndjson").read_bytes().splitlines(keepends=True)
    hits = [ndjson([build_event("kendra:DeleteIndex", as_=f"role/r{i % 7}")]) for i in range(60)]
    chance = random.Random(5)
    mixed = lines[:400] + hits + hits[:20]  # some of them twice, far from each other
    chance.shuffle(mixed)
    for i in range(0, len(mixed), 9):
        torn = mixed[i][: chance.randrange(1, len(mixed[i]))]
        mixed[i] = chance.choice([torn, torn + b"\n", mixed[i].replace(b":", b"!", 1), b"garbage\n", b"[\n" + mixed[i]])
    mess = folder / "mess"
    mess.mkdir()
    (mess / "a.ndjson").write_bytes(b"".join(mixed))
    (mess / "b.json.gz").write_bytes(gzip.compress(b'{"Records":[' + b",".join(hits[10:40]) + b"]}"))
    (mess / "c.json.gz").write_bytes(gzip.compress(b"".join(lines[:50]))[:-70])
    (mess / "d.ndjson").write_bytes(b"".join(lines[:30]).replace(b"\n", b"\r\n").rstrip())
    (mess / "e.json").write_bytes(b"[\n" + b",\n".join(line.rstrip() for line in lines[:60]) + b"\n]\n")
    (mess / "none.json").symlink_to(mess / "nowhere")
    return folder


def steady(text):
    """Without what the wall clock says."""
    text = re.sub(r'"(detected_at|seconds|late_by)":("[^"]*"|[0-9.]+)', "", text)
    return re.sub(r"[0-9.]+ s\)", "", text)


def scan(scene, jobs, piece, output, *inputs, more=()):
    args = ["scan", "--rules", scene.rules, "--output", output, "--jobs", jobs, *more, *inputs]
    result = scene.run(*[str(a) for a in args], env={"KW_PIECE": str(piece)} if piece else {})
    return result.rc, steady(result.out), result.err


@pytest.mark.threads
@pytest.mark.sanitize
@pytest.mark.parametrize("output", ["ndjson", "text", "counts"])
@pytest.mark.parametrize("what", ["day.ndjson", "tree", "mess"])
def test_any_number_of_jobs_prints_the_same(scene, trail, what, output):
    scene.rule("gone", "DeleteIndex")
    scene.rule("asked", "Query")
    more = ["--all"] if output == "text" else []
    one = scan(scene, 1, None, output, trail / what, more=more)
    assert len(one[1]) > 100
    for jobs, piece in ((2, 3000), (4, 700), (3, 40000), (2, None)):
        assert scan(scene, jobs, piece, output, trail / what, more=more) == one, (jobs, piece)


@pytest.mark.threads
def test_pipes_are_read_in_their_place(scene, trail):
    """Standard input between files, while others read ahead."""
    scene.rule("gone", "DeleteIndex")
    said = []
    event = ndjson([build_event("kendra:DeleteIndex")])
    for jobs in (1, 4):
        args = ["--output", "ndjson", "--jobs", str(jobs), trail / "mess" / "a.ndjson", "-", trail / "day.ndjson"]
        result = scene.run("scan", "--rules", scene.rules, *args, env={"KW_PIECE": "900"}, input=event)
        said.append((result.rc, steady(result.out), result.err))
    assert said[0] == said[1]
    objects = [line.split('"object":"')[1].split('"')[0] for line in said[0][1].splitlines()]
    assert objects.count("stdin") == 1
    assert objects[-1] != "stdin" or objects[0].endswith("a.ndjson")


@pytest.mark.threads
def test_a_reader_that_goes_away_ends_it(scene, kw, trail):
    scene.rule("gone", "DeleteIndex")
    argv = [kw.binary, "scan", "--rules", str(scene.rules), "--output", "ndjson", "--jobs", "4", "--no-dedup"]
    env = {**kw.environment(), "KW_PIECE": "2000"}
    process = subprocess.Popen(
        [*argv, *[str(trail / "mess")] * 60], env=env, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    )
    assert process.stdout.readline().startswith(b"{")
    process.stdout.close()
    process.wait(30)


def test_jobs_are_a_number(scene, trail):
    for wrong in ("0", "65", "many", "-1", "1.5"):
        result = scene.run("scan", "--jobs", wrong, str(trail / "day.ndjson"))
        assert result.rc == 2
        assert f'--jobs is a number from 1 to 64, not "{wrong}"' in result.err

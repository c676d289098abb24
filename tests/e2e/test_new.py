"""`kendrawatch new`: whatever it is made from, the draft is clean, its tests pass and protect all of it."""

import json
import re
import subprocess
import sys

import pytest
from conftest import ROOT

IDENTITIES = ["root", "user/bob", "role/app", "role/known-caller", "sso/alice@example.com", "service/kendra",
              "federated/carol", "account/444455556666"]  # fmt: skip


def operations():
    table = (ROOT / "rules" / "event" / "kendra_op_list.h").read_text()
    return re.findall(r"^KENDRA_OP\((\w+)", table, re.M)


@pytest.fixture
def drafts(kw, tmp_path):
    """drafts(name, *words): writes what `new` prints; drafts.judge(): all of them are good."""

    class Drafts:
        folder = tmp_path / "drafts"

        def __init__(self):
            self.folder.mkdir()
            self.n = 0

        def __call__(self, *words, input=None):
            result = kw.run(["new", *words], input=input)
            assert (result.rc, result.err) == (0, ""), words
            # two drafts of one operation have the same name, which `check` would doubt
            self.n += 1
            text = re.sub(r"^name: (\w+)$", rf"name: \1_{self.n}", result.out, flags=re.M)
            (self.folder / f"{self.n:04d}.yml").write_text(text)
            return result.out

        def judge(self):
            check = kw.run(["check", self.folder])
            assert (check.rc, check.out) == (0, ""), check.out
            assert f"{self.n} rule" in check.err
            test = kw.run(["test", self.folder, "--quiet"])
            assert test.rc == 0, test.out
            mutate = kw.run(["test", self.folder, "--mutate", "--fail-on-survivors"])
            assert mutate.rc == 0 and "(100 %)" in mutate.out, mutate.out

    return Drafts()


def test_every_kendra_operation(drafts):
    names = operations()
    assert len(names) == 66
    for name in names:
        drafts("--api", f"kendra:{name}")
    drafts.judge()


def test_every_identity_and_other_services(drafts):
    for identity in IDENTITIES:
        drafts("--api", "kendra:BatchPutDocument", "--as", identity)
        drafts("--api", "signin:ConsoleLogin", "--as", identity)
        drafts("--api", "rds:DescribeDBInstances", "--as", identity)
    drafts.judge()


def test_what_it_writes(drafts):
    text = drafts("--api", "rds:DescribeDBInstances", "--as", "user/bob")
    assert re.search(r"^id: [0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$", text, re.M)
    assert "\nname: rds_describe_db_instances\n" in text and "\nlevel: low #" in text
    assert "needs: [rds_describe_db_instances_callers]" in text
    assert re.search(r"^id: .*$", text, re.M).group() != re.search(
        r"^id: .*$", drafts("--api", "rds:DescribeDBInstances", "--as", "user/bob"), re.M
    ).group()


def test_from_events_of_every_kind(drafts, make_event):
    names = ["Query", "BatchPutDocument", "DeleteIndex", "CreateDataSource"]
    for name in names:
        for as_ in ("role/kb-app", "user/bob", "root", "sso/alice@example.com"):
            drafts("--from", "-", input=json.dumps(make_event(f"kendra:{name}", as_=as_)))
    denied = {"errorCode": "AccessDeniedException", "errorMessage": "no: é \u2028 \x07 \"quoted\" # not a comment"}
    drafts("--from", "-", input=json.dumps(make_event("kendra:Query", as_="role/x", set=denied)))
    failed = {"responseElements": {"ConsoleLogin": "Failure"}, "errorMessage": "Failed authentication"}
    drafts("--from", "-", input=json.dumps(make_event("signin:ConsoleLogin", as_="user/bob", set=failed)))
    foreign = {"recipientAccountId": "444455556666"}
    drafts("--from", "-", input=json.dumps(make_event("kendra:Query", as_="role/x", set=foreign)))
    odd = {"requestParameters": {"no": "yes", "n": None, "12:30": 1e300, "a.b": [[], {}, [1, {"x": False}], ""], "-": "- x",
                                 "deep": {"er": {"y": "012", "multi": "line\nbreak\ttab"}}}}  # fmt: skip
    drafts("--from", "-", input=json.dumps(make_event("kendra:Query", as_="role/x", set=odd)))
    drafts.judge()


def test_from_the_generated_estate(drafts, tmp_path):
    """One event of each kind that the test data's day at Acme holds."""
    trail = tmp_path / "trail.ndjson"
    subprocess.run(
        [sys.executable, ROOT / "tests" / "data" / "generate.py", "--events", "6000", "--out", trail], check=True
    )
    seen = set()
    for line in trail.read_text().splitlines():
        event = json.loads(line)
        who = event.get("userIdentity", {}).get("type")
        kind = (event.get("eventSource"), event.get("eventName"), who, "errorCode" in event)
        if kind not in seen and len(seen) < 150:
            seen.add(kind)
            drafts("--from", "-", input=line)
    assert len(seen) > 20
    drafts.judge()


def test_the_event_is_masked(drafts, make_event):
    secrets = {
        "responseElements": {"credentials": {"accessKeyId": "ASIAQWERTYUIOPASDFGH", "secretAccessKey": "wJalrXUtnFEMI/K7MDENG",
                                             "sessionToken": "FwoGZXIvYXdzEBYaD"}},
        "requestParameters": {"queryText": "who is pregnant"},
    }  # fmt: skip
    text = drafts("--from", "-", input=json.dumps(make_event("sts:AssumeRole", as_="role/x", set=secrets)))
    for secret in ("QWERTYUIOP", "wJalrXUtnFEMI", "FwoGZXIvYXdz", "who is pregnant"):
        assert secret not in text
    drafts.judge()


@pytest.mark.parametrize(
    ("words", "rc", "said"),
    [
        (["--api", "kendra:BatchPutDocumnt"], 4, 'did you mean "BatchPutDocument"?'),
        (["--api", "kendra:Query", "--as", "robot/x"], 4, "none of root, user/NAME"),
        ([], 2, "--from EVENT or --api"),
        (["--api", "kendra:Query", "--from", "-"], 2, "--from EVENT or --api"),
        (["--from", "-", "--as", "root"], 2, "--as goes with --api"),
        (["--from", "/none/such.json"], 4, "/none/such.json"),
    ],
)
def test_what_is_wrong_is_told(kw, words, rc, said):
    result = kw.run(["new", *words], input="")
    assert (result.rc, result.out) == (rc, "") and said in result.err


def test_an_event_without_a_name_is_refused(kw):
    result = kw.run(["new", "--from", "-"], input='{"eventSource":"kendra.amazonaws.com","eventID":"x"}')
    assert result.rc == 4 and "no eventName" in result.err

"""check's forms: what a person reads, what code scanning and GitHub read, and its exit status."""

import json
import re
import subprocess

import pytest

RULE = """title: A rule
id: 00000000-0000-4000-8000-000000000001
level: high
logsource: {product: aws, service: cloudtrail}
detection:
  sel:
    eventSource: kendra.amazonaws.com
    eventName|startwith: Delete
    note: ['日本語', "ü", No]
  condition: sell
"""
LONG = RULE.replace("|startwith", "|startswith").replace("sell", "sel").replace("note: ['日本語', \"ü\", No]", "a: [%s, No]")


@pytest.fixture
def folder(kw, tmp_path):
    (tmp_path / "rules").mkdir()
    (tmp_path / "rules" / "a b.yml").write_text(RULE)

    def check(*options, path="rules", **more):
        return kw.run(["check", *options, *([path] if path else [])], cwd=tmp_path, **more)

    check.folder = tmp_path
    return check


def test_lines_and_carets(folder):
    """Wide characters count two columns, so the caret stands below its word."""
    done = folder()
    assert done.out == (
        'rules/a b.yml:8:5: error: unknown modifier "startwith"; did you mean "startswith"? [unknown-modifier]\n'
        "     8 |     eventName|startwith: Delete\n"
        "       |     ^~~~~~~~~~~~~~~~~~~\n"
        "rules/a b.yml:9:24: warning: readers of YAML 1.1 see a boolean in No; put it in quotes [yaml11]\n"
        "     9 |     note: ['日本語', \"ü\", No]\n"
        "       |                           ^~\n"
        'rules/a b.yml:10:14: error: no selection is named "sell"; did you mean "sel"? [unknown-selection]\n'
        "    10 |   condition: sell\n"
        "       |              ^~~~\n"
    )
    assert (done.rc, done.err) == (1, "1 rule, 2 errors, 1 warning\n")


def test_long_lines_are_windowed(folder):
    (folder.folder / "rules" / "a b.yml").write_text(LONG % ", ".join(f"v{i}" for i in range(200)))
    line, caret = folder().out.splitlines()[1:3]
    assert len(line) <= 100 and "…" in line
    assert line[caret.index("^") :].startswith("No")


def test_source_can_not_move_the_cursor(folder):
    (folder.folder / "rules" / "a b.yml").write_text(RULE.replace("note:", '"n\\tt\x1b[2J\u202e":'))
    out = folder().out
    assert "\x1b" not in out and "\u202e" not in out


def test_short_form(folder):
    assert [line.rpartition("[")[2] for line in folder("--format", "short").out.splitlines()] == [
        "unknown-modifier]", "yaml11]", "unknown-selection]"]  # fmt: skip


def test_json_forms_are_the_same(folder):
    rows = json.loads(folder("--format", "json").out)
    assert rows == folder("--format", "ndjson").lines() == folder("--output", "ndjson").lines()
    assert rows[0] == {
        "level": "error", "code": "unknown-modifier", "file": "rules/a b.yml", "line": 8, "column": 5, "end_column": 24,
        "text": 'unknown modifier "startwith"; did you mean "startswith"?', "source": "    eventName|startwith: Delete",
    }  # fmt: skip


def test_github_commands(folder):
    (folder.folder / "rules" / "a b.yml").rename(folder.folder / "rules" / "a,b:c%.yml")
    lines = folder("--format", "github").out.splitlines()
    assert lines[0] == (
        "::error file=rules/a%2Cb%3Ac%25.yml,line=8,col=5,endColumn=24,title=kendrawatch [unknown-modifier]::"
        'unknown modifier "startwith"; did you mean "startswith"?'
    )
    assert lines[1].startswith("::warning file=")


def test_sarif(folder):
    """The structure that SARIF 2.1.0 requires, and what code scanning needs of what is optional."""
    log = json.loads(folder("--format", "sarif", path=folder.folder / "rules").out)
    assert log["version"] == "2.1.0" and log["$schema"].endswith("sarif-schema-2.1.0.json")
    (run,) = log["runs"]
    driver = run["tool"]["driver"]
    assert driver["name"] == "kendrawatch" and run["columnKind"] == "unicodeCodePoints"
    for rule in driver["rules"]:
        assert rule["shortDescription"]["text"] and rule["help"]["text"]
    assert len({rule["id"] for rule in driver["rules"]}) == len(driver["rules"]) == 3
    prints = set()
    for result in run["results"]:
        assert driver["rules"][result["ruleIndex"]]["id"] == result["ruleId"]
        assert result["level"] in ("error", "warning", "note") and result["message"]["text"]
        place = result["locations"][0]["physicalLocation"]
        assert place["artifactLocation"] == {"uri": "rules/a%20b.yml", "uriBaseId": "%SRCROOT%"}
        region = place["region"]
        assert 1 <= region["startColumn"] < region["endColumn"] and region["startLine"] >= 1
        assert region["snippet"]["text"] in RULE
        prints.add(result["partialFingerprints"]["kendrawatchFault/v1"])
    assert len(prints) == 3

    (folder.folder / "rules" / "a b.yml").write_text("# moved\n\n" + RULE)
    moved = json.loads(folder("--format", "sarif").out)["runs"][0]["results"]
    assert {r["partialFingerprints"]["kendrawatchFault/v1"] for r in moved} == prints


def test_comments_ignore_warnings_and_no_errors(folder):
    path = folder.folder / "rules" / "a b.yml"
    path.write_text(RULE.replace(" No]", " No]  # kendrawatch: ignore=yaml11 as it is in the record"))
    assert "yaml11" not in folder().out
    path.write_text(RULE.replace("    note", "    # kendrawatch: ignore=yaml11\n    note"))
    assert "yaml11" not in folder().out
    path.write_text("# kendrawatch: ignore-file=yaml11, unknown-modifier\n" + RULE)
    assert "yaml11" not in folder().out and "unknown-modifier" in folder().out
    path.write_text(RULE.replace(" No]", " No]  # kendrawatch: ignore=yaml12"))
    assert 'no kind of fault "yaml12" to ignore; did you mean "yaml11"?' in folder().out


def test_exit_status(folder):
    path = folder.folder / "rules" / "a b.yml"
    path.write_text(LONG % "x")
    assert folder().rc == 0 and folder("--strict").rc == folder("--fail-on", "warning").rc == 1
    assert folder("--strict", "--ignore", "yaml11").rc == 0
    path.write_text(LONG.replace(", No", "") % "x")
    assert folder("--strict").rc == 0 and folder("--fail-on", "note").rc == 1
    assert folder("--fail-on", "never").rc == folder("--format", "xml").rc == folder("--ignore", "yaml12").rc == 2


def test_explain(folder):
    done = folder("--explain", "never-true", path=None)
    assert done.rc == 0 and "never-true: no event can fulfil" in done.out and "ignore=never-true" in done.out
    assert 'did you mean "never-true"' in folder("--explain", "nevertrue", path=None).err


def test_lines_of_the_configuration_are_dotted_out(folder):
    """A token in a URL, a secret in the open: the word at fault and keys are shown, nothing else."""
    (folder.folder / "kw.yaml").write_text(
        "sinks:\n  hook: {type: webhook, url: 'https://x.example/hunter2', secrt: hunter2}\nroutes: [{to: hok}]\n"
    )
    for form in ("text", "json", "sarif", "github"):
        out = folder("--config", "kw.yaml", "--format", form, path=None).out
        assert "hunter2" not in out and "secrt" in out, form
    text = folder("--config", "kw.yaml", path=None).out
    assert "     3 | routes: [{to: hok}]" in text


def test_colour_is_for_terminals(kw, folder):
    assert "\x1b" not in folder().out
    done = subprocess.run(
        ["script", "-qec", f"{kw.binary} check rules", "/dev/null"],
        cwd=folder.folder, capture_output=True, text=True, env={"TERM": "xterm", "PATH": "/usr/bin:/bin"}, check=False)  # fmt: skip
    assert re.search(r"\x1b\[31merror:\x1b\[0m", done.stdout)

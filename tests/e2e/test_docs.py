"""What the documentation says is what the binary does.

Every ```sh block of README.md and docs/**.md is run, a line at a time, in a scratch folder with the binary on PATH and
the files that a reader would have: trail.json.gz, AWSLogs/, rules/, kendrawatch.yaml (README's own example), state/ of
an agent that has run. In a ```console block lines that begin with `$ ` are run, and the lines below must appear in the
output in their order, `…` standing for anything. Commands named in passing must exist, with their options.
"""

import json
import re
import subprocess

import generate
import pytest
import yaml
from conftest import ROOT, build_event
from scene import Scene

PAGES = [ROOT / "README.md", *sorted(p for p in (ROOT / "docs").rglob("*.md"))]
FENCE = re.compile(r"^```(\w*)[^\n]*\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def blocks(language):
    return [
        pytest.param(match.group(2), id=f"{page.relative_to(ROOT)}-{n}")
        for page in PAGES
        for n, match in enumerate(FENCE.finditer(page.read_text()), 1)
        if match.group(1) == language
    ]


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    folder = tmp_path_factory.mktemp("data")
    generate.main(["--events", "300", "--form", "records", "--gz", "--out", str(folder / "trail.json.gz")])
    generate.main(["--events", "300", "--form", "tree", "--out", str(folder)])
    generate.main(["--events", "100", "--form", "lookup", "--out", str(folder / "lookup.json")])
    return folder


@pytest.fixture
def scratch(kw, tmp_path, data):
    """run(line) in a folder with a reader's files."""
    folder = tmp_path / "scratch"
    folder.mkdir()
    for name in ("trail.json.gz", "AWSLogs"):
        (folder / name).symlink_to(data / name)
    (folder / "rules").symlink_to(ROOT / "rules")
    example = next(m.group(2) for m in FENCE.finditer((ROOT / "README.md").read_text()) if m.group(1) == "yaml")
    (folder / "kendrawatch.yaml").write_text(example)
    programs = tmp_path / "bin"
    programs.mkdir()
    (programs / "kendrawatch").symlink_to(kw.binary)
    aws = programs / "aws"
    aws.write_text(f"#!/bin/sh\nexec cat '{data}/lookup.json'\n")
    aws.chmod(0o755)
    release = folder / "build" / "release"
    release.mkdir(parents=True)
    (release / "kendrawatch").symlink_to(kw.binary)

    (tmp_path / "made").mkdir()
    scene = Scene(kw, tmp_path / "made")
    scene.state = folder / "state"
    scene.rule("gone", "DeleteIndex")
    scene.configure()
    scene.put("a.ndjson", build_event("kendra:DeleteIndex"))
    scene.once()

    def run(line):
        return subprocess.run(
            ["bash", "-euo", "pipefail", "-c", line], cwd=folder, capture_output=True, text=True, timeout=60,
            env=kw.environment({"PATH": f"{programs}:/usr/bin:/bin"}))  # fmt: skip

    return run


@pytest.mark.parametrize("block", blocks("sh"))
def test_shell_block(scratch, block):
    lines = [line for line in block.replace("\\\n", " ").splitlines() if line.strip() and not line.startswith("#")]
    assert lines
    for line in lines:
        done = scratch(line)
        assert done.returncode == 0, f"{line}\n{done.stdout[-1000:]}{done.stderr[-1000:]}"


def appears(expected, output):
    """Each line in order, … for anything."""
    lines = iter(output.splitlines())
    for want in expected:
        pattern = ".*".join(re.escape(part.strip()) for part in want.split("…"))
        if not any(re.search(pattern, line) for line in lines):
            return want
    return None


@pytest.mark.parametrize(
    "block", blocks("console") or [pytest.param("$ kendrawatch version\nkendrawatch …\n", id="none")]
)
def test_console_block(scratch, block):
    parts = re.split(r"^\$ ", block, flags=re.MULTILINE)
    assert parts[0].strip() == "" and len(parts) > 1
    for part in parts[1:]:
        command, *expected = part.rstrip("\n").split("\n")
        done = scratch(command)
        missing = appears([line for line in expected if line.strip()], done.stdout + done.stderr)
        assert missing is None, f"$ {command}\nno line {missing!r} in\n{done.stdout}{done.stderr}"


def test_first_try_on_ones_own_account(scratch):
    """README's lookup-events line, with a program that prints what AWS's would."""
    lines = re.findall(r"^    (aws cloudtrail .*)$", (ROOT / "README.md").read_text(), re.MULTILINE)
    assert lines
    for line in lines:
        done = scratch(line)
        assert done.returncode == 0, done.stderr
        done = scratch(line.replace("scan -", "scan --output counts -"))
        assert json.loads(done.stdout)["events"] == 100


def test_commands_named_in_passing(kw):
    """`kendrawatch WORD --option` in running text: the word is a command, the option one of its own."""
    help_page = kw.run(["--help"]).out
    commands = set(re.findall(r"^  ([a-z]+)  ", help_page, re.MULTILINE))
    assert {"scan", "run", "alerts"} <= commands
    wrong, n = [], 0
    for page in [
        *PAGES,
        ROOT / "agent" / "README.md",
        ROOT / "config" / "README.md",
        ROOT / "rules" / "packs" / "README.md",
    ]:
        for text in re.findall(r"`(kendrawatch [a-z][^`\n]*)`", page.read_text()):
            word, n = text.split()[1], n + 1
            if word not in commands:
                wrong.append((page.name, text))
                continue
            own = kw.run(["help", word]).out
            wrong += [(page.name, text, o) for o in re.findall(r"--[a-z-]+", text) if not re.search(rf"{o}\b", own)]
    assert wrong == [] and n > 5


def test_figures_of_the_readme(kw):
    """What can be counted is counted."""
    text = (ROOT / "README.md").read_text()
    rules = kw.run(["list", "rules", "--output", "ndjson"]).lines()
    points = kw.run(["list", "points", "--output", "ndjson"]).lines()
    tested = kw.run(["test", ROOT / "rules" / "packs", "--quiet"])
    cases = re.search(r"(\d+) (?:cases|tests)?.*passed", tested.out + tested.err)
    assert tested.rc == 0 and cases, tested.out[-500:]
    kendra = sum("/kendra/" in rule["file"] for rule in rules)
    said = re.search(r"(\d+) rules, (\d+) of them for Kendra; (\d+) cases", text)
    assert said and said.groups() == (str(len(rules)), str(kendra), cases.group(1))
    assert f"each of {len(points)} named points" in text
    assert f"for {len(rules)} of them" in text


def test_make_help():
    """It prints the Makefile's own header, to its end."""
    head = (ROOT / "Makefile").read_text().split("\n\n")[0]
    said = subprocess.run(["make", "-s", "help"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    assert said == re.sub(r"(?m)^# ?", "", head) + "\n"


def test_manual_page(kw):
    """docs/man is what the binary prints, and mandoc has nothing to say about it."""
    printed = kw.run(["help", "--man"])
    assert printed.rc == 0
    page = ROOT / "docs" / "man" / "kendrawatch.8"
    assert page.read_text() == printed.out, "build/test/kendrawatch help --man > docs/man/kendrawatch.8"
    lint = subprocess.run(["mandoc", "-Tlint", "-W", "warning", page], capture_output=True, text=True)
    assert (lint.returncode, lint.stdout) == (0, "")
    rendered = subprocess.run(["mandoc", "-Tutf8", page], capture_output=True, text=True, check=True).stdout
    for word in ("scan", "alerts", "run", "EXIT STATUS", "--fail-on"):
        assert word in re.sub(r".\x08", "", rendered)


def test_manual_page_of_the_rules(kw):
    """kendrawatch-rules(7) is what the binary prints; it names all that the lists hold."""
    printed = kw.run(["help", "--man", "rules"])
    page = ROOT / "docs" / "man" / "kendrawatch-rules.7"
    assert page.read_text() == printed.out, "build/test/kendrawatch help --man rules > docs/man/kendrawatch-rules.7"
    lint = subprocess.run(["mandoc", "-Tlint", "-W", "warning", page], capture_output=True, text=True)
    assert (lint.returncode, lint.stdout) == (0, "")
    names = [f["name"] for f in kw.run(["list", "fields", "--output", "ndjson"]).lines()]
    names += re.findall(r'\{"(\w+)", read_', (ROOT / "rules" / "extension.c").read_text())
    assert [name for name in names if name not in printed.out] == [] and len(names) > 20
    assert kw.run(["help", "--man", "ruls"]).rc == 2


def test_reference_configuration(kw, tmp_path):
    """config/kendrawatch.yaml is what the binary prints: every option at its default; and it loads."""
    printed = kw.run(["list", "options", "--output", "yaml"])
    page = ROOT / "config" / "kendrawatch.yaml"
    assert (
        page.read_text() == printed.out
    ), "build/test/kendrawatch list options --output yaml > config/kendrawatch.yaml"
    assert kw.run(["check", "--config", page]).rc == 0
    options = kw.run(["list", "options", "--output", "ndjson"]).lines()
    missing = [o for o in options if not re.search(rf"\b{o['option']}:", page.read_text())]
    assert missing == [] and len(options) > 30


@pytest.mark.parametrize("path", sorted((ROOT / "config" / "examples").glob("*.yaml")), ids=lambda p: p.name)
def test_example_configuration(kw, path):
    result = kw.run(["run", "--check", "--config", path], env={"KW_WEBHOOK_SECRET": "whsec_" + "MDEy" * 8})
    assert result.rc == 0, result.err
    away = r".*: warning: source \w+: /\S+: No such file or directory"
    assert all(re.fullmatch(away, line) for line in result.err.splitlines()), result.err
    assert yaml.safe_load(path.read_text())["sinks"], "and any YAML reader takes it"


def test_links_lead_somewhere():
    wrong = []
    for page in [*PAGES, *(p for p in ROOT.glob("*/README.md"))]:
        for target in re.findall(r"\]\(([^)#\s]+)(?:#[^)]*)?\)", page.read_text()):
            if "://" not in target and not (page.parent / target).exists():
                wrong.append(f"{page.relative_to(ROOT)}: {target}")
    assert wrong == []


def test_every_command_has_help(kw):
    """`help X` and `X --help` say the same; every exit code stands in --help."""
    page = kw.run(["--help"]).out
    assert kw.run(["help"]).out == page
    for command in re.findall(r"^  ([a-z]+)  ", page, re.MULTILINE):
        if command not in ("version", "help"):
            assert kw.run([command, "--help"]).out == kw.run(["help", command]).out != ""
    for code in kw.run(["list", "exits", "--output", "ndjson"]).lines():
        assert re.search(rf"^  {code['name']}  ", page, re.MULTILINE)

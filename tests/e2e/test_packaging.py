"""What `make install` and `make deb` put on a machine, and completion in bash.

The binary under test is packed as it is: packaging is judged here, not the optimiser.
"""

import os
import pathlib
import re
import subprocess

import pytest
from conftest import ROOT


def make(kw, *words, **keywords):
    """make, with the binary under test in the place of build/release's."""
    return subprocess.run(
        ["make", "--silent", "-o", "all", f"B={pathlib.Path(kw.binary).parent}", *words],
        cwd=ROOT, capture_output=True, text=True, timeout=120, **keywords)  # fmt: skip


def run(*argv, **keywords):
    return subprocess.run([str(a) for a in argv], capture_output=True, text=True, timeout=120, **keywords)


def test_install_and_uninstall(kw, tmp_path):
    done = make(kw, "install", f"DESTDIR={tmp_path}", "PREFIX=/opt/kw")
    assert done.returncode == 0, done.stderr
    prefix = tmp_path / "opt" / "kw"
    said = run(prefix / "bin" / "kendrawatch", "list", "rules", "--output", "ndjson", cwd=tmp_path, env=kw.environment())
    assert said.returncode == 0 and len(said.stdout.splitlines()) > 20, "the packs beside the binary are found"
    schema = run(prefix / "bin" / "kendrawatch", "list", "schema", env=kw.environment())
    assert schema.stdout.strip() == str(prefix / "share" / "kendrawatch" / "rule.schema.json")
    unit = (prefix / "lib" / "systemd" / "system" / "kendrawatch.service").read_text()
    assert "ExecStart=/opt/kw/bin/kendrawatch run" in unit and "/usr/local" not in unit
    for name in ("man/man8/kendrawatch.8", "man/man7/kendrawatch-rules.7", "kendrawatch/alert.schema.json",
                 "kendrawatch/kendrawatch.yaml", "bash-completion/completions/kendrawatch"):  # fmt: skip
        assert (prefix / "share" / name).stat().st_size > 100
    assert make(kw, "uninstall", f"DESTDIR={tmp_path}", "PREFIX=/opt/kw").returncode == 0
    assert [p for p in tmp_path.rglob("*") if p.is_file() and kw.home not in p.parents] == []


@pytest.fixture(scope="module")
def package(tmp_path_factory):
    """Built once, from the binary under test."""
    binary = pathlib.Path(os.environ.get("KW_BIN", ROOT / "build" / "test" / "kendrawatch")).absolute()
    out = tmp_path_factory.mktemp("deb")
    env = {**os.environ, "KW_BUILT": str(binary.parent), "SOURCE_DATE_EPOCH": "1790000000"}
    done = run(ROOT / "config" / "debian" / "build", "0.1.0", out / "a", env=env)
    assert done.returncode == 0, done.stderr
    again = run(ROOT / "config" / "debian" / "build", "0.1.0", out / "b", env=env)
    first, second = pathlib.Path(done.stdout.strip()), pathlib.Path(again.stdout.strip())
    assert first.read_bytes() == second.read_bytes(), "two builds of the same sources are the same"
    return first


def test_package_is_what_debian_expects(package):
    # The project has no public mail address yet.
    done = run("lintian", "--tag-display-limit", "0", "--fail-on", "error,warning", "--allow-root",
               "--suppress-tags", "bogus-mail-host,bogus-mail-host-in-debian-changelog", package)  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    fields = run("dpkg-deb", "--field", package).stdout
    depends = re.search(r"^Depends: (.*)$", fields, re.M).group(1)
    for library in ("libc6", "libcurl4", "libmicrohttpd12", "libsqlite3-0", "libyaml-0-2"):
        assert library in depends


def test_package_unpacked_runs(package, tmp_path, kw):
    root = tmp_path / "root"
    assert run("dpkg-deb", "--extract", package, root).returncode == 0
    binary = root / "usr" / "bin" / "kendrawatch"
    assert run(binary, "--version", env=kw.environment()).stdout == "kendrawatch 0.1.0\n"
    rules = run(binary, "list", "rules", "--output", "ndjson", cwd=tmp_path, env=kw.environment())
    assert rules.returncode == 0 and len(rules.stdout.splitlines()) > 20
    unit = (root / "lib" / "systemd" / "system" / "kendrawatch.service").read_text()
    assert "ExecStart=/usr/bin/kendrawatch run --config /etc/kendrawatch/kendrawatch.yaml" in unit
    listing = run("dpkg-deb", "--contents", package).stdout
    assert all(" root/root " in line for line in listing.splitlines())


def test_scripts_of_the_package(package, tmp_path):
    """postinst makes the user and starts nothing; the scripts are sound sh."""
    control = tmp_path / "control"
    assert run("dpkg-deb", "--control", package, control).returncode == 0
    assert (control / "conffiles").read_text() == "/etc/kendrawatch/kendrawatch.yaml\n"
    for name in ("postinst", "prerm", "postrm"):
        assert run("sh", "-n", control / name).returncode == 0
    programs = tmp_path / "bin"
    programs.mkdir()
    for name in ("systemd-sysusers", "systemctl", "useradd"):
        (programs / name).write_text(f"#!/bin/sh\necho {name} \"$@\"\n")
        (programs / name).chmod(0o755)
    done = run("sh", control / "postinst", "configure", "", env={"PATH": f"{programs}:/usr/bin:/bin"})
    assert done.returncode == 0 and done.stdout.splitlines()[0] == "systemd-sysusers kendrawatch.conf"
    assert "start" not in done.stdout


@pytest.mark.skipif(os.geteuid() != 0, reason="dpkg wants root")
def test_package_installs_and_goes(package, tmp_path):
    """By dpkg into a root of its own, without its scripts; the dependencies are the machine's."""
    root = tmp_path / "root"
    (root / "var/lib/dpkg").mkdir(parents=True)
    (root / "var/lib/dpkg/status").touch()
    words = ["dpkg", f"--root={root}", "--force-depends", "--force-script-chrootless", "--force-not-root", "--log=/dev/null"]
    programs = tmp_path / "bin"
    programs.mkdir()
    (programs / "systemd-sysusers").write_text("#!/bin/sh\nexit 0\n")
    (programs / "systemd-sysusers").chmod(0o755)
    env = {"PATH": f"{programs}:/usr/sbin:/usr/bin:/sbin:/bin"}
    done = run(*words, "--install", package, env=env)
    assert done.returncode == 0, done.stdout + done.stderr
    assert run(root / "usr/bin/kendrawatch", "--version").stdout == "kendrawatch 0.1.0\n"
    config = root / "etc/kendrawatch/kendrawatch.yaml"
    config.write_text("# mine\n")
    assert run(*words, "--remove", "kendrawatch", env=env).returncode == 0
    assert config.read_text() == "# mine\n" and not (root / "usr/bin/kendrawatch").exists()
    assert run(*words, "--purge", "kendrawatch", env=env).returncode == 0
    assert not config.exists()


# ---- completion


COMPLETE = """
source "$1"; shift
COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1))
_kendrawatch kendrawatch 2>/dev/null
printf '%s\\n' "${COMPREPLY[@]}"
"""


def complete(*words, cwd=None):
    script = ROOT / "docs" / "completion" / "kendrawatch.bash"
    done = run("bash", "-uc", COMPLETE, "-", script, "kendrawatch", *words, cwd=cwd)
    assert done.returncode == 0, done.stderr
    return sorted(filter(None, done.stdout.splitlines()))


def test_completion_is_made_from_the_lists(kw):
    said = kw.run(["help", "--completion", "bash"])
    assert said.out == (ROOT / "docs" / "completion" / "kendrawatch.bash").read_text()
    assert kw.run(["help", "--completion", "fish"]).rc == 2


def test_completion(tmp_path):
    (tmp_path / "trail.json").touch()
    assert complete("sc", cwd=tmp_path) == ["scan"]
    assert {"run", "state", "reload", "--version"} <= set(complete("", cwd=tmp_path))
    assert complete("run", "--st", cwd=tmp_path) == ["--strict"]
    assert complete("state", "b", cwd=tmp_path) == ["backup"]
    assert complete("outbox", "", cwd=tmp_path) == sorted(
        ["--help", "--config", "--state", "--output", "list", "dead", "retry", "drop", "trail.json"])  # fmt: skip
    assert complete("scan", "--config", "tr", cwd=tmp_path) == ["trail.json"]
    assert complete("scan", "--jobs", "", cwd=tmp_path) == []
    assert complete("nonsense", "tr", cwd=tmp_path) == ["trail.json"]

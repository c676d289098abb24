"""`kendrawatch verify`: each kind of damage to a bucket is found, and told apart from the others."""

import gzip
import http.server
import json
import threading
import urllib.parse
import xml.sax.saxutils

import pytest

import digests


@pytest.fixture
def bucket(tmp_path):
    """Makes a trail of some hours in a folder; its keys stand beside it."""

    def make(hours=6, name="bucket", trail=None, **options):
        made = digests.Trail(tmp_path / name, **(trail or {})).hours(hours, **options)
        digests.write_keys(tmp_path / "keys.json", made.key)
        return made

    return make


@pytest.fixture
def verify(kw, tmp_path):
    def run(*words, place=None, **keywords):
        place = place or tmp_path / "bucket"
        return kw.run(["verify", "--keys", tmp_path / "keys.json", *words, place], **keywords)

    return run


def findings(result):
    """[(kind, last part of the object)] of --output json."""
    assert result.err == ""
    report = json.loads(result.out)
    assert report["schema"] == "kendrawatch.verify/1"
    return [(f["kind"], f["object"].rpartition("/")[2]) for t in report["trails"] for f in t["findings"]]


def test_a_whole_chain_is_fine(bucket, verify):
    bucket(hours=26)
    result = verify()
    assert (result.rc, result.err) == (0, "")
    assert "digests 26 of 26 valid, logs 52 of 52 as delivered" in result.out
    assert "nothing was altered, nothing is missing" in result.out
    assert findings(verify("--output", "json")) == []


@pytest.mark.parametrize("kind", [k for k in digests.DAMAGES if k not in ("moved", "stale-chain")])
def test_each_damage_has_its_name(bucket, verify, kind):
    about = bucket().damage(kind)
    result = verify("--output", "json")
    assert (result.rc, findings(result)) == (1, [(kind, about.name)])
    text = verify()
    assert text.rc == 1
    assert kind in text.out and about.name in text.out


def test_a_moved_digest_is_missed_where_it_was(bucket, verify):
    trail = bucket()
    was, moved = trail.digests[1].name, trail.moved().name
    assert findings(verify("--output", "json")) == [("missing-digest", was), ("moved", moved)]


def test_a_chain_that_ends_too_early(bucket, verify):
    bucket(hours=8).stale_chain()
    result = verify("--output", "json")
    assert (result.rc, findings(result)) == (1, [("stale-chain", "main")])


def test_a_region_whose_newest_digests_are_gone(bucket, verify):
    bucket(hours=8)
    other = bucket(hours=8, trail={"region": "us-east-1", "home": "eu-west-1"})
    for digest in other.digests[-4:]:
        digest.path.unlink()
        for log in digest.logs:
            log.unlink()
    result = verify("--output", "json")
    assert findings(result) == [("stale-chain", "main")]
    assert "the trail's other regions go on until" in result.out


def test_a_gap_is_no_missing_digest(bucket, verify):
    trail = bucket(hours=8, gaps=[3, 4])
    result = verify("--output", "json")
    assert (result.rc, findings(result)) == (1, [("gap", trail.digests[3].name)])
    assert "nothing covers 2026-11-23T03:00:00Z to 2026-11-23T05:00:00Z; a new chain begins there" in result.out
    allowed = verify("--allow", "gap")
    assert allowed.rc == 0
    assert "gap (allowed)" in allowed.out


def test_a_backfill_digest_fills_a_gap(bucket, verify):
    trail = bucket(hours=8, backfilled=[3])
    result = verify("--output", "json")
    assert (result.rc, findings(result)) == (0, [("backfill", trail.backfills[0].name)])
    assert json.loads(result.out)["trails"][0]["valid_logs"] == 16
    trail.backfills[0].logs[1].unlink()
    again = verify("--output", "json")
    assert (again.rc, findings(again)[0]) == (1, ("missing-log", trail.backfills[0].logs[1].name))


def test_a_backfill_digest_can_be_forged_too(bucket, verify):
    trail = bucket(hours=8, backfilled=[3])
    beside = trail.metadata_of(trail.backfills[0].path)
    beside.write_text(beside.read_text().replace('"signature": "', '"signature": "00')[:-4] + '"}')
    kinds = [kind for kind, _ in findings(verify("--output", "json"))]
    assert kinds == ["gap", "forged-signature"]


def test_several_kinds_at_once(bucket, verify):
    trail = bucket(hours=12)
    want = {
        ("tampered-log", trail.tampered_log(2).name),
        ("missing-log", trail.missing_log(4).name),
        ("forged-signature", trail.forged_signature(6).name),
        ("replaced-digest", trail.replaced_digest(8).name),
    }
    assert set(findings(verify("--output", "json"))) == want


def test_an_empty_hour_proves_that_nothing_was_delivered(bucket, verify):
    trail = bucket(logs=0)
    assert verify().rc == 0
    stranger = trail.log_not_listed(2)
    assert findings(verify("--output", "json")) == [("log-not-listed", stranger.name)]


def test_changed_compression_is_no_change(bucket, verify):
    """The hash is over the inflated bytes, whatever members they are stored in."""
    log = bucket().digests[1].logs[0]
    plain = gzip.decompress(log.read_bytes())
    log.write_bytes(gzip.compress(plain[:40], 9) + gzip.compress(plain[40:], 1))
    assert verify().rc == 0


@pytest.mark.parametrize("place", ["bucket/AWSLogs", "bucket/AWSLogs/111122223333", "."])
def test_any_folder_of_the_tree_will_do(bucket, verify, tmp_path, place):
    bucket()
    assert verify(place=tmp_path / place).rc == 0


def test_prefix_and_organization(bucket, verify):
    trail = bucket(trail={"prefix": "logs/all/", "org": "o-abc123", "trail": "org_trail"})
    assert verify().rc == 0
    about = trail.tampered_log()
    assert findings(verify("--output", "json")) == [("tampered-log", about.name)]


def test_a_part_of_the_time(bucket, verify):
    trail = bucket(hours=12)
    trail.tampered_log(2)
    assert verify("--since", "2026-11-23T05:00:00Z").rc == 0
    assert verify("--until", "2026-11-23T02:00:00Z").rc == 0
    assert verify("--since", "2026-11-23T01:00:00Z", "--until", "2026-11-23T04:00:00Z").rc == 1


def test_an_old_part_that_was_not_copied(bucket, verify):
    trail = bucket(hours=8)
    for digest in trail.digests[:3]:
        digest.path.unlink()
    result = verify("--output", "json")
    assert (result.rc, findings(result)) == (0, [("open-start", trail.digests[3].name)])
    bounded = verify("--since", "2026-11-23T01:00:00Z", "--output", "json")
    assert (bounded.rc, findings(bounded)) == (1, [("missing-digest", trail.digests[2].name)])


def test_metadata_as_the_aws_command_prints_it(bucket, verify):
    trail = bucket()
    beside = trail.metadata_of(trail.digests[1].path)
    metadata = json.loads(beside.read_text())
    beside.write_text(json.dumps({"ContentLength": 900, "Metadata": metadata}))
    other = trail.metadata_of(trail.digests[2].path)
    metadata = json.loads(other.read_text())
    other.write_text(json.dumps({f"x-amz-meta-{name}": value for name, value in metadata.items()}))
    assert verify().rc == 0


def test_wrong_keys(bucket, verify, tmp_path):
    bucket()
    keys = tmp_path / "keys.json"
    keys.write_text('{"PublicKeyList": [{"Fingerprint": "ab", "Value": "AAAA"}]}')
    assert verify().rc == 4
    assert "keys.json: PublicKeyList[0]: it is no RSA key in PKCS#1 form" in verify().err
    keys.write_text("[]")
    assert "aws cloudtrail list-public-keys" in verify().err
    digests.write_keys(keys, digests.Key())
    result = verify("--output", "json")
    assert {kind for kind, _ in findings(result)} == {"unknown-key"}


def test_nothing_to_verify(bucket, verify, tmp_path):
    trail = bucket(hours=2)
    for digest in trail.digests:
        digest.path.unlink()
    result = verify()
    assert result.rc == 4
    assert "no digest there: nothing can be verified (4 logs, 3 other objects)" in result.err.replace("2 other", "3 other")
    assert "No such file" in verify(place=tmp_path / "none").err


def test_bad_words(kw, verify, bucket):
    bucket(hours=1)
    assert kw.run(["verify"]).rc == 2
    wrong = verify("--allow", "gapp")
    assert wrong.rc == 2
    assert 'did you mean "gap"?' in wrong.err
    assert verify("--since", "soon").rc == 2
    assert verify("--output", "xml").rc == 2


def test_a_digest_that_leads_out_of_the_folder(bucket, verify, tmp_path):
    trail = bucket(hours=2)
    (tmp_path / "secret.json.gz").write_bytes(gzip.compress(b"{}"))
    digest = trail.digests[1]
    content = json.loads(json.dumps(digest.content))
    content["logFiles"][0]["s3Object"] = "../secret.json.gz"
    trail.write(content, [])
    kinds = [kind for kind, _ in findings(verify("--output", "json"))]
    assert sorted(kinds) == ["log-not-listed", "missing-log"]


# ---- S3


class Cloud(http.server.ThreadingHTTPServer):
    """As much of S3 and CloudTrail as verify asks for, over a folder. It counts what it is asked."""

    def __init__(self, root, keys):
        super().__init__(("127.0.0.1", 0), Handler)
        self.root, self.keys, self.asked, self.listed = root, keys, [], []
        threading.Thread(target=self.serve_forever, daemon=True).start()

    @property
    def environment(self):
        return {
            "AWS_ENDPOINT_URL": f"http://127.0.0.1:{self.server_port}",
            "AWS_ACCESS_KEY_ID": "AKIAIOSFODNN7EXAMPLE",
            "AWS_SECRET_ACCESS_KEY": "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
            "AWS_REGION": "eu-west-1",
        }


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *args):
        pass

    def reply(self, status, body, headers=()):
        self.send_response(status)
        for name, value in headers:
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_GET(self):
        path, _, query = self.path.partition("?")
        key = urllib.parse.unquote(path).removeprefix("/example-trail").removeprefix("/")
        assert "AWS4-HMAC-SHA256" in self.headers["Authorization"]
        if "list-type=2" in query:
            self.reply(200, self.listing(dict(urllib.parse.parse_qsl(query))))
            return
        file = self.server.root / key
        if not file.is_file():
            body = b"<Error><Code>NoSuchKey</Code><Message>The specified key does not exist.</Message></Error>"
            self.reply(404, body)
            return
        beside, headers = file.with_name(file.name + ".metadata"), []
        if beside.exists():
            headers = [(f"x-amz-meta-{name}", value) for name, value in json.loads(beside.read_text()).items()]
        self.reply(200, file.read_bytes(), headers)

    def listing(self, query):
        prefix, delimiter = query.get("prefix", ""), query.get("delimiter", "")
        self.server.listed.append(prefix)
        keys = sorted(
            str(p.relative_to(self.server.root))
            for p in self.server.root.rglob("*")
            if p.is_file() and not p.name.endswith(".metadata")
        )
        keys = [k for k in keys if k.startswith(prefix)]
        folders = sorted({prefix + k[len(prefix) :].split("/")[0] + "/" for k in keys if delimiter and "/" in k[len(prefix) :]})
        keys = [k for k in keys if not delimiter or "/" not in k[len(prefix) :]]
        text = "".join(
            f"<Contents><Key>{xml.sax.saxutils.escape(k)}</Key><Size>9</Size><ETag>&quot;a&quot;</ETag>"
            "<LastModified>2026-11-24T00:00:00.000Z</LastModified></Contents>"
            for k in keys
        ) + "".join(f"<CommonPrefixes><Prefix>{f}</Prefix></CommonPrefixes>" for f in folders)
        return (
            f"<ListBucketResult><Name>example-trail</Name><IsTruncated>false</IsTruncated>{text}</ListBucketResult>"
        ).encode()

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        assert self.headers["X-Amz-Target"].endswith("ListPublicKeys")
        self.server.asked.append(json.loads(body))
        self.reply(200, json.dumps({"PublicKeyList": self.server.keys}).encode())


@pytest.fixture
def cloud(bucket, tmp_path):
    made = []

    def make(*damages, **options):
        trail = bucket(**options)
        for damage in damages:
            trail.damage(damage)
        made.append(Cloud(tmp_path / "bucket", [trail.key.public]))
        made[-1].trail = trail
        return made[-1]

    yield make
    for server in made:
        server.shutdown()
        server.server_close()


WHEN = ["--since", "2026-11-23T00:00:00Z", "--until", "2026-11-23T08:00:00Z"]


def test_a_bucket_in_s3(kw, cloud):
    server = cloud(hours=8)
    result = kw.run(["verify", *WHEN, "s3://example-trail"], env=server.environment)
    assert (result.rc, result.err) == (0, "")
    assert "digests 8 of 8 valid, logs 16 of 16 as delivered" in result.out
    assert len(server.asked) == 1
    assert all("2026" not in p or "2026/11/23" in p for p in server.listed)


@pytest.mark.parametrize("kind", ["tampered-log", "missing-log", "forged-signature", "replaced-digest", "unsigned", "moved"])
def test_damage_in_s3(kw, cloud, kind):
    server = cloud(kind, hours=8)
    words = ["verify", *WHEN, "--output", "json", "s3://example-trail/AWSLogs/111122223333"]
    result = kw.run(words, env=server.environment)
    assert result.rc == 1
    assert kind in [found for found, _ in findings(result)]


def test_keys_may_be_given_for_s3(kw, cloud, tmp_path):
    server = cloud(hours=8)
    words = ["verify", "--keys", tmp_path / "keys.json", *WHEN, "s3://example-trail/"]
    assert kw.run(words, env=server.environment).rc == 0
    assert server.asked == []


def test_s3_without_credentials(kw, cloud):
    environment = cloud(hours=2).environment
    del environment["AWS_ACCESS_KEY_ID"], environment["AWS_SECRET_ACCESS_KEY"]
    result = kw.run(["verify", *WHEN, "s3://example-trail/"], env=environment)
    assert result.rc not in (0, 1)
    assert "s3://example-trail/" in result.err

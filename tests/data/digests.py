#!/usr/bin/python3
"""A bucket as CloudTrail fills it, with logs and the hourly digests over them, and ways to damage it.

    /usr/bin/python3 tests/data/digests.py --hours 24 FOLDER
    /usr/bin/python3 tests/data/digests.py --hours 24 --damage tampered-log FOLDER

FOLDER/keys.json is what `aws cloudtrail list-public-keys` would print, FOLDER/bucket the copy of the bucket; the metadata
of each digest stands beside it as NAME.metadata. The key is made anew by each run: it signs nothing but test data.
"""

import argparse
import base64
import dataclasses
import datetime
import functools
import gzip
import hashlib
import json
import pathlib
import subprocess

FIRST = datetime.datetime(2026, 11, 23, 0, 0, 0, tzinfo=datetime.timezone.utc)
HOUR = datetime.timedelta(hours=1)


class Key:
    """An RSA key; OpenSSL's command line signs with it, so that no code of ours checks itself."""

    def __init__(self, bits=2048):
        self.pem = _openssl("genrsa", "-traditional", str(bits))
        der = _openssl("rsa", "-RSAPublicKey_out", "-outform", "DER", data=self.pem)
        self.fingerprint = hashlib.md5(der).hexdigest()
        self.public = {
            "Value": base64.b64encode(der).decode(),
            "Fingerprint": self.fingerprint,
            "ValidityStartTime": "2026-01-01T00:00:00Z",
            "ValidityEndTime": "2027-01-01T00:00:00Z",
        }

    def sign(self, text, folder):
        """Hex signature (PKCS#1 v1.5, SHA-256) of bytes."""
        pem = pathlib.Path(folder) / "signing.pem"
        pem.write_bytes(self.pem)
        try:
            return _openssl("dgst", "-sha256", "-sign", str(pem), data=text).hex()
        finally:
            pem.unlink()


def _openssl(*words, data=b""):
    return subprocess.run(["openssl", *words], input=data, capture_output=True, check=True).stdout


@functools.lru_cache
def shared_key():
    """One for a whole test run: making one takes a while."""
    return Key()


def stamp(time, seconds=False):
    return time.strftime("%Y%m%dT%H%M%SZ" if seconds else "%Y%m%dT%H%MZ")


def iso(time):
    return time.strftime("%Y-%m-%dT%H:%M:%SZ")


@dataclasses.dataclass
class Digest:
    key: str
    path: pathlib.Path
    content: dict
    logs: list  # paths
    signature: str
    hash: str

    @property
    def name(self):
        return self.path.name


class Trail:
    """The chain of one account and region."""

    def __init__(self, root, bucket="example-trail", account="111122223333", region="eu-west-1", trail="main",
                 home=None, prefix="", org="", key=None, make_event=None):
        self.root = pathlib.Path(root)
        self.bucket, self.account, self.region, self.trail = bucket, account, region, trail
        self.home = home or region
        self.above = prefix + "AWSLogs/" + (f"{org}/" if org else "") + account
        self.key = key or shared_key()
        self.make_event = make_event or (lambda i, at: {
            "eventVersion": "1.11", "eventTime": iso(at), "eventSource": "kendra.amazonaws.com", "eventName": "Query",
            "awsRegion": region, "recipientAccountId": account, "eventID": f"e-{i:06d}",
        })
        self.digests, self.backfills = [], []
        self.n = 0

    def put_log(self, at, events=3):
        """One log delivered at that minute; its key."""
        self.n += 1
        random = hashlib.sha256(f"{self.region}{self.n}".encode()).hexdigest()[:16]
        name = f"{self.account}_CloudTrail_{self.region}_{stamp(at)}_{random}.json.gz"
        key = f"{self.above}/CloudTrail/{self.region}/{at:%Y/%m/%d}/{name}"
        records = [self.make_event(self.n * 100 + i, at - datetime.timedelta(minutes=5)) for i in range(events)]
        path = self.root / key
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(gzip.compress(json.dumps({"Records": records}).encode(), 1))
        return key

    def put_digest(self, end, logs, start=None, backfill=False, starting=False, previous=None):
        """The digest of the hour that ends then."""
        start = start or end - HOUR
        previous = previous or (self.digests[-1] if self.digests and not starting else None)
        name = (f"{self.account}_CloudTrail-Digest_{self.region}_{self.trail}_{self.home}_{stamp(end, True)}"
                f"{'_backfill' if backfill else ''}.json.gz")
        content = {
            "awsAccountId": self.account,
            "digestStartTime": iso(start),
            "digestEndTime": iso(end),
            "digestS3Bucket": self.bucket,
            "digestS3Object": f"{self.above}/CloudTrail-Digest/{self.region}/{end:%Y/%m/%d}/{name}",
            "digestPublicKeyFingerprint": self.key.fingerprint,
            "digestSignatureAlgorithm": "SHA256withRSA",
            "newestEventTime": iso(end) if logs else None,
            "oldestEventTime": iso(start) if logs else None,
            "previousDigestS3Bucket": self.bucket if previous else None,
            "previousDigestS3Object": previous.key if previous else None,
            "previousDigestHashValue": previous.hash if previous else None,
            "previousDigestHashAlgorithm": "SHA-256" if previous else None,
            "previousDigestSignature": previous.signature if previous else None,
            "logFiles": [
                {
                    "s3Bucket": self.bucket,
                    "s3Object": key,
                    "hashValue": hashlib.sha256(gzip.decompress((self.root / key).read_bytes())).hexdigest(),
                    "hashAlgorithm": "SHA-256",
                    "newestEventTime": iso(end),
                    "oldestEventTime": iso(start),
                }
                for key in logs
            ],
        }
        digest = self.write(content, [self.root / key for key in logs], backfill)
        (self.backfills if backfill else self.digests).append(digest)
        return digest

    def write(self, content, logs, backfill=False):
        """Signs and writes a digest where it says it is."""
        data = json.dumps(content).encode()
        hashed = hashlib.sha256(data).hexdigest()
        text = "\n".join([content["digestEndTime"], f"{content['digestS3Bucket']}/{content['digestS3Object']}", hashed,
                          content["previousDigestSignature"] or "null"])
        path = self.root / content["digestS3Object"]
        path.parent.mkdir(parents=True, exist_ok=True)
        signature = self.key.sign(text.encode(), path.parent)
        path.write_bytes(gzip.compress(data))
        metadata = {"signature": signature, "signature-algorithm": "SHA256withRSA"}
        if backfill:
            metadata["backfill-generation-timestamp"] = iso(FIRST + 48 * HOUR)
        self.metadata_of(path).write_text(json.dumps(metadata))
        return Digest(content["digestS3Object"], path, content, logs, signature, hashed)

    @staticmethod
    def metadata_of(path):
        return path.with_name(path.name + ".metadata")

    def hours(self, n, logs=2, gaps=(), backfilled=()):
        """Hours 0 to n-1. Nothing was delivered in those of `gaps`; those of `backfilled` got their digest later."""
        begins = True
        for hour in range(n):
            start = FIRST + hour * HOUR
            if hour in gaps:
                begins = True
                continue
            keys = [self.put_log(start + datetime.timedelta(minutes=10 + 45 * i // max(logs, 1))) for i in range(logs)]
            if hour in backfilled:
                self.put_digest(start + HOUR, keys, backfill=True, previous=self.digests[-1] if self.digests else None)
                continue
            self.put_digest(start + HOUR, keys, starting=begins)
            begins = False
        return self

    # ---- damage: each gives the path of what it is about

    def tampered_log(self, hour=1):
        path = self.digests[hour].logs[0]
        records = json.loads(gzip.decompress(path.read_bytes()))
        records["Records"][0]["eventName"] = "ListIndices"
        path.write_bytes(gzip.compress(json.dumps(records).encode(), 1))
        return path

    def missing_log(self, hour=1):
        path = self.digests[hour].logs[0]
        path.unlink()
        return path

    def damaged_log(self, hour=1):
        path = self.digests[hour].logs[0]
        path.write_bytes(path.read_bytes()[:-9])
        return path

    def log_not_listed(self, hour=1):
        return self.root / self.put_log(FIRST + hour * HOUR + datetime.timedelta(minutes=33))

    def forged_signature(self, hour=1):
        """The log's deletion is hidden by a digest that somebody signs with a key of his own."""
        digest, own = self.digests[hour], Key()
        content = {**digest.content, "logFiles": digest.content["logFiles"][1:]}
        digest.logs[0].unlink()
        own.fingerprint, mine = self.key.fingerprint, self.key
        self.key = own
        try:
            return self.write(content, []).path
        finally:
            self.key = mine

    def tampered_digest(self, hour=1):
        digest = self.digests[hour]
        content = {**digest.content, "logFiles": digest.content["logFiles"][1:]}
        digest.logs[0].unlink()
        digest.path.write_bytes(gzip.compress(json.dumps(content).encode()))
        return digest.path

    def replaced_digest(self, hour=1):
        """Another one with a good signature stands there, as if CloudTrail had signed it."""
        digest = self.digests[hour]
        digest.logs[0].unlink()
        return self.write({**digest.content, "logFiles": digest.content["logFiles"][1:]}, []).path

    def missing_digest(self, hour=1):
        path = self.digests[hour].path
        path.unlink()
        self.metadata_of(path).unlink()
        return path

    def damaged_digest(self, hour=1):
        path = self.digests[hour].path
        path.write_bytes(b"not gzip, not JSON")
        return path

    def moved(self, hour=1):
        path = self.digests[hour].path
        to = path.with_name(path.name.replace("0000Z.json", "0001Z.json"))
        path.rename(to)
        self.metadata_of(path).rename(self.metadata_of(to))
        return to

    def unknown_key(self, hour=1):
        digest = self.digests[hour]
        return self.write({**digest.content, "digestPublicKeyFingerprint": "0" * 32}, digest.logs).path

    def unsigned(self, hour=1):
        self.metadata_of(self.digests[hour].path).unlink()
        return self.digests[hour].path

    def stale_chain(self):
        """The newest digests are gone, and the logs go on."""
        for digest in self.digests[-3:]:
            digest.path.unlink()
        return self.digests[-4].path

    def damage(self, kind):
        return getattr(self, kind.replace("-", "_"))()


DAMAGES = ["tampered-log", "missing-log", "damaged-log", "log-not-listed", "forged-signature", "tampered-digest",
           "replaced-digest", "missing-digest", "damaged-digest", "moved", "unknown-key", "unsigned", "stale-chain"]


def write_keys(path, *keys):
    path.write_text(json.dumps({"PublicKeyList": [key.public for key in keys]}))
    return path


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=pathlib.Path)
    parser.add_argument("--hours", type=int, default=6)
    parser.add_argument("--logs", type=int, default=2, help="in an hour")
    parser.add_argument("--gap", type=int, action="append", default=[], help="an hour (from 0) without anything")
    parser.add_argument("--backfill", type=int, action="append", default=[], help="an hour whose digest came later")
    parser.add_argument("--damage", choices=DAMAGES, action="append", default=[])
    given = parser.parse_args()
    given.folder.mkdir(parents=True, exist_ok=True)
    trail = Trail(given.folder / "bucket").hours(given.hours, given.logs, given.gap, given.backfill)
    write_keys(given.folder / "keys.json", trail.key)
    for kind in given.damage:
        print(kind, trail.damage(kind))


if __name__ == "__main__":
    main()

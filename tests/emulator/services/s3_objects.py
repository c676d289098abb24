"""What S3 keeps: buckets, objects and their listing in byte order. No wire, no locks."""

import base64
import hashlib
import time
from dataclasses import dataclass, field


@dataclass
class Object:
    key: str
    body: bytes
    modified: float  # seconds since 1970
    etag: str  # with its quotes
    sequencer: str
    content_type: str = "binary/octet-stream"
    metadata: dict = field(default_factory=dict)  # name without x-amz-meta- -> value
    kms_key: str = ""  # ARN: its ETag is no MD5
    encoding: str = ""


@dataclass
class Bucket:
    name: str
    region: str
    objects: dict = field(default_factory=dict)  # key -> Object
    denied: set = field(default_factory=set)  # keys that may not be decrypted; and all with "kms-denied" in them
    list_denied: bool = False
    targets: list = field(default_factory=list)  # notify.Target
    sequence: int = 0

    def put(self, key, body, now=None, metadata=None, kms_key="", parts=1, **rest):
        self.sequence += 1
        digest = hashlib.md5(body).digest()
        if kms_key:
            digest = hashlib.md5(b"kms" + digest).digest()
        etag = digest.hex()
        if parts > 1:
            size = -(-len(body) // parts) or 1
            pieces = b"".join(hashlib.md5(body[at : at + size]).digest() for at in range(0, len(body), size))
            etag = f"{hashlib.md5(pieces).hexdigest()}-{parts}"
        kept = Object(
            key=key,
            body=body,
            modified=int(time.time() if now is None else now),
            etag=f'"{etag}"',
            sequencer=f"{0x0060000000000000 + self.sequence:016X}",
            metadata={name.lower(): value for name, value in (metadata or {}).items()},
            kms_key=kms_key,
            **rest,
        )
        self.objects[key] = kept
        return kept


def _token(last):
    return base64.b64encode(b"1/" + last).decode()


def read_token(token):
    """The last key of the page before; ValueError for what is no token of ours."""
    raw = base64.b64decode(token.encode(), validate=True)
    if not raw.startswith(b"1/"):
        raise ValueError(token)
    return raw[2:]


@dataclass
class Page:
    entries: list  # Object, or a common prefix (str), in byte order
    token: str = ""  # of the next page; "": this is the last


def list_page(bucket, prefix, delimiter, after, most, token):
    """One page of ListObjectsV2. `after`: keys that come behind it; `token` has its place on later pages."""
    start = read_token(token) if token else after.encode()
    inside = bool(token) and bool(delimiter) and start.endswith(delimiter.encode())  # a page ended on a prefix
    found, seen = [], set()
    for key in sorted(bucket.objects, key=lambda k: k.encode("utf-8", "surrogatepass")):
        raw = key.encode("utf-8", "surrogatepass")
        if not key.startswith(prefix) or (start and raw <= start) or (inside and raw.startswith(start)):
            continue
        cut = key.find(delimiter, len(prefix)) if delimiter else -1
        common = key[: cut + len(delimiter)] if cut >= 0 else None
        if common is not None and common in seen:
            continue
        if len(found) == most:
            last = found[-1] if isinstance(found[-1], str) else found[-1].key
            return Page(found, _token(last.encode("utf-8", "surrogatepass"))) if most else Page([])
        found.append(bucket.objects[key] if common is None else common)
        if common is not None:
            seen.add(common)
    return Page(found)

"""Amazon S3: GetObject, HeadObject, PutObject, DeleteObject, ListObjectsV2 and CreateBucket, by path and by host."""

import base64
import hashlib
import re
import threading
import time
from urllib.parse import quote_plus, unquote, unquote_to_bytes
from xml.sax.saxutils import escape

from loopback import Reply, http_date
from services.notify import Target
from services.s3_objects import Bucket, list_page
from services.service import Service, request_id
from sigv4 import Refused

NAMESPACE = "http://s3.amazonaws.com/doc/2006-03-01/"
MAX_KEYS = 1000
_HOST = re.compile(
    r"(?:(.+)\.)?s3(?:-fips)?(?:\.dualstack)?(?:\.[a-z0-9-]+)?\.(?:amazonaws\.com(?:\.cn)?|localhost)(?::\d+)?"
)
_BUCKET = re.compile(r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]")
_LISTING = {"list-type", "prefix", "delimiter", "start-after", "continuation-token", "max-keys", "encoding-type"}
# What a wrong signature is called here.
_AUTH = {
    "MissingAuthenticationToken": (403, "AccessDenied", "Access Denied"),
    "InvalidClientTokenId": (
        403,
        "InvalidAccessKeyId",
        "The AWS Access Key Id you provided does not exist in our records.",
    ),
    "IncompleteSignature": (400, "AuthorizationHeaderMalformed", "The authorization header is not valid."),
    "ExpiredToken": (400, "ExpiredToken", "The provided token has expired."),
}


def _refused(status, code, message, **fields):
    refused = Refused(status, code, message)
    refused.fields = fields
    return refused


class S3(Service):
    """wrong_region: "redirect" (301, as another region's endpoint has it) or "malformed" (400, as the bucket's own)."""

    name = "s3"
    SPOIL = {"truncate", "cut", "stall", "md5", "damage"}
    REFUSE = {
        "throttle": (503, "SlowDown", "Please reduce your request rate."),
        "forbidden": (403, "AccessDenied", "Access Denied"),
        "500": (500, "InternalError", "We encountered an internal error. Please try again."),
        "503": (503, "ServiceUnavailable", "Service is unable to handle request."),
        "expired": (400, "ExpiredToken", "The provided token has expired."),
    }

    def __init__(self, aws):
        super().__init__(aws)
        self.buckets = {}
        self.wrong_region = "redirect"
        self._lock = threading.RLock()

    # ---- for tests: no signature, no wire

    def create(self, name, region=None):
        """A bucket of that region (the server's)."""
        with self._lock:
            return self.buckets.setdefault(name, Bucket(name, region or self.aws.region))

    def put(self, bucket, key, body, **how):
        """Keeps an object and tells the bucket's targets. how: metadata, kms_key, parts, now, content_type."""
        with self._lock:
            kept = bucket.put(key, body.encode() if isinstance(body, str) else body, **how)
            targets = list(bucket.targets)
        for target in targets:
            target.created(bucket, kept)
        return kept

    def notify(self, bucket, queue, form="s3", prefix="", suffix="", version="2.1"):
        """Every object that is put from now on is told to the queue. form: see notify.FORMS."""
        target = Target(self.aws, queue, form, prefix, suffix, version)
        with self._lock:
            bucket.targets.append(target)
        target.begun(bucket)
        return target

    # ---- requests

    def _place(self, request):
        """(bucket's name, key as raw bytes, query) by host or by path."""
        path, _, query = request.target.partition("?")
        match = _HOST.fullmatch(request.header("host") or "")
        raw = path[1:]
        if match and match.group(1):
            return match.group(1), unquote_to_bytes(raw), query
        name, _, key = raw.partition("/")
        return unquote(name), unquote_to_bytes(key), query

    def action_of(self, request):
        bucket, key, _ = self._place(request)
        kind = {"GET": "Get", "HEAD": "Head", "PUT": "Put", "DELETE": "Delete"}.get(request.method, request.method)
        if request.method == "GET" and not key:
            return "ListObjectsV2" if bucket else "ListBuckets"
        return f"{kind}Object" if key else {"PUT": "CreateBucket"}.get(request.method, f"{kind}Bucket")

    def refuse(self, refused, request=None):
        status, code, message = _AUTH.get(refused.code, (refused.status, refused.code, refused.message))
        fields = dict(getattr(refused, "fields", {}))
        headers = fields.pop("headers", {})
        if code == "RequestTimeTooSkewed":
            fields["MaxAllowedSkewMilliseconds"] = 900000
        number = request_id().replace("-", "")[:16].upper()
        inner = "".join(f"<{name}>{escape(str(value))}</{name}>" for name, value in fields.items())
        body = (
            f'<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>{code}</Code><Message>{escape(message)}</Message>'
            f"{inner}<RequestId>{number}</RequestId><HostId>{_host_id()}</HostId></Error>"
        )
        empty = status == 304 or (request is not None and request.method == "HEAD")
        return Reply(
            status,
            b"" if empty else body.encode(),
            {"x-amz-request-id": number, "x-amz-id-2": _host_id(), "Content-Type": "application/xml", **headers},
        )

    def spoil(self, fault, reply):
        if fault.name == "md5" and "ETag" in reply.headers:
            wrong = hashlib.md5(reply.headers["ETag"].encode()).hexdigest()
            return Reply(reply.status, reply.body, {**reply.headers, "ETag": f'"{wrong}"'})
        if fault.name == "damage" and reply.body:
            at = len(reply.body) // 2
            body = reply.body[:at] + bytes([reply.body[at] ^ 1]) + reply.body[at + 1 :]
            return Reply(reply.status, body, reply.headers)
        return super().spoil(fault, reply)

    def handle(self, request, scope, now):
        name, raw, query = self._place(request)
        action = self.action_of(request)
        try:
            key = raw.decode("utf-8")
        except UnicodeDecodeError:
            raise _refused(400, "InvalidURI", "Couldn't parse the specified URI.") from None
        with self._lock:
            entry = {"action": action, "bucket": name, "key": key}
            if action == "CreateBucket":
                return self._create_bucket(name, scope), entry
            bucket = self._bucket(name, scope)
            if action == "ListObjectsV2":
                return self._list(bucket, query), entry
            if len(raw) > 1024:
                raise _refused(400, "KeyTooLongError", "Your key is too long", Size=len(raw), MaxSizeAllowed=1024)
            if action in ("GetObject", "HeadObject"):
                return self._get(bucket, key, request), entry
        if action == "PutObject":
            return self._put(bucket, key, request, now), entry
        if action == "DeleteObject":
            bucket.objects.pop(key, None)
            return self._reply(204), entry
        raise _refused(405, "MethodNotAllowed", "The specified method is not allowed against this resource.")

    def _create_bucket(self, name, scope):
        if not _BUCKET.fullmatch(name):
            raise _refused(400, "InvalidBucketName", "The specified bucket is not valid.", BucketName=name)
        if name in self.buckets:
            raise _refused(409, "BucketAlreadyOwnedByYou", "You already own it.", BucketName=name)
        self.create(name, scope.region)
        return self._reply(200, headers={"Location": f"/{name}"})

    def _bucket(self, name, scope):
        bucket = self.buckets.get(name)
        if bucket is None:
            raise _refused(404, "NoSuchBucket", "The specified bucket does not exist", BucketName=name)
        if bucket.region == scope.region:
            return bucket
        there = {"headers": {"x-amz-bucket-region": bucket.region}}
        if self.wrong_region == "malformed":
            raise _refused(
                400,
                "AuthorizationHeaderMalformed",
                f"The authorization header is malformed; the region '{scope.region}' is wrong; expecting "
                f"'{bucket.region}'",
                Region=bucket.region,
                **there,
            )
        raise _refused(
            301,
            "PermanentRedirect",
            "The bucket you are attempting to access must be addressed using the specified endpoint. Please send all "
            "future requests to this endpoint.",
            Endpoint=f"{name}.s3.{bucket.region}.amazonaws.com",
            Bucket=name,
            **there,
        )

    def _get(self, bucket, key, request):
        kept = bucket.objects.get(key)
        if kept is None and bucket.list_denied:
            raise _refused(403, "AccessDenied", "Access Denied")  # who may not list is not told what is missing
        if kept is None:
            raise _refused(404, "NoSuchKey", "The specified key does not exist.", Key=key)
        if key in bucket.denied or "kms-denied" in key:
            raise _refused(
                403,
                "AccessDenied",
                "User: arn:aws:iam::111122223333:user/kendrawatch is not authorized to perform: kms:Decrypt on "
                f"resource: {kept.kms_key or 'arn:aws:kms:eu-west-1:111122223333:key/1'} because no identity-based "
                "policy allows the kms:Decrypt action",
            )
        wanted, unwanted = request.header("if-match"), request.header("if-none-match")
        if wanted not in (None, "*") and kept.etag not in re.split(r",\s*", wanted):
            raise _refused(
                412,
                "PreconditionFailed",
                "At least one of the pre-conditions you specified did not hold",
                Condition="If-Match",
            )
        if unwanted is not None and (unwanted == "*" or kept.etag in re.split(r",\s*", unwanted)):
            raise _refused(304, "NotModified", "Not Modified", headers=self._headers(kept))
        return self._part(kept, request.header("range"))

    def _headers(self, kept):
        headers = {
            "Last-Modified": http_date(kept.modified),
            "ETag": kept.etag,
            "Accept-Ranges": "bytes",
            "Content-Type": kept.content_type,
            "x-amz-server-side-encryption": "aws:kms" if kept.kms_key else "AES256",
        }
        if kept.kms_key:
            headers["x-amz-server-side-encryption-aws-kms-key-id"] = kept.kms_key
        if kept.encoding:
            headers["Content-Encoding"] = kept.encoding
        headers.update({f"x-amz-meta-{name}": value for name, value in kept.metadata.items()})
        return headers

    def _part(self, kept, asked):
        size = len(kept.body)
        match = re.fullmatch(r"bytes=(\d*)-(\d*)", asked or "")
        if not match or match.groups() == ("", ""):
            return self._reply(200, kept.body, self._headers(kept))  # a range that is none is as if not there
        first, last = match.groups()
        if first == "":
            begin, end = max(size - int(last), 0), size - 1
        else:
            begin, end = int(first), min(int(last) if last else size - 1, size - 1)
        if begin >= size or begin > end:
            raise _refused(
                416,
                "InvalidRange",
                "The requested range is not satisfiable",
                RangeRequested=asked,
                ActualObjectSize=size,
                headers={"Content-Range": f"bytes */{size}"},
            )
        headers = {**self._headers(kept), "Content-Range": f"bytes {begin}-{end}/{size}"}
        return self._reply(206, kept.body[begin : end + 1], headers)

    def _put(self, bucket, key, request, now):
        claimed = request.header("content-md5")
        if claimed is not None and claimed != base64.b64encode(hashlib.md5(request.body).digest()).decode():
            raise _refused(400, "BadDigest", "The Content-MD5 you specified did not match what we received.")
        prefix = "x-amz-meta-"
        metadata = {n.lower()[len(prefix) :]: v for n, v in request.headers if n.lower().startswith(prefix)}
        kms = request.header("x-amz-server-side-encryption") == "aws:kms"
        key_id = request.header("x-amz-server-side-encryption-aws-kms-key-id")
        kept = self.put(
            bucket,
            key,
            request.body,
            now=now,
            metadata=metadata,
            kms_key=(key_id or f"arn:aws:kms:{bucket.region}:{self.aws.account}:key/1") if kms else "",
            content_type=request.header("content-type") or "binary/octet-stream",
        )
        return self._reply(200, headers={"ETag": kept.etag})

    def _list(self, bucket, query):
        asked = {}
        for part in query.split("&") if query else []:
            name, _, value = part.partition("=")
            asked[unquote(name)] = unquote_to_bytes(value).decode("utf-8", "replace")
        unknown = sorted(set(asked) - _LISTING)
        if asked.get("list-type") != "2" or unknown:
            raise _refused(501, "NotImplemented", f"Only ListObjectsV2 is here, without {', '.join(unknown)}.")
        if bucket.list_denied:
            raise _refused(403, "AccessDenied", "Access Denied")
        most, encoding = asked.get("max-keys", str(MAX_KEYS)), asked.get("encoding-type")
        if not re.fullmatch(r"\d{1,9}", most):
            raise _refused(400, "InvalidArgument", "Provided max-keys not an integer or within integer range")
        if encoding not in (None, "url"):
            raise _refused(400, "InvalidArgument", "Invalid Encoding Method specified in Request")
        try:
            page = list_page(
                bucket,
                asked.get("prefix", ""),
                asked.get("delimiter", ""),
                asked.get("start-after", ""),
                min(int(most), MAX_KEYS),
                asked.get("continuation-token", ""),
            )
        except ValueError:
            raise _refused(400, "InvalidArgument", "The continuation token provided is incorrect") from None
        return self._page(bucket, asked, min(int(most), MAX_KEYS), page)

    def _page(self, bucket, asked, most, page):
        def text(key):
            return _url(key) if asked.get("encoding-type") else escape(key)

        xml = f"<Name>{bucket.name}</Name><Prefix>{text(asked.get('prefix', ''))}</Prefix>"
        for name, parameter in (("Delimiter", "delimiter"), ("StartAfter", "start-after")):
            if asked.get(parameter):
                xml += f"<{name}>{text(asked[parameter])}</{name}>"
        if asked.get("continuation-token"):
            xml += f"<ContinuationToken>{escape(asked['continuation-token'])}</ContinuationToken>"
        if page.token:
            xml += f"<NextContinuationToken>{escape(page.token)}</NextContinuationToken>"
        xml += f"<KeyCount>{len(page.entries)}</KeyCount><MaxKeys>{most}</MaxKeys>"
        if asked.get("encoding-type"):
            xml += "<EncodingType>url</EncodingType>"
        xml += f"<IsTruncated>{'true' if page.token else 'false'}</IsTruncated>"
        for kept in page.entries:
            if not isinstance(kept, str):
                xml += (
                    f"<Contents><Key>{text(kept.key)}</Key><LastModified>{_iso(kept.modified)}</LastModified>"
                    f"<ETag>&quot;{kept.etag[1:-1]}&quot;</ETag><Size>{len(kept.body)}</Size>"
                    "<StorageClass>STANDARD</StorageClass></Contents>"
                )
        xml += "".join(
            f"<CommonPrefixes><Prefix>{text(prefix)}</Prefix></CommonPrefixes>"
            for prefix in page.entries
            if isinstance(prefix, str)
        )
        body = f'<?xml version="1.0" encoding="UTF-8"?>\n<ListBucketResult xmlns="{NAMESPACE}">{xml}</ListBucketResult>'
        headers = {"Content-Type": "application/xml", "x-amz-bucket-region": bucket.region}
        return self._reply(200, body.encode(), headers)

    @staticmethod
    def _reply(status, body=b"", headers=None):
        number = request_id().replace("-", "")[:16].upper()
        return Reply(status, body, {"x-amz-id-2": _host_id(), "x-amz-request-id": number, **(headers or {})})


def _host_id():
    return base64.b64encode(request_id().encode()).decode()


def _url(key):
    """encoding-type=url as S3 writes it: a form's encoding, but / stays."""
    return quote_plus(key.encode("utf-8", "surrogatepass"), safe="/*").replace("~", "%7E")


def _iso(seconds):
    return time.strftime("%Y-%m-%dT%H:%M:%S.000Z", time.gmtime(seconds))

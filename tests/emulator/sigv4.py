"""Recomputes AWS Signature Version 4 from the bytes of a request and says what is wrong with it.

Written from the public description of the scheme, not from any client's code: it must be able to disagree.
"""

import calendar
import hashlib
import hmac
import re
import time
from dataclasses import dataclass
from urllib.parse import quote, unquote_to_bytes

ALGORITHM = "AWS4-HMAC-SHA256"
MAX_SKEW_S = 300
MAX_SKEW_S3_S = 900
_AUTHORIZATION = re.compile(
    ALGORITHM + r" Credential=([^\s,/]+)/(\d{8})/([a-z0-9-]+)/([a-z0-9-]+)/aws4_request,\s*"
    r"SignedHeaders=([a-z0-9;_-]+),\s*Signature=([0-9a-f]{64})"
)


@dataclass(frozen=True)
class Credential:
    access_key: str
    secret: str
    token: str = ""  # not empty: a temporary key, good only together with this session token
    expires: float = 0.0  # seconds since 1970; 0: never
    arn: str = "arn:aws:iam::111122223333:user/kendrawatch"  # who signs with it


class Refused(Exception):
    def __init__(self, status, code, message):
        super().__init__(f"{code}: {message}")
        self.status, self.code, self.message = status, code, message


@dataclass(frozen=True)
class Scope:
    access_key: str
    region: str
    service: str


def _encode(raw):
    return quote(raw, safe="-_.~")


def canonical_path(path):
    """For every service but S3: dot and empty segments go, then what was sent is encoded once more."""
    segments = []
    for segment in path.split("/"):
        if segment == "..":
            segments = segments[:-1]
        elif segment not in ("", "."):
            segments.append(segment)
    clean = "/" + "/".join(segments)
    if path.endswith("/") and clean != "/":
        clean += "/"
    return "/".join(_encode(segment) for segment in clean.split("/"))


def canonical_path_s3(path):
    """For S3: the key's bytes, each encoded once; nothing is removed."""
    return "/".join(_encode(unquote_to_bytes(segment)) for segment in path.split("/"))


def canonical_query(query):
    pairs = []
    for part in query.split("&") if query else []:
        name, _, value = part.partition("=")
        pairs.append((_encode(unquote_to_bytes(name)), _encode(unquote_to_bytes(value))))
    return "&".join(f"{name}={value}" for name, value in sorted(pairs))


def canonical_request(request, signed, service=None):
    path, _, query = request.target.partition("?")
    path = canonical_path_s3(path) if service == "s3" else canonical_path(path)
    headers = ""
    for name in signed:
        values = [" ".join(v.split(" ")).strip() for n, v in request.headers if n.lower() == name]
        headers += name + ":" + ",".join(re.sub(" +", " ", value) for value in values) + "\n"
    digest = hashlib.sha256(request.body).hexdigest()
    return "\n".join([request.method, path, canonical_query(query), headers, ";".join(signed), digest])


def _mac(key, text):
    return hmac.new(key, text.encode(), hashlib.sha256).digest()


def signature(secret, date, region, service, text):
    key = ("AWS4" + secret).encode()
    for part in (date, region, service, "aws4_request"):
        key = _mac(key, part)
    return hmac.new(key, text.encode("latin-1"), hashlib.sha256).hexdigest()


def _check_signed_headers(request, signed):
    if signed != sorted(set(signed)):
        raise Refused(403, "SignatureDoesNotMatch", "SignedHeaders are not sorted, or one is there twice.")
    present = {name.lower() for name, _ in request.headers}
    must = {"host"} | {n for n in present if n.startswith("x-amz-") or n == "content-type"}
    for name in sorted(must - set(signed)):
        raise Refused(403, "SignatureDoesNotMatch", f"'{name}' must be a 'SignedHeader' in the AWS Authorization.")
    for name in sorted(set(signed) - present):
        raise Refused(403, "SignatureDoesNotMatch", f"'{name}' is listed as signed but was not sent.")


def _check_time(stamp, scope_date, now, service):
    if not stamp or not re.fullmatch(r"\d{8}T\d{6}Z", stamp):
        raise Refused(400, "IncompleteSignature", "Authorization header requires a valid 'X-Amz-Date' header.")
    if stamp[:8] != scope_date:
        raise Refused(403, "SignatureDoesNotMatch", f"Date in Credential scope does not match: {scope_date} {stamp}")
    try:
        sent = calendar.timegm(time.strptime(stamp, "%Y%m%dT%H%M%SZ"))
    except ValueError:
        raise Refused(400, "IncompleteSignature", f"'{stamp}' is no time.") from None
    if service == "s3" and abs(now - sent) > MAX_SKEW_S3_S:
        raise Refused(
            403, "RequestTimeTooSkewed", "The difference between the request time and the current time is too large."
        )
    if service != "s3" and abs(now - sent) > MAX_SKEW_S:
        server = time.strftime("%Y%m%dT%H%M%SZ", time.gmtime(now))
        raise Refused(403, "RequestExpired", f"Signature expired: {stamp} is more than 5 minutes from {server}.")


def _check_payload_hash(request, service):
    claimed = request.header("x-amz-content-sha256")
    if claimed is None and service == "s3":
        raise Refused(400, "InvalidRequest", "Missing required header for this request: x-amz-content-sha256")
    if claimed is not None and claimed != hashlib.sha256(request.body).hexdigest():
        code = "XAmzContentSHA256Mismatch" if service == "s3" else "SignatureDoesNotMatch"
        raise Refused(400 if service == "s3" else 403, code, "'x-amz-content-sha256' is not the hash of the body.")


def claimed_service(request):
    """The service that a request says it is for, without a check; "" when it says none."""
    match = _AUTHORIZATION.fullmatch(request.header("authorization") or "")
    return match.group(4) if match else ""


def verify(request, credentials, now):
    """Returns the Scope of a request that is signed well; raises Refused for every other one.

    credentials: access key id -> Credential. now: seconds since 1970, by this server's clock.
    """
    header = request.header("authorization")
    if header is None:
        raise Refused(403, "MissingAuthenticationToken", "Request is missing Authentication Token")
    match = _AUTHORIZATION.fullmatch(header)
    if not match:
        raise Refused(400, "IncompleteSignature", "Authorization header cannot be read.")
    access_key, date, region, service, names, given = match.groups()
    credential = credentials.get(access_key)
    if credential is None or (request.header("x-amz-security-token") or "") != credential.token:
        raise Refused(403, "InvalidClientTokenId", "The security token included in the request is invalid.")
    if credential.expires and now >= credential.expires:
        raise Refused(403, "ExpiredToken", "The security token included in the request is expired")
    signed = names.split(";")
    _check_signed_headers(request, signed)
    stamp = request.header("x-amz-date")
    _check_time(stamp, date, now, service)
    _check_payload_hash(request, service)
    canonical = canonical_request(request, signed, service)
    digest = hashlib.sha256(canonical.encode("latin-1")).hexdigest()
    text = "\n".join([ALGORITHM, stamp, f"{date}/{region}/{service}/aws4_request", digest])
    if not hmac.compare_digest(signature(credential.secret, date, region, service, text), given):
        raise Refused(
            403,
            "SignatureDoesNotMatch",
            "The request signature we calculated does not match the signature you provided.\n\n"
            f"The Canonical String for this request should have been\n'{canonical}'\n\n"
            f"The String-to-Sign should have been\n'{text}'\n",
        )
    return Scope(access_key, region, service)

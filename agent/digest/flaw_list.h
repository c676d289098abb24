/* What can be wrong with a chain of digests and the logs that it lists:
 * FLAW(SYMBOL, "name", grade, "what it means", "what to do"). A BAD one fails `verify` unless it is allowed;
 * a NOTE is told and fails nothing. Reports, help and docs/integrity.md read it. */
FLAW(TAMPERED_LOG, "tampered-log", BAD, "The log's bytes are not those that CloudTrail delivered.",
    "Take what it says for false. Keep the object and its versions, look for PutObject on its key, and who "
    "made it.")
FLAW(MISSING_LOG, "missing-log", BAD, "A digest lists the log, and it is not there: it was deleted or moved.",
    "Look for DeleteObject and lifecycle rules on its key; a version or a replica may still hold it.")
FLAW(DAMAGED_LOG, "damaged-log", BAD, "The log is no whole gzip file: it was cut off or overwritten.",
    "Copy it again; when the bucket's own object is the same, treat it as tampered.")
FLAW(LOG_NOT_LISTED, "log-not-listed", BAD,
    "A log lies where CloudTrail delivers, in hours whose digests do not list it: somebody else put it "
    "there.",
    "Trust nothing in it. A second trail without validation that delivers to the same place looks the same: "
    "give it a prefix of its own.")
FLAW(FORGED_SIGNATURE, "forged-signature", BAD,
    "The signature is not one of CloudTrail's key over this digest.",
    "Trust neither the digest nor the logs of its hours. Keep both, and look for PutObject on its key.")
FLAW(TAMPERED_DIGEST, "tampered-digest", BAD,
    "The signature is the one that CloudTrail gave, and the digest was changed under it.",
    "As for a forged signature: its list of logs is worth nothing now.")
FLAW(REPLACED_DIGEST, "replaced-digest", BAD,
    "The digest is signed well, and is another one than the next digest says stood here.",
    "Somebody put a signed digest of another time or trail in its place: logs of its hours may be gone "
    "unseen.")
FLAW(MISSING_DIGEST, "missing-digest", BAD,
    "The next digest names it, and it is not there: nothing proves the logs of its hours.",
    "Look for DeleteObject on its key; a version or a replica may still hold it.")
FLAW(DAMAGED_DIGEST, "damaged-digest", BAD, "It is no digest that can be read.",
    "Copy it again; when the bucket's own object is the same, treat it as tampered.")
FLAW(MOVED, "moved", BAD, "The digest is signed well, and says that it belongs to another place.",
    "Put it back where it says, and see what stood there before. Name the folder that is the bucket's root.")
FLAW(UNKNOWN_KEY, "unknown-key", BAD, "No key of that fingerprint is known, so the signature proves nothing.",
    "Give the keys of that region and time: aws cloudtrail list-public-keys --start-time … --end-time …")
FLAW(UNSIGNED, "unsigned", BAD, "The signature, which is metadata of the S3 object, is not with the digest.",
    "Save it beside the copy as NAME.metadata: aws s3api head-object gives it. In the bucket it means that "
    "somebody wrote the object anew.")
FLAW(UNREADABLE, "unreadable", BAD, "It is there and could not be read.",
    "See the reason: permission of the file, s3:GetObject, or kms:Decrypt of the bucket's key.")
FLAW(GAP, "gap", BAD,
    "No digest covers this time: logging or its validation was off, or a digest begins anew.",
    "Look for StopLogging, DeleteTrail and UpdateTrail before it. When it was meant: --allow gap, or --since "
    "after it.")
FLAW(STALE_CHAIN, "stale-chain", BAD,
    "The newest digest is more than two hours older than what should have one: it comes every hour.",
    "See aws cloudtrail get-trail-status: LatestDigestDeliveryError; whoever deletes logs deletes the newest "
    "digests too.")
FLAW(OPEN_START, "open-start", NOTE, "The oldest digest here names an older one that is not here.",
    "Fine when only a part was copied. --since TIME makes what is missing after it a missing-digest.")
FLAW(BACKFILL, "backfill", NOTE, "CloudTrail made this digest later, for a time that had none.",
    "Nothing: its signature counts like any other.")

# Mode NewTrail: bucket, topic and trail.

resource "aws_s3_bucket" "log" {
  count  = local.new_trail ? 1 : 0
  bucket = "${var.name}-trail-${local.account}-${local.region}"
}

resource "aws_s3_bucket_server_side_encryption_configuration" "log" {
  count  = local.new_trail ? 1 : 0
  bucket = aws_s3_bucket.log[0].id
  rule {
    bucket_key_enabled = local.own_key
    apply_server_side_encryption_by_default {
      sse_algorithm     = local.own_key ? "aws:kms" : "AES256"
      kms_master_key_id = local.key_arn
    }
  }
}

resource "aws_s3_bucket_ownership_controls" "log" {
  count  = local.new_trail ? 1 : 0
  bucket = aws_s3_bucket.log[0].id
  rule {
    object_ownership = "BucketOwnerEnforced"
  }
}

resource "aws_s3_bucket_public_access_block" "log" {
  count                   = local.new_trail ? 1 : 0
  bucket                  = aws_s3_bucket.log[0].id
  block_public_acls       = true
  block_public_policy     = true
  ignore_public_acls      = true
  restrict_public_buckets = true
}

resource "aws_s3_bucket_versioning" "log" {
  count  = local.new_trail ? 1 : 0
  bucket = aws_s3_bucket.log[0].id
  versioning_configuration {
    status = "Enabled"
  }
}

resource "aws_s3_bucket_lifecycle_configuration" "log" {
  count  = local.new_trail ? 1 : 0
  bucket = aws_s3_bucket.log[0].id
  rule {
    id     = "forget"
    status = "Enabled"
    filter {}
    expiration {
      days = var.log_days
    }
    noncurrent_version_expiration {
      noncurrent_days = 30
    }
    abort_incomplete_multipart_upload {
      days_after_initiation = 7
    }
  }
}

data "aws_iam_policy_document" "log" {
  count = local.new_trail ? 1 : 0
  statement {
    sid       = "TrailLooksAtBucket"
    actions   = ["s3:GetBucketAcl"]
    resources = [aws_s3_bucket.log[0].arn]
    principals {
      type        = "Service"
      identifiers = ["cloudtrail.amazonaws.com"]
    }
    condition {
      test     = "StringEquals"
      variable = "aws:SourceArn"
      values   = [local.trail_arn]
    }
  }
  statement {
    sid     = "TrailWrites"
    actions = ["s3:PutObject"]
    resources = concat(
      ["${aws_s3_bucket.log[0].arn}/AWSLogs/${local.account}/*"],
      var.organization_id == "" ? [] : ["${aws_s3_bucket.log[0].arn}/AWSLogs/${var.organization_id}/*"],
    )
    principals {
      type        = "Service"
      identifiers = ["cloudtrail.amazonaws.com"]
    }
    condition {
      test     = "StringEquals"
      variable = "s3:x-amz-acl"
      values   = ["bucket-owner-full-control"]
    }
    condition {
      test     = "StringEquals"
      variable = "aws:SourceArn"
      values   = [local.trail_arn]
    }
  }
  statement {
    sid       = "OnlyEncryptedWays"
    effect    = "Deny"
    actions   = ["s3:*"]
    resources = [aws_s3_bucket.log[0].arn, "${aws_s3_bucket.log[0].arn}/*"]
    principals {
      type        = "*"
      identifiers = ["*"]
    }
    condition {
      test     = "Bool"
      variable = "aws:SecureTransport"
      values   = ["false"]
    }
  }
}

resource "aws_s3_bucket_policy" "log" {
  count  = local.new_trail ? 1 : 0
  bucket = aws_s3_bucket.log[0].id
  policy = data.aws_iam_policy_document.log[0].json
}

resource "aws_sns_topic" "trail" {
  count             = local.new_trail ? 1 : 0
  name              = "${var.name}-trail"
  kms_master_key_id = local.key_arn
}

data "aws_iam_policy_document" "trail_topic" {
  count = local.new_trail ? 1 : 0
  statement {
    sid       = "TrailPublishes"
    actions   = ["sns:Publish"]
    resources = [aws_sns_topic.trail[0].arn]
    principals {
      type        = "Service"
      identifiers = ["cloudtrail.amazonaws.com"]
    }
    condition {
      test     = "StringEquals"
      variable = "aws:SourceArn"
      values   = [local.trail_arn]
    }
    condition {
      test     = "StringEquals"
      variable = "aws:SourceAccount"
      values   = [local.account]
    }
  }
}

resource "aws_sns_topic_policy" "trail" {
  count  = local.new_trail ? 1 : 0
  arn    = aws_sns_topic.trail[0].arn
  policy = data.aws_iam_policy_document.trail_topic[0].json
}

resource "aws_cloudtrail" "this" {
  count                         = local.new_trail ? 1 : 0
  name                          = var.name
  enable_logging                = true
  is_multi_region_trail         = true
  is_organization_trail         = var.organization_id != ""
  include_global_service_events = true
  enable_log_file_validation    = true
  s3_bucket_name                = aws_s3_bucket.log[0].id
  sns_topic_name                = aws_sns_topic.trail[0].name
  kms_key_id                    = local.key_arn
  event_selector {
    read_write_type           = "All"
    include_management_events = true
  }
  depends_on = [aws_s3_bucket_policy.log, aws_sns_topic_policy.trail]
}

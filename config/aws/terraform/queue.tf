# The queue that events arrive in, its dead letters, and a key when one is asked for.

resource "aws_kms_key" "this" {
  count               = local.own_key ? 1 : 0
  description         = "${var.name}: queue, topics and trail"
  enable_key_rotation = true
  policy              = data.aws_iam_policy_document.key.json
}

data "aws_iam_policy_document" "key" {
  statement {
    sid       = "AccountDecidesByIam"
    actions   = ["kms:*"]
    resources = ["*"]
    principals {
      type        = "AWS"
      identifiers = ["arn:${local.partition}:iam::${local.account}:root"]
    }
  }
  statement {
    sid       = "TopicsAndRulesSendToQueues"
    actions   = ["kms:Decrypt", "kms:GenerateDataKey*"]
    resources = ["*"]
    principals {
      type        = "Service"
      identifiers = ["sns.amazonaws.com", "events.amazonaws.com", "cloudwatch.amazonaws.com"]
    }
    condition {
      test     = "StringEquals"
      variable = "aws:SourceAccount"
      values   = [local.account]
    }
  }
  statement {
    sid       = "TrailEncrypts"
    actions   = ["kms:GenerateDataKey*", "kms:Decrypt", "kms:DescribeKey"]
    resources = ["*"]
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
}

resource "aws_sqs_queue" "dead" {
  name                      = "${var.name}-dead"
  message_retention_seconds = 1209600
  sqs_managed_sse_enabled   = local.own_key ? null : true
  kms_master_key_id         = local.key_arn
  redrive_allow_policy = jsonencode({
    redrivePermission = "byQueue"
    sourceQueueArns   = ["arn:${local.partition}:sqs:${local.region}:${local.account}:${var.name}"]
  })
}

resource "aws_sqs_queue" "this" {
  name                              = var.name
  message_retention_seconds         = 1209600
  visibility_timeout_seconds        = 300
  receive_wait_time_seconds         = 20
  sqs_managed_sse_enabled           = local.own_key ? null : true
  kms_master_key_id                 = local.key_arn
  kms_data_key_reuse_period_seconds = local.own_key ? 3600 : null
  redrive_policy = jsonencode({
    deadLetterTargetArn = aws_sqs_queue.dead.arn
    maxReceiveCount     = 10
  })
  lifecycle {
    precondition {
      condition     = var.mode != "ExistingTopic" || (var.trail_topic_arn != "" && var.log_bucket_name != "")
      error_message = "mode ExistingTopic needs trail_topic_arn and log_bucket_name."
    }
  }
}

data "aws_iam_policy_document" "queue" {
  dynamic "statement" {
    for_each = local.by_topic ? [local.trail_topic] : []
    content {
      sid       = "TrailTopicSends"
      actions   = ["sqs:SendMessage"]
      resources = [aws_sqs_queue.this.arn]
      principals {
        type        = "Service"
        identifiers = ["sns.amazonaws.com"]
      }
      condition {
        test     = "ArnEquals"
        variable = "aws:SourceArn"
        values   = [statement.value]
      }
    }
  }
  dynamic "statement" {
    for_each = local.by_eventbridge ? [1] : []
    content {
      sid       = "RulesSend"
      actions   = ["sqs:SendMessage"]
      resources = [aws_sqs_queue.this.arn]
      principals {
        type        = "Service"
        identifiers = ["events.amazonaws.com"]
      }
      condition {
        test     = "StringEquals"
        variable = "aws:SourceAccount"
        values   = [local.account]
      }
      condition {
        test     = "ArnLike"
        variable = "aws:SourceArn"
        values   = ["arn:${local.partition}:events:${local.region}:${local.account}:rule/${var.name}-*"]
      }
    }
  }
  statement {
    sid       = "OnlyEncryptedWays"
    effect    = "Deny"
    actions   = ["sqs:*"]
    resources = [aws_sqs_queue.this.arn]
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

resource "aws_sqs_queue_policy" "this" {
  queue_url = aws_sqs_queue.this.id
  policy    = data.aws_iam_policy_document.queue.json
}

resource "aws_sns_topic_subscription" "queue" {
  count                = local.by_topic ? 1 : 0
  topic_arn            = local.trail_topic
  protocol             = "sqs"
  endpoint             = aws_sqs_queue.this.arn
  raw_message_delivery = true
  depends_on           = [aws_sqs_queue_policy.this]
}

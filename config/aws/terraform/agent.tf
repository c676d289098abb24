# Who the agent is, what it may do, and whom it tells.

locals {
  oidc_issuer = try(split(":oidc-provider/", var.oidc_provider_arn)[1], "")
}

data "aws_iam_policy_document" "trust" {
  dynamic "statement" {
    for_each = var.agent_trust == "Instance" ? [1] : []
    content {
      actions = ["sts:AssumeRole"]
      principals {
        type        = "Service"
        identifiers = ["ec2.amazonaws.com"]
      }
    }
  }
  dynamic "statement" {
    for_each = var.agent_trust == "Account" ? [1] : []
    content {
      actions = ["sts:AssumeRole"]
      principals {
        type        = "AWS"
        identifiers = ["arn:${local.partition}:iam::${var.trusted_account_id}:root"]
      }
      condition {
        test     = "StringEquals"
        variable = "sts:ExternalId"
        values   = [var.external_id]
      }
    }
  }
  dynamic "statement" {
    for_each = var.agent_trust == "Irsa" ? [1] : []
    content {
      actions = ["sts:AssumeRoleWithWebIdentity"]
      principals {
        type        = "Federated"
        identifiers = [var.oidc_provider_arn]
      }
      condition {
        test     = "StringEquals"
        variable = "${local.oidc_issuer}:sub"
        values   = [var.oidc_subject]
      }
      condition {
        test     = "StringEquals"
        variable = "${local.oidc_issuer}:aud"
        values   = ["sts.amazonaws.com"]
      }
    }
  }
}

data "aws_iam_policy_document" "agent" {
  statement {
    sid = "ReadQueue"
    actions = ["sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:ChangeMessageVisibility",
    "sqs:GetQueueAttributes"]
    resources = [aws_sqs_queue.this.arn]
  }
  dynamic "statement" {
    for_each = local.by_topic ? [1] : []
    content {
      sid       = "ReadTrailFiles"
      actions   = ["s3:GetObject"]
      resources = ["${local.bucket_arn}/*"]
    }
  }
  statement {
    sid       = "PublishAlerts"
    actions   = ["sns:Publish"]
    resources = [aws_sns_topic.alerts.arn]
  }
  dynamic "statement" {
    for_each = var.mode == "ExistingTopic" && var.trail_key_arn != "" ? [1] : []
    content {
      sid       = "DecryptTrail"
      actions   = ["kms:Decrypt"]
      resources = [var.trail_key_arn]
    }
  }
  dynamic "statement" {
    for_each = local.own_key ? [1] : []
    content {
      sid       = "EncryptAlerts"
      actions   = ["kms:Decrypt", "kms:GenerateDataKey"]
      resources = [local.key_arn]
    }
  }
}

data "aws_iam_policy_document" "doctor" {
  statement {
    sid       = "LookAtTrails"
    actions   = ["cloudtrail:DescribeTrails"]
    resources = ["*"]
  }
  statement {
    sid       = "LookAtTrail"
    actions   = ["cloudtrail:GetTrailStatus", "cloudtrail:GetEventSelectors"]
    resources = ["arn:${local.partition}:cloudtrail:*:*:trail/*"]
  }
  statement {
    sid       = "LookAtTopics"
    actions   = ["sns:GetTopicAttributes"]
    resources = [aws_sns_topic.alerts.arn]
  }
  statement {
    sid       = "LookAtQueues"
    actions   = ["sqs:GetQueueAttributes"]
    resources = [aws_sqs_queue.dead.arn]
  }
}

resource "aws_iam_role" "agent" {
  name               = "${var.name}-agent-${local.region}"
  description        = "kendrawatch reads its queue and trail files, and publishes alerts."
  assume_role_policy = data.aws_iam_policy_document.trust.json
  lifecycle {
    precondition {
      condition     = var.agent_trust != "Account" || (var.trusted_account_id != "" && length(var.external_id) >= 16)
      error_message = "agent_trust Account needs trusted_account_id and an external_id of 16 characters or more."
    }
    precondition {
      condition     = var.agent_trust != "Irsa" || local.oidc_issuer != ""
      error_message = "agent_trust Irsa needs oidc_provider_arn."
    }
  }
}

resource "aws_iam_role_policy" "agent" {
  name   = "kendrawatch"
  role   = aws_iam_role.agent.id
  policy = data.aws_iam_policy_document.agent.json
}

resource "aws_iam_role_policy" "doctor" {
  name   = "kendrawatch-doctor"
  role   = aws_iam_role.agent.id
  policy = data.aws_iam_policy_document.doctor.json
}

resource "aws_iam_instance_profile" "agent" {
  count = var.agent_trust == "Instance" ? 1 : 0
  name  = aws_iam_role.agent.name
  role  = aws_iam_role.agent.name
}

resource "aws_sns_topic" "alerts" {
  name              = "${var.name}-alerts"
  kms_master_key_id = local.key_arn
}

data "aws_iam_policy_document" "alerts" {
  statement {
    sid       = "AgentPublishes"
    actions   = ["sns:Publish"]
    resources = [aws_sns_topic.alerts.arn]
    principals {
      type        = "AWS"
      identifiers = [aws_iam_role.agent.arn]
    }
  }
  statement {
    sid       = "AlarmsPublish"
    actions   = ["sns:Publish"]
    resources = [aws_sns_topic.alerts.arn]
    principals {
      type        = "Service"
      identifiers = ["cloudwatch.amazonaws.com"]
    }
    condition {
      test     = "StringEquals"
      variable = "aws:SourceAccount"
      values   = [local.account]
    }
  }
}

resource "aws_sns_topic_policy" "alerts" {
  arn    = aws_sns_topic.alerts.arn
  policy = data.aws_iam_policy_document.alerts.json
}

resource "aws_sns_topic_subscription" "alerts" {
  count     = var.alert_email == "" ? 0 : 1
  topic_arn = aws_sns_topic.alerts.arn
  protocol  = "email"
  endpoint  = var.alert_email
}

# Events themselves, within seconds, of this region alone. IAM and sign-ins are told to us-east-1 alone: use the
# module there as well.

locals {
  via_cloudtrail = ["AWS API Call via CloudTrail", "AWS Service Event via CloudTrail"]
  rules = local.by_eventbridge ? merge({
    kendra = {
      state   = var.eventbridge_reads ? "ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS" : "ENABLED"
      types   = local.via_cloudtrail
      sources = ["kendra.amazonaws.com", "kendra-ranking.amazonaws.com"]
    }
    account = {
      state = "ENABLED"
      types = local.via_cloudtrail
      sources = ["cloudtrail.amazonaws.com", "config.amazonaws.com", "guardduty.amazonaws.com", "kms.amazonaws.com",
      "securityhub.amazonaws.com"]
    }
    }, local.region != "us-east-1" ? {} : {
    global = {
      state   = "ENABLED"
      types   = concat(local.via_cloudtrail, ["AWS Console Sign In via CloudTrail", "AWS Console Signin via CloudTrail"])
      sources = ["iam.amazonaws.com", "signin.amazonaws.com", "sts.amazonaws.com"]
    }
  }) : {}
}

resource "aws_cloudwatch_event_rule" "this" {
  for_each    = local.rules
  name        = "${var.name}-${each.key}"
  description = "CloudTrail events to ${var.name}."
  state       = each.value.state
  event_pattern = jsonencode({
    "detail-type" = each.value.types
    detail        = { eventSource = each.value.sources }
  })
}

resource "aws_cloudwatch_event_target" "this" {
  for_each  = aws_cloudwatch_event_rule.this
  rule      = each.value.name
  target_id = "queue"
  arn       = aws_sqs_queue.this.arn
}

terraform {
  required_version = ">= 1.5"
  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = ">= 5.50"
    }
  }
}

data "aws_caller_identity" "this" {}
data "aws_partition" "this" {}
data "aws_region" "this" {}

locals {
  account   = data.aws_caller_identity.this.account_id
  partition = data.aws_partition.this.partition
  region    = data.aws_region.this.name

  by_topic       = var.mode != "EventBridge"
  by_eventbridge = var.mode == "EventBridge"
  new_trail      = var.mode == "NewTrail"
  own_key        = var.encryption == "Kms"

  key_arn     = local.own_key ? aws_kms_key.this[0].arn : null
  trail_arn   = "arn:${local.partition}:cloudtrail:${local.region}:${local.account}:trail/${var.name}"
  trail_topic = local.new_trail ? aws_sns_topic.trail[0].arn : var.trail_topic_arn
  bucket_arn  = local.new_trail ? aws_s3_bucket.log[0].arn : "arn:${local.partition}:s3:::${var.log_bucket_name}"
}

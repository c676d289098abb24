output "queue_url" {
  description = "sources, queue_url"
  value       = aws_sqs_queue.this.id
}

output "dead_letter_url" {
  value = aws_sqs_queue.dead.id
}

output "alert_topic_arn" {
  description = "sinks, topic_arn"
  value       = aws_sns_topic.alerts.arn
}

output "agent_role_arn" {
  value = aws_iam_role.agent.arn
}

output "agent_profile_name" {
  value = one(aws_iam_instance_profile.agent[*].name)
}

output "log_bucket_name" {
  description = "sources, buckets"
  value       = local.by_eventbridge ? null : local.new_trail ? aws_s3_bucket.log[0].id : var.log_bucket_name
}

output "trail_arn" {
  value = one(aws_cloudtrail.this[*].arn)
}

output "key_arn" {
  value = local.key_arn
}

# Who watches the watcher.

# A running agent asks the queue at least every 20 seconds, also when there is nothing: no receives, no agent.
resource "aws_cloudwatch_metric_alarm" "heartbeat" {
  alarm_name          = "${var.name}-heartbeat"
  alarm_description   = "No kendrawatch has asked the queue for 15 minutes. Is the agent running, and can it reach AWS?"
  alarm_actions       = [aws_sns_topic.alerts.arn]
  ok_actions          = [aws_sns_topic.alerts.arn]
  comparison_operator = "LessThanThreshold"
  threshold           = 1
  evaluation_periods  = 3
  datapoints_to_alarm = 3
  treat_missing_data  = "breaching"
  metric_query {
    id          = "receives"
    label       = "Receives"
    expression  = "FILL(empty, 0) + FILL(full, 0)"
    return_data = true
  }
  metric_query {
    id = "empty"
    metric {
      namespace   = "AWS/SQS"
      metric_name = "NumberOfEmptyReceives"
      period      = 300
      stat        = "Sum"
      dimensions  = { QueueName = aws_sqs_queue.this.name }
    }
  }
  metric_query {
    id = "full"
    metric {
      namespace   = "AWS/SQS"
      metric_name = "NumberOfMessagesReceived"
      period      = 300
      stat        = "Sum"
      dimensions  = { QueueName = aws_sqs_queue.this.name }
    }
  }
}

resource "aws_cloudwatch_metric_alarm" "age" {
  alarm_name          = "${var.name}-age"
  alarm_description   = "Events have waited for 15 minutes. The agent is down, too slow, or its sinks are and it waits."
  alarm_actions       = [aws_sns_topic.alerts.arn]
  ok_actions          = [aws_sns_topic.alerts.arn]
  namespace           = "AWS/SQS"
  metric_name         = "ApproximateAgeOfOldestMessage"
  dimensions          = { QueueName = aws_sqs_queue.this.name }
  statistic           = "Maximum"
  period              = 300
  evaluation_periods  = 2
  comparison_operator = "GreaterThanThreshold"
  threshold           = 900
  treat_missing_data  = "notBreaching"
}

resource "aws_cloudwatch_metric_alarm" "dead_letters" {
  alarm_name          = "${var.name}-dead-letters"
  alarm_description   = "A message was given up. What it says no rule has seen. docs/operations.md, \"Dead letters\"."
  alarm_actions       = [aws_sns_topic.alerts.arn]
  namespace           = "AWS/SQS"
  metric_name         = "ApproximateNumberOfMessagesVisible"
  dimensions          = { QueueName = aws_sqs_queue.dead.name }
  statistic           = "Maximum"
  period              = 300
  evaluation_periods  = 1
  comparison_operator = "GreaterThanThreshold"
  threshold           = 0
  treat_missing_data  = "notBreaching"
}

# A trail of an account in use delivers every few minutes; with EventBridge hours of quiet are usual.
resource "aws_cloudwatch_metric_alarm" "silence" {
  count               = local.by_topic ? 1 : 0
  alarm_name          = "${var.name}-silence"
  alarm_description   = "No notice of a trail file for two hours. Was the trail, its topic or the subscription changed?"
  alarm_actions       = [aws_sns_topic.alerts.arn]
  ok_actions          = [aws_sns_topic.alerts.arn]
  namespace           = "AWS/SQS"
  metric_name         = "NumberOfMessagesSent"
  dimensions          = { QueueName = aws_sqs_queue.this.name }
  statistic           = "Sum"
  period              = 3600
  evaluation_periods  = 2
  comparison_operator = "LessThanThreshold"
  threshold           = 1
  treat_missing_data  = "breaching"
}

variable "name" {
  description = "Queue, topics, trail and alarms are called after it."
  type        = string
  default     = "kendrawatch"
}

variable "mode" {
  description = "ExistingTopic: a trail publishes to an SNS topic already. EventBridge: events themselves go to the queue, of this region alone. NewTrail: make trail, bucket and topic as well."
  type        = string
  default     = "ExistingTopic"
  validation {
    condition     = contains(["ExistingTopic", "EventBridge", "NewTrail"], var.mode)
    error_message = "mode is ExistingTopic, EventBridge or NewTrail."
  }
}

variable "trail_topic_arn" {
  description = "ExistingTopic, the topic that the trail publishes to; in this region."
  type        = string
  default     = ""
}

variable "log_bucket_name" {
  description = "ExistingTopic, the bucket that the trail writes to."
  type        = string
  default     = ""
}

variable "trail_key_arn" {
  description = "ExistingTopic, the KMS key that encrypts the trail's files; empty, none."
  type        = string
  default     = ""
}

variable "eventbridge_reads" {
  description = "EventBridge, deliver read-only management events too. Without them nobody sees Kendra being listed or described, and perhaps not being searched."
  type        = bool
  default     = true
}

variable "organization_id" {
  description = "NewTrail in the management account, make it the trail of this whole organization; empty, this account's."
  type        = string
  default     = ""
}

variable "log_days" {
  description = "NewTrail, days that files are kept. Baselines and back-tests look back as far as this."
  type        = number
  default     = 400
}

variable "agent_trust" {
  description = "Instance: an EC2 instance by its profile. Account: a principal of another account, with an external id. Irsa: a service account of an EKS cluster."
  type        = string
  default     = "Instance"
  validation {
    condition     = contains(["Instance", "Account", "Irsa"], var.agent_trust)
    error_message = "agent_trust is Instance, Account or Irsa."
  }
}

variable "trusted_account_id" {
  description = "Account, who may assume the role."
  type        = string
  default     = ""
}

variable "external_id" {
  description = "Account, what they must say; 16 characters or more."
  type        = string
  default     = ""
  sensitive   = true
}

variable "oidc_provider_arn" {
  description = "Irsa, ARN of the cluster's identity provider."
  type        = string
  default     = ""
}

variable "oidc_subject" {
  description = "Irsa, the service account."
  type        = string
  default     = "system:serviceaccount:kendrawatch:kendrawatch"
}

variable "alert_email" {
  description = "Gets alerts and alarms once it has confirmed; empty, subscribe somebody yourself."
  type        = string
  default     = ""
}

variable "encryption" {
  description = "Sse: keys that SQS and S3 manage, at no cost. Kms: a key of your own for queue, topics and, with NewTrail, the trail."
  type        = string
  default     = "Sse"
  validation {
    condition     = contains(["Sse", "Kms"], var.encryption)
    error_message = "encryption is Sse or Kms."
  }
}

"""57 detections in the shapes that SigmaHQ's AWS CloudTrail rules have; written for this benchmark.

Each is (title, level, detection). What they use between them: equality on source and name, lists of names, contains on
a whole object, on an array's members and as presence, startswith, re, fieldref, null, `1 of x*`, a list of maps, lists of
keywords in one field, `not` filters, truth values as texts. One matches most events of any account that works through
roles; SigmaHQ has such a one too.
"""


def on(service, *names):
    """A selection of calls: their source, and their names where there are any."""
    out = {"eventSource": f"{service}.amazonaws.com"}
    if names:
        out["eventName"] = names[0] if len(names) == 1 else list(names)
    return out


def plain(title, level, service, *names, also=None):
    """also: what more the selection asks for."""
    return title, level, {"selection": on(service, *names) | (also or {}), "condition": "selection"}


def without(title, level, selection, **filters):
    unless = "filter" if "filter" in filters else "1 of filter_*"
    return title, level, {"selection": selection, **filters, "condition": f"selection and not {unless}"}


FAILED = {"errorCode|contains": "*"}

DETECTIONS = [
    plain("Trail switched off or removed", "medium", "cloudtrail", "StopLogging", "UpdateTrail", "DeleteTrail"),
    plain("Bucket removed", "medium", "s3", "DeleteBucket"),
    plain("Bucket handed to other accounts", "medium", "s3", "PutBucketPolicy", "PutBucketAcl", "DeletePublicAccessBlock"),
    plain("Replication or lifecycle of a bucket changed", "low", "s3", "PutBucketReplication", "PutBucketLifecycle",
          "PutBucketLogging", "PutBucketWebsite", "PutEncryptionConfiguration", "PutReplicationConfiguration", "ReplicateObject",
          "RestoreObject"),
    plain("Configuration recorder stopped", "high", "config", "DeleteDeliveryChannel", "StopConfigurationRecorder"),
    plain("Detector told to trust addresses", "high", "guardduty", "CreateIPSet"),
    plain("Detector removed", "high", "guardduty", "DeleteDetector", "DeleteFilter", "StopMonitoringMembers",
          "DisassociateFromMasterAccount"),
    plain("Findings hidden", "high", "securityhub", "BatchUpdateFindings", "DeleteInsight", "UpdateFindings", "UpdateInsight"),
    plain("Flow logs removed", "high", "ec2", "DeleteFlowLogs"),
    plain("Network list gains an entry", "low", "ec2", "CreateNetworkAclEntry"),
    plain("Route added", "low", "ec2", "CreateRoute"),
    plain("Security group opened or closed", "medium", "ec2", "AuthorizeSecurityGroupEgress", "AuthorizeSecurityGroupIngress",
          "RevokeSecurityGroupEgress", "RevokeSecurityGroupIngress"),
    plain("Security group of a balancer changed", "medium", "elasticloadbalancing", "ApplySecurityGroupsToLoadBalancer",
          "SetSecurityGroups"),
    plain("Security group of a database changed", "medium", "rds", "AuthorizeDBSecurityGroupIngress", "CreateDBSecurityGroup",
          "DeleteDBSecurityGroup", "RevokeDBSecurityGroupIngress"),
    plain("Cache security group made", "low", "elasticache", "CreateCacheSecurityGroup"),
    plain("Cache security group changed", "low", "elasticache", "DeleteCacheSecurityGroup", "AuthorizeCacheSecurityGroupIngress",
          "RevokeCacheSecurityGroupIngress", "AuthorizeCacheSecurityGroupEgress", "RevokeCacheSecurityGroupEgress"),
    plain("Start script of an instance changed", "high", "ec2", "ModifyInstanceAttribute",
          also={"requestParameters.attribute": "userData"}),
    plain("Disk encryption no longer default", "medium", "ec2", "DisableEbsEncryptionByDefault"),
    plain("Snapshot shared", "medium", "ec2", "ModifySnapshotAttribute"),
    plain("File system removed", "medium", "elasticfilesystem", "DeleteFileSystem"),
    plain("Mount target removed", "medium", "elasticfilesystem", "DeleteMountTarget"),
    plain("Cluster made or removed", "low", "eks", "CreateCluster", "DeleteCluster"),
    plain("Domain lock lifted", "low", "route53", "DisableDomainTransferLock"),
    plain("Domain given away", "low", "route53", "TransferDomainToAnotherAwsAccount"),
    plain("Identity of a sender removed", "medium", "ses", "DeleteIdentity"),
    plain("SAML provider removed", "medium", "iam", "DeleteSAMLProvider", also={"status": "success"}),
    plain("Key material brought from outside", "high", "kms", "ImportKeyMaterial"),
    plain("Directory provider exchanged", "high", "sso-directory", "DisableExternalIdPConfigurationForDirectory",
          "EnableExternalIdPConfigurationForDirectory", "AssociateDirectory", "DisassociateDirectory"),
    plain("Region switched on", "medium", "account", "EnableRegion"),
    plain("Function gains a public address", "medium", "lambda", "CreateFunctionUrlConfig"),
    plain("Anybody may call a function", "high", "lambda", "AddPermission20150331v2", also={"requestParameters.principal": "*"}),
    plain("Function gains a layer", "medium", "lambda", also={"eventName|startswith": "UpdateFunctionConfiguration",
                                                              "requestParameters.layers": "*"}),
    plain("Database restored with a public address", "high", "rds", "RestoreDBInstanceFromDBSnapshot",
          also={"responseElements.publiclyAccessible": "true"}),
    plain("Master password exchanged", "medium", "rds", "ModifyDBInstance",
          also={"responseElements.pendingModifiedValues.masterUserPassword|contains": "*"}),
    plain("Sign-in refused", "medium", "signin", "ConsoleLogin", also={"errorMessage": "Failed authentication"}),
    plain("Sign-in without a second factor", "medium", "signin", "ConsoleLogin", also={"additionalEventData.MFAUsed": "NO"}),
    plain("Session token for a person", "low", "sts", "GetSessionToken", also={"userIdentity.type": "IAMUser"}),
    plain("Credential checker at work", "medium", "sts", "GetCallerIdentity", also={"userAgent|contains": "TruffleHog"}),
    plain("Task reads the credentials of its host", "medium", "ecs", "RegisterTaskDefinition", "DescribeTaskDefinition",
          also={"requestParameters.containerDefinitions.command|contains": "$AWS_CONTAINER_CREDENTIALS_RELATIVE_URI"}),
    plain("Bucket browser makes access", "high", "iam", "CreateUser", "CreateAccessKey", "CreateLoginProfile", "PutUserPolicy",
          also={"userAgent|contains": "S3 Browser"}),
    plain("Policy copied from a template", "high", "iam", "PutUserPolicy",
          also={"requestParameters|contains|all": ['"arn:aws:s3:::<YOUR-BUCKET-NAME>/*"', '"s3:GetObject"', '"Allow"']}),
    ("Role assumed through a role", "low", {"selection": {
        "userIdentity.type": "AssumedRole", "userIdentity.sessionContext.sessionIssuer.type": "Role"},
        "condition": "selection"}),
    ("Role handed to a pipeline", "medium", {"selection": [
        on("glue", "CreateDevEndpoint", "UpdateDevEndpoint", "DeleteDevEndpoint"),
        on("datapipeline", "CreatePipeline", "PutPipelineDefinition")], "condition": "selection"}),
    ("Federation by SAML", "medium", {
        "selection_sts": on("sts", "AssumeRoleWithSAML") | {"errorCode|exists": False, "userAgent|startswith": "python-requests"},
        "selection_iam": on("iam", "UpdateSAMLProvider"), "condition": "1 of selection_*"}),
    ("Listing of storage", "low", {
        "selection_s3": on("s3", "ListBuckets", "GetBucketVersioning", "GetBucketCors", "GetBucketInventory")
        | {"errorCode": "AccessDenied"},
        "selection_disks": on("ec2", "DescribeFastSnapshotRestores", "DescribeStoreImageTasks") | {"errorCode": None},
        "condition": "1 of selection_*"}),
    ("Instance credentials used from afar", "medium", {
        "selection": {"userIdentity.type": "AssumedRole", "userIdentity.arn|re": r":assumed-role/[^/]+/i-[0-9a-f]{8,17}$",
                      "sourceIPAddress|re": r"^(?:203\.0\.113|192\.0\.2)\."},
        "condition": "selection"}),
    ("Console token of another console", "medium", {
        "selection": on("signin", "GetSigninToken"), "filter_console": {"userAgent|contains": "Jersey/${project.version}"},
        "condition": "selection and not 1 of filter_*"}),
    without("Root at work", "medium", {"userIdentity.type": "Root"}, filter={"eventType": "AwsServiceEvent"}),
    without("Buckets listed by a person", "low", on("s3", "ListBuckets"), filter={"userIdentity.type": "AssumedRole"}),
    without("Key made for somebody else", "medium", on("iam", "CreateAccessKey"),
            filter={"userIdentity.arn|fieldref|contains": "responseElements.accessKey.userName"}),
    without("Password of somebody else", "high", on("iam", "CreateLoginProfile", "UpdateLoginProfile"),
            filter={"userIdentity.userName|fieldref": "requestParameters.userName"}),
    without("Instance copied out", "low", on("ec2", "CreateInstanceExportTask"),
            filter_text={"errorMessage|contains": "*"}, filter_code=FAILED,
            filter_answer={"responseElements|contains": "Failure"}),
    without("Policy taken off by hand", "medium", on("iam", "DeleteRolePolicy", "DetachRolePolicy", "DeleteUserPolicy"),
            filter_service={"userIdentity.invokedBy|endswith": ".amazonaws.com"}, filter_failed=FAILED),
    without("Second factor taken away", "medium", on("iam", "DeactivateMFADevice", "DeleteVirtualMFADevice"),
            filter_no_target={"requestParameters.serialNumber": None}),
    without("Command sent to machines", "medium", on("ssm", "SendCommand"),
            filter_patching={"requestParameters.documentName|startswith": ["AWS-RunPatch", "AWS-Gather"]}),
    without("Queue of discovery calls", "low",
            on("ec2", "GetTransitGatewayRouteTableAssociations", "DescribeCarrierGateways", "DescribeVpcEndpointConnections"),
            filter_console={"sessionCredentialFromConsole": "true"}),
    ("Guard removed from a model", "medium", {
        "keywords": ["DeleteGuardrail", "DeleteModelInvocationLoggingConfiguration"],
        "selection": on("bedrock"), "condition": "selection and keywords"}),
]

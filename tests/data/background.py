"""Calls that no person makes: AWS itself, workloads on their own, and identities that are seen once in a while."""

from place import BOTO, BROWSER, INDEXES, JAVA, OFFICE, kendra, statics
from shape import assumed_role, record, role_issuer, root, service, to_template, unique_id


def services(account, region):
    """AWS itself, and workloads that no person drives."""
    role = f"arn:aws:iam::{account}:role/service-role/kendra-hr-policies"
    take = record(
        service("kendra.amazonaws.com"),
        account,
        region,
        "sts.amazonaws.com",
        "AssumeRole",
        "kendra.amazonaws.com",
        "kendra.amazonaws.com",
        {"roleArn": role, "roleSessionName": "KendraSession", "durationSeconds": 3600},
        {
            "credentials": {
                "accessKeyId": "@KEY@",
                "sessionToken": "HIDDEN_DUE_TO_SECURITY_REASONS",
                "expiration": "@CREATED@",
            }
        },
        sharedEventID="@B@",
        resources=[{"accountId": account, "type": "AWS::IAM::Role", "ARN": role}],
    )
    yield to_template(take, 20.0)
    reader = assumed_role(
        account, "kendra-hr-policies", "KendraSession", path="/service-role/", invoked_by="kendra.amazonaws.com"
    )
    key = {
        "keyId": f"arn:aws:kms:{region}:{account}:key/1c9f6c3e-8e1c-4d1b-9a51-2a4f6b7c8d9e",
        "encryptionContext": {"aws:kendra:index": INDEXES["hr-policies"]},
    }
    for operation in ("Decrypt", "GenerateDataKey"):
        event = record(
            reader,
            account,
            region,
            "kms.amazonaws.com",
            operation,
            "kendra.amazonaws.com",
            "kendra.amazonaws.com",
            key,
            resources=[{"accountId": account, "type": "AWS::KMS::Key", "ARN": key["keyId"]}],
        )
        yield to_template(event, 25.0)
    worker = assumed_role(account, "kendra-sync", "kendra-sync")
    for operation in ("ListDataSources", "DescribeIndex"):
        event = kendra(worker, account, region, operation, f"{OFFICE}41", JAVA)
        yield to_template(event, 6.0, **statics(account, region, "hr-policies"))
    instance = assumed_role(account, "web-node", "i-0f3a9b7c2d1e4f568")
    instance["sessionContext"]["ec2RoleDelivery"] = "2.0"
    for operation in ("DescribeTags", "DescribeInstances"):
        yield to_template(
            record(instance, account, region, "ec2.amazonaws.com", operation, f"{OFFICE}70", BOTO, {"maxResults": 100}),
            10.0,
        )
    scaling = {
        **role_issuer(account, "AWSServiceRoleForAutoScaling", "/aws-service-role/autoscaling.amazonaws.com/"),
        "invokedBy": "autoscaling.amazonaws.com",
    }
    yield to_template(
        record(
            scaling,
            account,
            region,
            "ec2.amazonaws.com",
            "DescribeInstanceStatus",
            "autoscaling.amazonaws.com",
            "autoscaling.amazonaws.com",
            {"instancesSet": {"items": [{"instanceId": "i-0f3a9b7c2d1e4f568"}]}},
        ),
        6.0,
    )
    start = record(
        assumed_role(account, "AWSServiceRoleForAutoScaling", "AutoScaling", invoked_by="autoscaling.amazonaws.com"),
        account,
        region,
        "ec2.amazonaws.com",
        "RunInstances",
        "autoscaling.amazonaws.com",
        "autoscaling.amazonaws.com",
        {
            "instancesSet": {"items": [{"minCount": 1, "maxCount": 1}]},
            "userData": "<sensitiveDataRemoved>",
            "instanceType": "t3.small",
        },
        {
            "instancesSet": {
                "items": [{"instanceId": "i-0f3a9b7c2@A@", "instanceState": {"code": 0, "name": "pending"}}]
            }
        },
        False,
    )
    yield to_template(start, 1.0)


def rare_identities(account, region, partner="777788889999"):
    """The rest of what userIdentity.type can say."""
    support = "support.amazonaws.com"
    for operation in (
        "DescribeSecurityGroups",
        "DescribeReservedInstances",
    ):  # root, but no person: Trusted Advisor's checks
        yield to_template(
            record(
                root(account, support),
                account,
                region,
                "ec2.amazonaws.com",
                operation,
                support,
                support,
                {"filterSet": {}},
            ),
            3.0,
        )
    saml = {
        "type": "SAMLUser",
        "principalId": "AbCdEfGhIjKlMnOpQrStUvWxYz0=:dana@example.com",
        "userName": "dana@example.com",
        "identityProvider": "AbCdEfGhIjKlMnOpQrStUvWxYz0=",
    }
    yield to_template(
        record(
            saml,
            account,
            "us-east-1",
            "sts.amazonaws.com",
            "AssumeRoleWithSAML",
            f"{OFFICE}104",
            BROWSER,
            {
                "roleArn": f"arn:aws:iam::{account}:role/auditor",
                "principalArn": f"arn:aws:iam::{account}:saml-provider/acme",
                "durationSeconds": 3600,
            },
            {
                "credentials": {"accessKeyId": "@KEY@", "sessionToken": "HIDDEN_DUE_TO_SECURITY_REASONS"},
                "issuer": "https://idp.example.com/saml",
            },
        ),
        4.0,
        "people",
    )
    directory = {
        "type": "Directory",
        "principalId": "d-936712ab34:S-1-5-21-4141",
        "accountId": account,
        "userName": "bob",
    }
    yield to_template(
        record(
            directory,
            account,
            region,
            "workdocs.amazonaws.com",
            "GetDocument",
            f"{OFFICE}102",
            BROWSER,
            {"documentId": "@A@"},
        ),
        4.0,
        "people",
    )
    stranger = {"type": "AWSAccount", "principalId": unique_id("AROA", "auditor", 21) + ":review", "accountId": partner}
    role = f"arn:aws:iam::{account}:role/partner-review"
    yield to_template(
        record(
            stranger,
            account,
            region,
            "sts.amazonaws.com",
            "AssumeRole",
            f"{OFFICE}90",
            BOTO,
            {"roleArn": role, "roleSessionName": "review", "externalId": "acme-2026"},
            {"credentials": {"accessKeyId": "@KEY@", "sessionToken": "HIDDEN_DUE_TO_SECURITY_REASONS"}},
            sharedEventID="@B@",
            resources=[{"accountId": account, "type": "AWS::IAM::Role", "ARN": role}],
        ),
        4.0,
    )
    centre = {
        "type": "IdentityCenterUser",
        "accountId": account,
        "credentialId": "@B@",
        "onBehalfOf": {
            "userId": "9067645f7c-1f2e3d4c-5b6a-4798-8a9b-0c1d2e3f4a5b",
            "identityStoreArn": f"arn:aws:identitystore::{account}:identitystore/d-9067645f7c",
        },
    }
    yield to_template(
        record(centre, account, region, "sso.amazonaws.com", "ListAccountRoles", f"{OFFICE}102", BROWSER), 4.0, "people"
    )
    yield to_template(
        record(
            {"type": "Unknown", "accountId": account, "principalId": "unknown"},
            account,
            region,
            "kms.amazonaws.com",
            "Decrypt",
            "AWS Internal",
            "AWS Internal",
            {"encryptionAlgorithm": "SYMMETRIC_DEFAULT"},
        ),
        4.0,
    )
    turn = record(
        {"accountId": account, "invokedBy": "AWS Internal"},
        account,
        region,
        "kms.amazonaws.com",
        "RotateKey",
        "AWS Internal",
        "AWS Internal",
        None,
        None,
        False,
        eventType="AwsServiceEvent",
        serviceEventDetails={"keyId": "1c9f6c3e-8e1c-4d1b-9a51-2a4f6b7c8d9e"},
        resources=[
            {
                "accountId": account,
                "type": "AWS::KMS::Key",
                "ARN": f"arn:aws:kms:{region}:{account}:key/1c9f6c3e-8e1c-4d1b-9a51-2a4f6b7c8d9e",
            }
        ],
    )
    yield to_template(turn, 4.0)


def log_archive(account, region):
    """The account that only keeps logs: CloudTrail writes them, a few checks read them."""
    trail = service("cloudtrail.amazonaws.com")
    path = f"AWSLogs/{account}/CloudTrail/{region}/@A@.json.gz"
    yield to_template(
        record(
            trail,
            account,
            region,
            "s3.amazonaws.com",
            "PutObject",
            "cloudtrail.amazonaws.com",
            "cloudtrail.amazonaws.com",
            {"bucketName": "acme-trail", "Host": f"acme-trail.s3.{region}.amazonaws.com", "key": path},
            {"x-amz-server-side-encryption": "aws:kms"},
            False,
            data=True,
            requestID="@S3REQ@",
            sharedEventID="@B@",
            resources=[{"type": "AWS::S3::Object", "ARN": f"arn:aws:s3:::acme-trail/{path}"}],
        ),
        60.0,
    )
    key = f"arn:aws:kms:{region}:{account}:key/77aa55cc-3311-4e4e-9d9d-0123456789ab"
    yield to_template(
        record(
            trail,
            account,
            region,
            "kms.amazonaws.com",
            "GenerateDataKey",
            "cloudtrail.amazonaws.com",
            "cloudtrail.amazonaws.com",
            {
                "keyId": key,
                "keySpec": "AES_256",
                "encryptionContext": {"aws:cloudtrail:arn": f"arn:aws:cloudtrail:{region}:{account}:trail/main"},
            },
            sharedEventID="@B@",
            resources=[{"accountId": account, "type": "AWS::KMS::Key", "ARN": key}],
        ),
        30.0,
    )
    check = assumed_role(account, "log-check", "log-check")
    for operation, params in (
        ("GetTrailStatus", {"name": "main"}),
        ("DescribeTrails", {}),
        ("GetEventSelectors", {"trailName": "main"}),
    ):
        yield to_template(
            record(check, account, region, "cloudtrail.amazonaws.com", operation, f"{OFFICE}41", BOTO, params), 5.0
        )

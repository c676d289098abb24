"""What the make-believe company does on a healthy day: an app that searches, loaders, people, users, deployments."""

import hashlib

from background import log_archive, rare_identities, services
from kendra_calls import CALLS, INGEST_SHARE, SEARCH_SHARE
from place import BOTO, BROWSER, CLI, JAVA, OFFICE, POWERSHELL, TERRAFORM, kendra, objects, statics
from shape import assumed_role, federated, record, sso, to_template, unique_id, user


# Each function yields templates; their weights add up to about 1000 for the first account.


def _search(account, region, private):
    """The knowledge app: 85 % of all Kendra calls, from six tasks behind the company's own addresses."""
    for task in range(6):
        who = assumed_role(account, "kb-app", hashlib.sha256(f"task{task}".encode()).hexdigest()[:32])
        for index, share in (("hr-policies", 0.6), ("legal", 0.4)):
            for operation, percent in SEARCH_SHARE.items():
                weight = 5.0 * percent / 6 * share
                inside = private and task < 2  # two of the tasks use the VPC endpoint
                ip = f"10.20.{task}.37" if inside else f"{OFFICE}{20 + task}"
                more = {"vpcEndpointId": "vpce-0a1b2c3d4e5f67890", "vpcEndpointAccountId": account} if inside else {}
                agent = JAVA if task == 5 else BOTO
                event = kendra(who, account, region, operation, ip, agent, **more)
                yield to_template(event, weight, **statics(account, region, index))
                if operation == "Query":
                    slow = kendra(
                        who,
                        account,
                        region,
                        operation,
                        ip,
                        agent,
                        errorCode="ThrottlingException",
                        errorMessage="Rate exceeded",
                        **more,
                    )
                    yield to_template(slow, weight / 300, **statics(account, region, index))


def _ingest(account, region):
    for index, role in (("hr-policies", "ingest-hr"), ("legal", "ingest-legal")):
        who = assumed_role(account, role, f"{role}-nightly")
        for operation, percent in INGEST_SHARE.items():
            event = kendra(who, account, region, operation, f"{OFFICE}40", BOTO)
            yield to_template(event, 0.4 * percent, "night", **statics(account, region, index))
        titled = kendra(who, account, region, "BatchPutDocument", f"{OFFICE}40", BOTO)
        titled["requestParameters"]["documents"][0]["title"] = 'Dienstreisen & "Spesen" \u2013 \u00dcbersicht'
        yield to_template(titled, 1.0, "night", **statics(account, region, index))


def _people(account, region):
    """Console work through IAM Identity Center: sessions keep the person's address as their name."""
    people = [
        ("alice@example.com", "AdministratorAccess"),
        ("bob@example.com", "SearchOperators"),
        ("carol@example.com", "SearchOperators"),
        ("dana@example.com", "ReadOnlyAccess"),
    ]
    looks = [name for name, (who, *_) in CALLS.items() if who == "people"]
    for number, (person, permission_set) in enumerate(people):
        who = sso(account, permission_set, person)
        ip = f"{OFFICE}{101 + number}"
        console = {"sessionCredentialFromConsole": "true"}
        for operation in looks:
            weight = 2.0 if operation in ("DescribeIndex", "ListIndices", "ListDataSources") else 0.3
            index = "legal" if number % 2 else "hr-policies"
            event = kendra(who, account, region, operation, ip, BROWSER, **console)
            yield to_template(event, weight, "people", **statics(account, region, index))
        for operation in ("DescribeInstances", "DescribeSecurityGroups", "DescribeVpcs"):
            event = record(
                who, account, region, "ec2.amazonaws.com", operation, ip, BROWSER, {"maxResults": 100}, **console
            )
            yield to_template(event, 1.0, "people")
        list_it = record(
            who, account, "us-east-1", "iam.amazonaws.com", "ListRoles", ip, CLI + "iam.list-roles", {"maxItems": 100}
        )
        yield to_template(list_it, 0.5, "people")
    windows = record(
        sso(account, "SearchOperators", "carol@example.com"),
        account,
        region,
        "s3.amazonaws.com",
        "ListBuckets",
        f"{OFFICE}103",
        POWERSHELL,
        {"Host": f"s3.{region}.amazonaws.com"},
    )
    yield to_template(windows, 1.0, "people")
    login = record(
        sso(account, "ReadOnlyAccess", "dana@example.com"),
        account,
        "us-east-1",
        "signin.amazonaws.com",
        "ConsoleLogin",
        f"{OFFICE}104",
        BROWSER,
        None,
        {"ConsoleLogin": "Success"},
        False,
        eventType="AwsConsoleSignIn",
        requestID=None,
        additionalEventData={
            "MobileVersion": "No",
            "MFAUsed": "No",
            "SamlProviderArn": f"arn:aws:iam::{account}:saml-provider/AWSSSO_DO_NOT_DELETE",
        },
    )
    yield to_template(login, 0.5, "people")


def _users(account, region):
    """IAM users: one long-lived key that copies backups, one person with a password and MFA, one federation proxy."""
    backup, frank = user(account, "backup-svc"), user(account, "frank", session=True)
    for event, weight in objects(backup, account, region, f"{OFFICE}60", CLI + "s3.sync"):
        yield to_template(event, weight * 40)
    identity = record(
        backup,
        account,
        region,
        "sts.amazonaws.com",
        "GetCallerIdentity",
        f"{OFFICE}60",
        CLI + "sts.get-caller-identity",
    )
    yield to_template(identity, 10.0)
    for operation in ("DescribeInstances", "DescribeVolumes", "DescribeSnapshots"):
        event = record(
            frank,
            account,
            region,
            "ec2.amazonaws.com",
            operation,
            f"{OFFICE}105",
            BROWSER,
            {"maxResults": 100},
            sessionCredentialFromConsole="true",
        )
        yield to_template(event, 3.0, "people")
    login = record(
        {k: v for k, v in user(account, "frank").items() if k != "accessKeyId"},
        account,
        "us-east-1",
        "signin.amazonaws.com",
        "ConsoleLogin",
        f"{OFFICE}105",
        BROWSER,
        None,
        {"ConsoleLogin": "Success"},
        False,
        eventType="AwsConsoleSignIn",
        requestID=None,
        additionalEventData={
            "LoginTo": "https://console.aws.amazon.com/console/home?region=eu-west-1&state=hashArgs%23",
            "MobileVersion": "No",
            "MFAIdentifier": f"arn:aws:iam::{account}:mfa/frank",
            "MFAUsed": "Yes",
        },
    )
    yield to_template(login, 0.7, "people")
    for event, weight in objects(federated(account, "reports", "backup-svc"), account, region, f"{OFFICE}61", BOTO):
        yield to_template(event, weight * 6)


def _deployment(account, region):
    """GitHub's runners: they take a role with a web identity, then plan and sometimes change things."""
    web = {
        "federatedProvider": f"arn:aws:iam::{account}:oidc-provider/token.actions.githubusercontent.com",
        "attributes": {},
    }
    who, ip = assumed_role(account, "github-deploy", "GitHubActions", web=web), f"{OFFICE}80"
    arn = f"arn:aws:iam::{account}:role/github-deploy"
    subject = "repo:acme/search:ref:refs/heads/main"
    take = record(
        {
            "type": "WebIdentityUser",
            "principalId": f"{web['federatedProvider']}:sts.amazonaws.com:{subject}",
            "userName": subject,
            "identityProvider": web["federatedProvider"],
        },
        account,
        region,
        "sts.amazonaws.com",
        "AssumeRoleWithWebIdentity",
        ip,
        "aws-sdk-nodejs/3.529.1 linux/v20.11.1 configure-aws-credentials-for-github-actions",
        {"roleArn": arn, "roleSessionName": "GitHubActions", "durationSeconds": 3600},
        {
            "subjectFromWebIdentityToken": subject,
            "credentials": {"accessKeyId": "@KEY@", "sessionToken": "HIDDEN_DUE_TO_SECURITY_REASONS"},
            "assumedRoleUser": {
                "assumedRoleId": unique_id("AROA", account + "github-deploy", 21) + ":GitHubActions",
                "arn": f"arn:aws:sts::{account}:assumed-role/github-deploy/GitHubActions",
            },
            "audience": "sts.amazonaws.com",
        },
        resources=[{"accountId": account, "type": "AWS::IAM::Role", "ARN": arn}],
    )
    yield to_template(take, 5.0, "people")
    for source, operation, params in (
        ("iam.amazonaws.com", "GetRole", {"roleName": "ingest-hr"}),
        ("iam.amazonaws.com", "ListAttachedRolePolicies", {"roleName": "kb-app"}),
        ("iam.amazonaws.com", "GetPolicy", {"policyArn": f"arn:aws:iam::{account}:policy/kb-app"}),
        ("iam.amazonaws.com", "ListRolePolicies", {"roleName": "kb-app"}),
        ("ec2.amazonaws.com", "DescribeVpcs", {"vpcSet": {}, "filterSet": {}}),
        ("kms.amazonaws.com", "DescribeKey", {"keyId": "alias/kendra"}),
        ("cloudtrail.amazonaws.com", "DescribeTrails", {"trailNameList": ["main"]}),
        ("cloudtrail.amazonaws.com", "GetTrailStatus", {"name": "main"}),
        ("s3.amazonaws.com", "GetBucketEncryption", {"bucketName": "acme-hr-policies-documents", "encryption": ""}),
    ):
        where = "us-east-1" if source == "iam.amazonaws.com" else region
        yield to_template(record(who, account, where, source, operation, ip, TERRAFORM, params), 6.0, "people")
    gone = record(
        who,
        account,
        "us-east-1",
        "iam.amazonaws.com",
        "GetRole",
        ip,
        TERRAFORM,
        {"roleName": "kb-preview"},
        errorCode="NoSuchEntityException",
        errorMessage="The role with name kb-preview cannot be found.",
    )
    yield to_template(gone, 1.0, "people")
    policy = '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"kendra:Query","Resource":"*"}]}'
    simulate = record(
        who,
        account,
        "us-east-1",
        "iam.amazonaws.com",
        "SimulateCustomPolicy",
        ip,
        TERRAFORM,
        {"policyInputList": [policy], "actionNames": ["kendra:Query"]},
    )
    yield to_template(simulate, 4.0, "people")
    yield to_template(
        kendra(who, account, region, "UpdateIndex", ip, TERRAFORM),
        0.1,
        "people",
        **statics(account, region, "hr-policies"),
    )


def _administration(account, region):
    """What a deployment changes in Kendra once in a while, an eighth of a percent of everything each day or less."""
    who, ip = assumed_role(account, "github-deploy", "GitHubActions"), f"{OFFICE}80"
    changes = [name for name, (caller, *_) in CALLS.items() if caller == "admin"]
    for operation in changes:
        event = kendra(who, account, region, operation, ip, TERRAFORM)
        yield to_template(event, 8.0 / len(changes), "people", **statics(account, region, "legal"))


def healthy(accounts, regions, calm, private):
    """Templates of everything that happens when nothing is wrong. The second account is the log archive; any further
    ones are quiet copies of the first. calm: without the Kendra changes that some rule pages about. private: two of
    the app's tasks come through a VPC endpoint."""
    templates = []
    home = regions[0]
    for number, account in enumerate(accounts):
        if number == 1:
            templates += log_archive(account, home)
            continue
        mine = [
            *_search(account, home, private),
            *_ingest(account, home),
            *_people(account, home),
            *_users(account, home),
            *_deployment(account, home),
            *services(account, home),
            *rare_identities(account, home),
        ]
        if not calm:
            mine += _administration(account, home)
        for region in regions[1:]:  # elsewhere there are machines and buckets, and no Kendra
            mine += [
                t
                for t in (*_users(account, region), *services(account, region))
                if t.source in ("ec2.amazonaws.com", "s3.amazonaws.com")
            ]
        for template in mine:
            template.weight *= 1.0 if number == 0 else 0.2
        templates += mine
    return templates

#!/usr/bin/python3
"""Prints rules/lint/event_name_table.h from botocore's service models (Debian: python3-botocore).

    tests/tools/make_event_names.py > rules/lint/event_name_table.h

EVENT_SERVICE("eventSource", "Name Name …"): the operations of the services that rules are written about, as the API
calls them. CloudTrail's eventName is the operation's name but for versioned ones (UpdateFunctionCode20150331v2), which
only begin with it; events that are no API calls (ConsoleLogin) are added by hand in EXTRA.
EVENT_SOURCE("eventSource"): every other service, by name alone.
"""

import textwrap

from botocore.loaders import Loader

SERVICES = {
    "accessanalyzer": "access-analyzer", "account": "account", "backup": "backup", "cloudformation": "cloudformation",
    "cloudtrail": "cloudtrail", "codebuild": "codebuild", "config": "config", "dynamodb": "dynamodb", "ec2": "ec2",
    "ecr": "ecr", "ecs": "ecs", "efs": "elasticfilesystem", "eks": "eks", "events": "events", "guardduty": "guardduty",
    "iam": "iam", "identitystore": "identitystore", "kms": "kms", "lambda": "lambda", "logs": "logs",
    "macie2": "macie2", "organizations": "organizations", "ram": "ram", "rds": "rds", "route53": "route53",
    "s3": "s3", "secretsmanager": "secretsmanager", "securityhub": "securityhub", "sns": "sns", "sqs": "sqs",
    "ssm": "ssm", "sso-admin": "sso", "sts": "sts", "wafv2": "wafv2", "inspector2": "inspector2",
}  # fmt: skip
EXTRA = {
    "signin": "ConsoleLogin CheckMfa SwitchRole ExitRole GetSigninToken PasswordRecoveryRequested PasswordRecoveryCompleted "
    "RenewRole CredentialChallenge CredentialVerification UserAuthentication",
    "s3": "CreateBucket DeleteBucket HeadObject ListObjects",
    "sso": "Authenticate Federate Logout ListApplications ListProfilesForApplication GetRoleCredentials ListAccounts "
    "ListAccountRoles",
}
# eventSources that are not the model's endpoint or signing name
OTHERS = """monitoring kinesis elasticloadbalancing autoscaling cloudfront bedrock bedrock-agent q qbusiness kendra-ranking
sso-directory sso-oauth health support trustedadvisor notifications controltower console resource-explorer-2""".split()


def main():
    loader = Loader()
    print("/* Names of events, from botocore's models. Made by tests/tools/make_event_names.py; do not edit. */")
    print("/* clang-format off */")
    sources = set(OTHERS)
    for name in loader.list_available_services("service-2"):
        data = loader.load_service_model(name, "service-2")["metadata"]
        sources.add(data.get("signingName") or data["endpointPrefix"])
        sources.add(data["endpointPrefix"].removeprefix("api."))
    services = {source: [] for source in [*SERVICES.values(), *EXTRA]}
    for model, source in SERVICES.items():
        services[source] += loader.load_service_model(model, "service-2")["operations"]
    for source, names in EXTRA.items():
        services[source] += names.split()
    for source in sorted(services):
        names = " ".join(sorted(set(services[source])))
        lines = textwrap.wrap(names, 104, break_long_words=False)
        print(f'EVENT_SERVICE("{source}.amazonaws.com",')
        print("\n".join(f'    "{line} "' for line in lines[:-1]), end="\n" if lines[:-1] else "")
        print(f'    "{lines[-1]}")')
    for source in sorted(sources - set(services)):
        if "." not in source:
            print(f'EVENT_SOURCE("{source}.amazonaws.com")')
    print("/* clang-format on */")


if __name__ == "__main__":
    main()

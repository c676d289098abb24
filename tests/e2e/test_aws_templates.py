"""config/aws without an AWS: the template's references resolve, its properties exist, nothing is granted too widely, and
template, module and policies say the same as `doctor --iam`."""

import json
import re

import botocore.session
import pytest
import yaml
from conftest import ROOT

AWS = ROOT / "config" / "aws"
PSEUDO = {"AWS::AccountId", "AWS::Region", "AWS::Partition", "AWS::NoValue"}
SNS_TAGS = {"Sid", "Effect", "Principal", "Action", "Resource", "Condition"}

# The properties that are used, of each type that is used: a name that is not here is a typing error until somebody has
# looked it up in CloudFormation's reference and added it.
PROPERTIES = {
    "AWS::KMS::Key": "Description EnableKeyRotation KeyPolicy",
    "AWS::SQS::Queue": "QueueName MessageRetentionPeriod VisibilityTimeout ReceiveMessageWaitTimeSeconds "
    "SqsManagedSseEnabled KmsMasterKeyId KmsDataKeyReusePeriodSeconds RedrivePolicy RedriveAllowPolicy",
    "AWS::SQS::QueuePolicy": "Queues PolicyDocument",
    "AWS::SNS::Subscription": "TopicArn Protocol Endpoint RawMessageDelivery",
    "AWS::SNS::Topic": "TopicName KmsMasterKeyId",
    "AWS::SNS::TopicPolicy": "Topics PolicyDocument",
    "AWS::Events::Rule": "Name Description State EventPattern Targets",
    "AWS::S3::Bucket": "BucketName BucketEncryption OwnershipControls PublicAccessBlockConfiguration "
    "VersioningConfiguration LifecycleConfiguration",
    "AWS::S3::BucketPolicy": "Bucket PolicyDocument",
    "AWS::CloudTrail::Trail": "TrailName IsLogging IsMultiRegionTrail IsOrganizationTrail IncludeGlobalServiceEvents "
    "EnableLogFileValidation S3BucketName SnsTopicName KMSKeyId EventSelectors",
    "AWS::IAM::Role": "RoleName Description AssumeRolePolicyDocument Policies",
    "AWS::IAM::InstanceProfile": "Roles",
    "AWS::CloudWatch::Alarm": "AlarmName AlarmDescription AlarmActions OKActions ComparisonOperator Threshold "
    "EvaluationPeriods DatapointsToAlarm TreatMissingData Metrics Namespace MetricName Dimensions Statistic Period",
}
ATTRIBUTES = {
    "AWS::SQS::Queue": {"Arn", "QueueName"}, "AWS::KMS::Key": {"Arn"}, "AWS::S3::Bucket": {"Arn"},
    "AWS::SNS::Topic": {"TopicName"}, "AWS::IAM::Role": {"Arn"}, "AWS::CloudTrail::Trail": {"Arn"}}  # fmt: skip


class Loader(yaml.SafeLoader):
    """YAML with CloudFormation's short tags; a key that comes twice is an error."""


def _tag(loader, suffix, node):
    name = suffix if suffix in ("Ref", "Condition") else "Fn::" + suffix
    if isinstance(node, yaml.ScalarNode):
        value = loader.construct_scalar(node)
        return {name: value.split(".", 1) if suffix == "GetAtt" else value}
    return {name: loader.construct_sequence(node, deep=True)}


def _mapping(loader, node, deep=False):
    keys = [loader.construct_object(key) for key, _ in node.value]
    assert len(keys) == len(set(keys)), f"line {node.start_mark.line + 1}: a key comes twice: {keys}"
    return yaml.SafeLoader.construct_mapping(loader, node, deep=True)


Loader.add_multi_constructor("!", _tag)
Loader.add_constructor(yaml.resolver.BaseResolver.DEFAULT_MAPPING_TAG, _mapping)


@pytest.fixture(scope="module")
def template():
    return yaml.load((AWS / "kendrawatch.cfn.yaml").read_text(), Loader)


def walk(node, path=()):
    yield path, node
    children = node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ()
    for key, value in children:
        yield from walk(value, (*path, key))


def references(node):
    """(kind, name, attribute) of every Ref, GetAtt, Sub and condition below."""
    for path, value in walk(node):
        if not path:
            continue
        if path[-1] == "Ref":
            yield "ref", value, None
        elif path[-1] == "Fn::GetAtt":
            yield "attribute", value[0], value[1]
        elif path[-1] == "Fn::Sub":
            text, own = (value, {}) if isinstance(value, str) else value
            for name in re.findall(r"\$\{([^}!]+)\}", text):
                name, _, attribute = name.partition(".")
                if name not in own:
                    yield ("attribute", name, attribute) if attribute else ("ref", name, None)
        elif path[-1] == "Condition" and isinstance(value, str):
            yield "condition", value, None
        elif path[-1] == "Fn::If":
            yield "condition", value[0], None


def test_references_resolve(template):
    resources, parameters = template["Resources"], template["Parameters"]
    n, used = 0, set()
    for kind, name, attribute in references(template):
        n += 1
        used.add(name)
        if kind == "condition":
            assert name in template["Conditions"], name
        elif kind == "ref":
            assert name in {*resources, *parameters, *PSEUDO}, name
        else:
            assert attribute in ATTRIBUTES[resources[name]["Type"]], (name, attribute)
    assert n > 100
    assert set(parameters) <= used | {"EventBridgeReads"}, "a parameter that nothing reads"
    assert set(template["Conditions"]) <= used, "a condition that nothing asks"
    grouped = template["Metadata"]["AWS::CloudFormation::Interface"]["ParameterGroups"]
    assert sorted(p for g in grouped for p in g["Parameters"]) == sorted(parameters)


def test_a_conditional_resource_is_asked_for_under_its_condition(template):
    """What exists only sometimes is referred to where it exists, or behind an If."""
    resources = template["Resources"]
    for name, resource in {**resources, **template["Outputs"]}.items():
        body = resource.get("Properties", resource)
        for path, value in walk(body):
            if not path or path[-1] not in ("Ref", "Fn::GetAtt"):
                continue
            target = value if isinstance(value, str) else value[0]
            wanted = resources.get(target, {}).get("Condition")
            if wanted and "Fn::If" not in path:
                assert resource.get("Condition") == wanted, (name, target)


def test_properties_are_known(template):
    for name, resource in template["Resources"].items():
        assert set(resource.get("Properties", {})) <= set(PROPERTIES[resource["Type"]].split()), name
        assert set(resource) <= {"Type", "Properties", "Condition", "DependsOn", "DeletionPolicy", "UpdateReplacePolicy"}
    rule = template["Resources"]["KendraRule"]["Properties"]["State"]["Fn::If"]
    assert rule[1:] == ["ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS", "ENABLED"]


def statements(node):
    for _, value in walk(node):
        if isinstance(value, dict) and "Effect" in value:
            yield value


def listed(value):
    return value if isinstance(value, list) else [value]


# What AWS knows no narrower resource for: the key that a key's policy is about, and lists of what there is.
EVERYTHING = ("kms:", "cloudtrail:DescribeTrails", "cloudtrail:ListPublicKeys", "cloudtrail:LookupEvents")


def policies():
    return [json.loads(path.read_text()) for path in sorted((AWS / "policies").glob("*.json"))]


def test_nothing_is_granted_too_widely(template):
    n = 0
    for statement in [*statements(template), *(s for p in policies() for s in p["Statement"])]:
        n += 1
        assert set(statement) <= SNS_TAGS
        actions = listed(statement["Action"])
        if statement["Effect"] == "Deny":
            continue
        assert all("*" not in a or a in ("kms:*", "kms:GenerateDataKey*") for a in actions), actions
        if statement.get("Resource") == "*":
            assert all(a.startswith(EVERYTHING) for a in actions), actions
        principal = statement.get("Principal", {})
        assert principal != "*"
        if "Service" in principal and principal["Service"] != "ec2.amazonaws.com":
            assert "aws:Source" in json.dumps(statement["Condition"]), "a confused deputy"
    assert n > 25


def test_actions_exist():
    """Each is an operation of botocore's models, but for three that IAM calls by another name."""
    session, other = botocore.session.get_session(), {"s3:ListBucket"}
    for policy in policies():
        for statement in policy["Statement"]:
            for action in listed(statement["Action"]):
                service, name = action.split(":")
                known = session.get_service_model(service).operation_names
                assert name in known or action in other, action


@pytest.mark.parametrize(
    "name, options",
    [
        ("run", []),
        ("run-kms", ["--kms-key", "arn:aws:kms:eu-west-1:111122223333:key/11112222-3333-4444-5555-666677778888"]),
        ("doctor", ["--for", "doctor"]),
        ("verify", ["--for", "verify"]),
    ],
)
def test_policies_are_what_doctor_prints(kw, name, options):
    printed = kw.run(["doctor", "--iam", "--config", AWS / "example.yaml", *options])
    assert printed.rc == 0
    assert (AWS / "policies" / f"{name}.json").read_text() == printed.out, f"doctor --iam {' '.join(options)}"


def named(policy):
    return {s["Sid"]: sorted(listed(s["Action"])) for s in policy}


def test_the_role_of_the_template_is_the_policy(template):
    role = template["Resources"]["AgentRole"]["Properties"]["Policies"]
    run = named(statements(role[0]))
    assert run == named(json.loads((AWS / "policies" / "run-kms.json").read_text())["Statement"])
    looks = named(statements(role[1]))
    printed = named(json.loads((AWS / "policies" / "doctor.json").read_text())["Statement"])
    assert {k: v for k, v in looks.items() if k != "LookAtQueues"} == printed


# ---- Terraform: HCL has no reader in Debian's Python, so this knows as much of it as is asked here


def blocks_of(text):
    """(kind, labels, body) of the blocks at top level; strings and comments are skipped when braces are counted."""
    clean = re.sub(r"(?m)^\s*#.*$", "", text)
    for match in re.finditer(r'(?m)^(\w+)((?: "[^"]+")*) \{(\})?$', clean):
        depth, at, quoted = 0 if match.group(3) else 1, match.end(), False
        while depth:
            c = clean[at]
            if c == '"' and clean[at - 1] != "\\":
                quoted = not quoted
            elif not quoted:
                depth += (c == "{") - (c == "}")
            at += 1
        yield match.group(1), re.findall(r'"([^"]+)"', match.group(2)), clean[match.end() : at - 1]


@pytest.fixture(scope="module")
def module():
    blocks = []
    for path in sorted((AWS / "terraform").glob("*.tf")):
        text = path.read_text()
        blocks += blocks_of(text)
        for opening, closing in ("{}", "[]", "()"):
            assert text.count(opening) == text.count(closing), path.name
    return blocks


def test_references_of_the_module_resolve(module):
    variables = {labels[0] for kind, labels, _ in module if kind == "variable"}
    resources = {".".join(labels) for kind, labels, _ in module if kind == "resource"}
    data = {".".join(labels) for kind, labels, _ in module if kind == "data"}
    locals_ = {n for kind, _, body in module if kind == "locals" for n in re.findall(r"(?m)^  (\w+) *=", body)}
    everything = "\n".join(body for _, _, body in module)
    used = set(re.findall(r"\bvar\.(\w+)", everything))
    assert used == variables, used ^ variables
    assert set(re.findall(r"\blocal\.(\w+)", everything)) == locals_
    assert set(re.findall(r"\bdata\.(\w+\.\w+)", everything)) <= data
    referred = set(re.findall(r"(?<![.\w\"])(aws_\w+\.\w+)", everything))
    assert {r for r in referred if "data." + r not in everything} <= resources
    assert len(resources) > 20
    counted = {".".join(labels) for kind, labels, body in module
               if kind == "resource" and re.search(r"(?m)^  count +=", body)}  # fmt: skip
    plain = re.sub(r"depends_on += \[[^]]*\]", "", everything)
    loose = {name for name in counted if re.search(rf"(?<![\w.]){re.escape(name)}(?![\w[])", plain)}
    assert loose == set() and len(counted) > 8, "a counted resource is one of a list"


# ---- what docs/operations.md says of them


def test_operations_names_what_is_there(template):
    text = (ROOT / "docs" / "operations.md").read_text()
    deploys = re.findall(r"^    (aws cloudformation deploy .*)$", text, re.MULTILINE)
    assert len(deploys) > 1
    for line in deploys:
        given = dict(word.split("=", 1) for word in line.split("--parameter-overrides ")[1].split())
        assert set(given) <= set(template["Parameters"]), line
        for name, value in given.items():
            parameter = template["Parameters"][name]
            assert value in parameter.get("AllowedValues", [value])
            assert re.fullmatch(parameter.get("AllowedPattern", ".*"), value), (name, value)
        assert "CAPABILITY_NAMED_IAM" in line and (ROOT / line.split("--template-file ")[1].split()[0]).is_file()
    for placeholder in re.findall(r"\b[A-Z]+(?:_[A-Z]+)*_(?:URL|ARN|NAME)\b", text):
        if placeholder not in ("DEAD_LETTER_ARN",):
            assert snake_to_camel(placeholder) in template["Outputs"], placeholder


def snake_to_camel(name):
    return "".join(word.capitalize() for word in name.split("_"))


def test_costs_follow_from_the_formula():
    text = (ROOT / "docs" / "operations.md").read_text()
    rows = re.findall(r"^\| (\d+) \| (\d+) \| ([\d,]+) \| ([\d,]+) \| ([\d.]+) \| ([\d.]+) \| ([\d.]+) \| ([\d.]+) \|$",
                      text, re.MULTILINE)  # fmt: skip
    assert len(rows) == 3
    for accounts, regions, files, requests, *money in rows:
        f = 30 * 288 * int(accounts) * int(regions)
        q = 3 * f + 172_800
        assert (f, q) == (int(files.replace(",", "")), int(requests.replace(",", "")))
        costs = [max(0, q - 1_000_000) / 1e6 * 0.40, f / 1000 * 0.0004, f / 10_000 * 0.03]
        assert [f"{c:.2f}" for c in [*costs, sum(costs)]] == money


def test_alerts_of_the_agent_about_itself_exist(kw):
    text = (ROOT / "docs" / "operations.md").read_text()
    made = {entry["rule"] for entry in kw.run(["list", "self", "--output", "ndjson"]).lines()}
    said = set(re.findall(r"`(kendrawatch\.self\.\w+)`", text))
    assert said <= made and len(said) > 10, said - made


def test_metrics_of_operations_exist(kw):
    text = (ROOT / "docs" / "operations.md").read_text()
    names = {m["name"] for m in kw.run(["list", "metrics", "--output", "ndjson"]).lines()}
    assert set(re.findall(r"`(kw_\w+)`", text)) <= names


def snake(name):
    return re.sub(r"(?<!^)(?=[A-Z])", "_", name).lower().replace("event_bridge", "eventbridge")


def test_module_and_template_are_the_same(template, module):
    variables = {labels[0]: body for kind, labels, body in module if kind == "variable"}
    assert set(variables) == {snake(p) for p in template["Parameters"]}
    for name, parameter in template["Parameters"].items():
        for value in parameter.get("AllowedValues", []):
            if value not in ("yes", "no"):
                assert f'"{value}"' in variables[snake(name)]
        default = re.search(r"(?m)^  default +=(.*)$", variables[snake(name)]).group(1).strip().strip('"')
        assert default == {"yes": "true"}.get(parameter["Default"], str(parameter["Default"]))
    outputs = {labels[0] for kind, labels, _ in module if kind == "output"}
    assert outputs == {snake(o) for o in template["Outputs"]}
    documents = "\n".join(body for kind, _, body in module if kind == "data")
    sids = set(re.findall(r'sid += "(\w+)"', documents))
    of_template = {s["Sid"] for s in statements(template) if "Sid" in s}
    assert sids == of_template - {"TrailLooksAtKey"}


def test_alarms_are_the_same(template, module):
    alarms = {k: v["Properties"] for k, v in template["Resources"].items() if v["Type"] == "AWS::CloudWatch::Alarm"}
    bodies = [body for kind, labels, body in module if labels and labels[0] == "aws_cloudwatch_metric_alarm"]
    assert len(alarms) == len(bodies) == 4
    for name, alarm in alarms.items():
        body = next(b for b in bodies if alarm["AlarmName"]["Fn::Sub"] in b.replace("var.name", "Name"))
        for key, attribute in (("Threshold", "threshold"), ("EvaluationPeriods", "evaluation_periods"),
                               ("ComparisonOperator", "comparison_operator"), ("TreatMissingData", "treat_missing_data"),
                               ("Period", "period"), ("MetricName", "metric_name")):  # fmt: skip
            if key in alarm:
                assert re.search(rf'{attribute} += "?{alarm[key]}"?$', body, re.MULTILINE), (name, key)
    assert alarms["HeartbeatAlarm"]["TreatMissingData"] == "breaching"
    queues = "\n".join(body for kind, labels, body in module if labels and labels[0] == "aws_sqs_queue")
    queue = template["Resources"]["Queue"]["Properties"]
    assert f"visibility_timeout_seconds        = {queue['VisibilityTimeout']}" in queues
    assert queues.count(f"= {queue['MessageRetentionPeriod']}") == 2
    assert f"maxReceiveCount     = {queue['RedrivePolicy']['maxReceiveCount']}" in queues

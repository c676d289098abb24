"""Where things are in the make-believe company: its indexes, its addresses, the programs that call AWS."""

import base64
import copy
import hashlib

from kendra_calls import CALLS
from shape import record

INDEXES = {"hr-policies": "3f1c9d2e-0000-4000-8000-000000000001", "legal": "3f1c9d2e-0000-4000-8000-000000000002"}
OFFICE = "198.51.100."  # 198.51.100.0/24: everything the company owns

CLI = (
    "aws-cli/2.15.30 md/awscrt#0.19.19 ua/2.0 os/linux#6.1.0 md/arch#x86_64 lang/python#3.11.8 "
    "md/pyimpl#CPython cfg/retry-mode#standard md/installer#exe md/prompt#off md/command#"
)
BOTO = (
    "Boto3/1.34.69 md/Botocore#1.34.69 ua/2.0 os/linux#5.10.210-201.852.amzn2.x86_64 md/arch#x86_64 "
    "lang/python#3.11.6 md/pyimpl#CPython exec-env/AWS_ECS_FARGATE cfg/retry-mode#legacy Botocore/1.34.69"
)
JAVA = (
    "aws-sdk-java/2.25.11 Linux/5.10.210-201.852.amzn2.x86_64 OpenJDK_64-Bit_Server_VM/17.0.10+7-LTS "
    "Java/17.0.10 vendor/Amazon.com_Inc. exec-env/AWS_Lambda_java17 io/sync http/Apache "
    "cfg/retry-mode/legacy"
)
TERRAFORM = (
    "APN/1.0 HashiCorp/1.0 Terraform/1.7.5 (+https://www.terraform.io) terraform-provider-aws/5.42.0 "
    "(+https://registry.terraform.io/providers/hashicorp/aws) aws-sdk-go-v2/1.26.0 os/linux "
    "lang/go#1.21.8 md/GOOS#linux md/GOARCH#amd64"
)
BROWSER = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/122.0.0.0 " "Safari/537.36"
POWERSHELL = (
    "AWSPowerShell.NetCore/4.1.540 ua/2.0 os/windows#10.0.19045 md/home#C:\\Users\\carol " "lang/.NET_Core#8.0.3"
)


def statics(account, region, index):
    return {"INDEX": INDEXES[index], "ACCOUNT": account, "REGION": region, "NAME": index}


def kendra(who, account, region, operation, ip, agent, **more):
    """A Kendra call as the table has it; the names of its index and account are filled in by to_template."""
    _, read_only, params, answer = copy.deepcopy(CALLS[operation])
    return record(who, account, region, "kendra.amazonaws.com", operation, ip, agent, params, answer, read_only, **more)


def objects(who, account, region, ip, agent, bucket="acme-hr-policies-documents"):
    """S3 reads and writes: (record, share) pairs that add up to about 1."""
    size = {
        "SignatureVersion": "SigV4",
        "CipherSuite": "TLS_AES_128_GCM_SHA256",
        "bytesTransferredIn": 0,
        "AuthenticationMethod": "AuthHeader",
        "x-amz-id-2": base64.b64encode(hashlib.sha512(bucket.encode()).digest()[:57]).decode(),
        "bytesTransferredOut": 48213,
    }
    for name, read_only, share, key in (
        ("GetObject", True, 0.6, "policies/@A@.pdf"),
        ("PutObject", False, 0.3, "policies/@A@.pdf"),
        ("HeadObject", True, 0.1, "policies/@A@.pdf"),
        ("PutObject", False, 0.02, "R&D/\u00dcbersicht @A@.xlsx"),
    ):
        params = {"bucketName": bucket, "Host": f"{bucket}.s3.{region}.amazonaws.com", "key": key}
        answer = None if read_only else {"x-amz-server-side-encryption": "aws:kms", "x-amz-version-id": "@B@"}
        resources = [
            {"type": "AWS::S3::Object", "ARN": f"arn:aws:s3:::{bucket}/{key}"},
            {"accountId": account, "type": "AWS::S3::Bucket", "ARN": f"arn:aws:s3:::{bucket}"},
        ]
        yield record(
            who,
            account,
            region,
            "s3.amazonaws.com",
            name,
            ip,
            f"[{agent}]",
            params,
            answer,
            read_only,
            data=True,
            additionalEventData=size,
            requestID="@S3REQ@",
            resources=resources,
        ), share
    missing = {"errorCode": "NoSuchBucketPolicy", "errorMessage": "The bucket policy does not exist"}
    yield record(
        who,
        account,
        region,
        "s3.amazonaws.com",
        "GetBucketPolicy",
        ip,
        f"[{agent}]",
        {"bucketName": bucket, "Host": f"{bucket}.s3.{region}.amazonaws.com", "policy": ""},
        additionalEventData=size,
        requestID="@S3REQ@",
        **missing,
    ), 0.03

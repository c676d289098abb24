"""Every operation of Amazon Kendra as CloudTrail shows a healthy call of it: who calls, parameters, answer.

"@INDEX@" and the like are filled in by estate.py. What users typed is not here: CloudTrail does not record it.
"""

INDEX_ARN = "arn:aws:kendra:@REGION@:@ACCOUNT@:index/@INDEX@"
ROLE = "arn:aws:iam::@ACCOUNT@:role/service-role/kendra-@NAME@"
SOURCE = "8d1f0a52-7b7e-4c0a-9b65-0d6c1f4e2a11"
CHILD = "5e0c3c77-26f4-4a07-8a52-b1f6f1f0a9d4"
DIGITS = "3b7c9e1d-4f80-4a6e-8c11-92a0c7d5e6f3"


def _index(**more):
    return {"indexId": "@INDEX@", **more}


def _documents(n):
    return [
        {
            "id": f"@A@-{i}",
            "title": f"Policy {i}",
            "contentType": "PLAIN_TEXT",
            "accessControlList": [{"name": "employees", "type": "GROUP", "access": "ALLOW"}],
        }
        for i in range(n)
    ]


# fmt: off
# name: (who may do it in a healthy account, read only, requestParameters, responseElements)
# who: app (searches), ingest (loads documents), people (look around in the console), admin (the deployment role, now
# and then: some rule pages about most of these, so that --calm leaves them out)
CALLS = {
    # search
    "Query": ("app", True, _index(), None),
    "Retrieve": ("app", True, _index(), None),
    "GetQuerySuggestions": ("app", True, _index(), None),
    "SubmitFeedback": ("app", False, _index(queryId="@B@", clickFeedbackItems=[{"resultId": "@A@",
        "clickTime": "@TIME@"}]), None),
    "GetSnapshots": ("people", True, _index(interval="THIS_WEEK", metricType="QUERIES_BY_COUNT"), None),
    "BatchGetDocumentStatus": ("ingest", True, _index(documentInfoList=[{"documentId": "@A@-0"},
        {"documentId": "@A@-1"}]), None),
    # index
    "CreateIndex": ("admin", False, {"name": "@NAME@-next", "edition": "ENTERPRISE_EDITION", "roleArn": ROLE,
        "clientToken": "@B@",
                    "serverSideEncryptionConfiguration": {"kmsKeyId": "HIDDEN_DUE_TO_SECURITY_REASONS"}},
                        {"id": CHILD}),
    "UpdateIndex": ("admin", False, {"id": "@INDEX@", "description": "Documents of @NAME@"}, None),
    "DeleteIndex": ("admin", False, {"id": CHILD}, None),
    "DescribeIndex": ("people", True, {"id": "@INDEX@"}, None),
    "ListIndices": ("people", True, {"maxResults": 50}, None),
    # documents
    "BatchPutDocument": ("ingest", False, _index(roleArn=ROLE, documents=_documents(4)), {"failedDocuments": []}),
    "BatchDeleteDocument": ("admin", False, _index(documentIdList=["@A@-0", "@A@-1"]), {"failedDocuments": []}),
    # data sources
    "CreateDataSource": ("admin", False, _index(name="@NAME@-s3", type="S3", roleArn=ROLE, clientToken="@B@",
                         configuration={"s3Configuration": {"bucketName": "acme-@NAME@-documents"}}), {"id": SOURCE}),
    "UpdateDataSource": ("admin", False, _index(id=SOURCE, description="Nightly", schedule="cron(0 2 * * ? *)"), None),
    "DeleteDataSource": ("admin", False, _index(id=SOURCE), None),
    "DescribeDataSource": ("people", True, _index(id=SOURCE), None),
    "ListDataSources": ("people", True, _index(), None),
    "StartDataSourceSyncJob": ("ingest", False, _index(id=SOURCE), {"executionId": DIGITS}),
    "StopDataSourceSyncJob": ("admin", False, _index(id=SOURCE), None),
    "ListDataSourceSyncJobs": ("ingest", True, _index(id=SOURCE), None),
    # access control
    "CreateAccessControlConfiguration": ("admin", False, _index(name="staff", accessControlList=[{"name": "staff",
        "type": "GROUP", "access": "ALLOW"}]), {"id": CHILD}),
    "UpdateAccessControlConfiguration": ("admin", False, _index(id=CHILD, description="staff only"), {}),
    "DeleteAccessControlConfiguration": ("admin", False, _index(id=CHILD), {}),
    "DescribeAccessControlConfiguration": ("people", True, _index(id=CHILD), None),
    "ListAccessControlConfigurations": ("people", True, _index(), None),
    "PutPrincipalMapping": ("admin", False, _index(groupId="staff", orderingId=1764547200000,
        groupMembers={"memberUsers": [{"userId": "dana@example.com"}]}), None),
    "DeletePrincipalMapping": ("admin", False, _index(groupId="former-staff"), None),
    "DescribePrincipalMapping": ("people", True, _index(groupId="staff"), None),
    "ListGroupsOlderThanOrderingId": ("people", True, _index(orderingId=1764547200000), None),
    # experience
    "CreateExperience": ("admin", False, _index(name="@NAME@-search", roleArn=ROLE, clientToken="@B@"), {"id": CHILD}),
    "UpdateExperience": ("admin", False, _index(id=CHILD, description="Search page"), None),
    "DeleteExperience": ("admin", False, _index(id=CHILD), {}),
    "DescribeExperience": ("people", True, _index(id=CHILD), None),
    "ListExperiences": ("people", True, _index(), None),
    "AssociateEntitiesToExperience": ("admin", False, _index(id=CHILD, entityList=[{"entityId": "9067-@A@",
        "entityType": "GROUP"}]), {}),
    "DisassociateEntitiesFromExperience": ("admin", False, _index(id=CHILD, entityList=[{"entityId": "9067-@A@",
        "entityType": "USER"}]), {}),
    "AssociatePersonasToEntities": ("admin", False, _index(id=CHILD, personas=[{"entityId": "9067-@A@",
        "persona": "VIEWER"}]), {}),
    "DisassociatePersonasFromEntities": ("admin", False, _index(id=CHILD, entityIds=["9067-@A@"]), {}),
    "ListExperienceEntities": ("people", True, _index(id=CHILD), None),
    "ListEntityPersonas": ("people", True, _index(id=CHILD), None),
    # what steers results
    "CreateThesaurus": ("admin", False, _index(name="synonyms", roleArn=ROLE,
        sourceS3Path={"bucket": "acme-@NAME@-documents", "key": "thesaurus.txt"}), {"id": CHILD}),
    "UpdateThesaurus": ("admin", False, _index(id=CHILD, description="synonyms"), None),
    "DeleteThesaurus": ("admin", False, _index(id=CHILD), None),
    "DescribeThesaurus": ("people", True, _index(id=CHILD), None),
    "ListThesauri": ("people", True, _index(), None),
    "CreateFaq": ("admin", False, _index(name="faq", roleArn=ROLE, s3Path={"bucket": "acme-@NAME@-documents",
        "key": "faq.csv"}, fileFormat="CSV_WITH_HEADER"), {"id": CHILD}),
    "DeleteFaq": ("admin", False, _index(id=CHILD), None),
    "DescribeFaq": ("people", True, _index(id=CHILD), None),
    "ListFaqs": ("people", True, _index(), None),
    "CreateFeaturedResultsSet": ("admin", False, _index(featuredResultsSetName="handbook", status="ACTIVE",
        featuredDocuments=[{"id": "@A@-0"}]), {"featuredResultsSet": {"featuredResultsSetId": CHILD}}),
    "UpdateFeaturedResultsSet": ("admin", False, _index(featuredResultsSetId=CHILD, status="INACTIVE"),
        {"featuredResultsSet": {"featuredResultsSetId": CHILD}}),
    "BatchDeleteFeaturedResultsSet": ("admin", False, _index(featuredResultsSetIds=[CHILD]), {"errors": []}),
    "DescribeFeaturedResultsSet": ("people", True, _index(featuredResultsSetId=CHILD), None),
    "ListFeaturedResultsSets": ("people", True, _index(), None),
    "CreateQuerySuggestionsBlockList": ("admin", False, _index(name="block", roleArn=ROLE,
        sourceS3Path={"bucket": "acme-@NAME@-documents", "key": "block.txt"}), {"id": CHILD}),
    "UpdateQuerySuggestionsBlockList": ("admin", False, _index(id=CHILD, description="words"), None),
    "DeleteQuerySuggestionsBlockList": ("admin", False, _index(id=CHILD), None),
    "DescribeQuerySuggestionsBlockList": ("people", True, _index(id=CHILD), None),
    "ListQuerySuggestionsBlockLists": ("people", True, _index(), None),
    "DescribeQuerySuggestionsConfig": ("people", True, _index(), None),
    "UpdateQuerySuggestionsConfig": ("admin", False, _index(minimumQueryCount=5), None),
    "ClearQuerySuggestions": ("admin", False, _index(), None),
    # tags
    "TagResource": ("admin", False, {"resourceARN": INDEX_ARN, "tags": [{"key": "team", "value": "@NAME@"}]}, {}),
    "UntagResource": ("admin", False, {"resourceARN": INDEX_ARN, "tagKeys": ["temporary"]}, {}),
    "ListTagsForResource": ("people", True, {"resourceARN": INDEX_ARN}, None),
}
# fmt: on
# How the app and the loaders divide their calls, in percent.
SEARCH_SHARE = {"Query": 58.0, "Retrieve": 27.0, "GetQuerySuggestions": 12.0, "SubmitFeedback": 3.0}
INGEST_SHARE = {
    "BatchPutDocument": 60.0,
    "BatchGetDocumentStatus": 25.0,
    "ListDataSourceSyncJobs": 10.0,
    "StartDataSourceSyncJob": 5.0,
}

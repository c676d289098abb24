/*
 * Every operation of Amazon Kendra (66), in byte order of the name: KENDRA_OP(name, access, index_from,
 * params).
 *
 * access      READ, LIST, WRITE or TAG, as the service authorization reference grades the operation.
 * index_from  where a CloudTrail record of it holds the index id: REQ_ID (requestParameters.id: only the
 * three that act on the index itself; elsewhere `id` is a child of the index), REQ_INDEX_ID
 * (requestParameters.indexId), RESP_ID (responseElements.id), REQ_ARN (inside requestParameters.resourceARN),
 * NONE. params      request parameters a rule may care for, as comma-separated paths below requestParameters.
 * CloudTrail lowers the first letter of the API's names, so a leading acronym comes out as `uRL`; both
 * casings are listed.
 *
 * The includer defines KENDRA_OP and undefines it afterwards. Checked against botocore's model by
 * tests/e2e/test_kendra_table.py.
 */
/* clang-format off */
KENDRA_OP(AssociateEntitiesToExperience, WRITE, REQ_INDEX_ID,
          "indexId,id,entityList.entityId,entityList.entityType")
KENDRA_OP(AssociatePersonasToEntities, WRITE, REQ_INDEX_ID, "indexId,id,personas.entityId,personas.persona")
KENDRA_OP(BatchDeleteDocument, WRITE, REQ_INDEX_ID,
          "indexId,documentIdList,dataSourceSyncJobMetricTarget.dataSourceId")
KENDRA_OP(BatchDeleteFeaturedResultsSet, WRITE, REQ_INDEX_ID, "indexId,featuredResultsSetIds")
KENDRA_OP(BatchGetDocumentStatus, READ, REQ_INDEX_ID, "indexId,documentInfoList.documentId")
KENDRA_OP(BatchPutDocument, WRITE, REQ_INDEX_ID,
          "indexId,roleArn,documents.id,documents.title,documents.s3Path.bucket,documents.s3Path.key,"
          "documents.accessControlList.name,documents.accessControlList.access,documents.hierarchicalAccessControlList,"
          "documents.accessControlConfigurationId,"
          "customDocumentEnrichmentConfiguration.preExtractionHookConfiguration.lambdaArn,"
          "customDocumentEnrichmentConfiguration.preExtractionHookConfiguration.s3Bucket,"
          "customDocumentEnrichmentConfiguration.postExtractionHookConfiguration.lambdaArn,"
          "customDocumentEnrichmentConfiguration.postExtractionHookConfiguration.s3Bucket,"
          "customDocumentEnrichmentConfiguration.roleArn")
KENDRA_OP(ClearQuerySuggestions, WRITE, REQ_INDEX_ID, "indexId")
KENDRA_OP(CreateAccessControlConfiguration, WRITE, REQ_INDEX_ID,
          "indexId,name,accessControlList.name,accessControlList.type,accessControlList.access,"
          "accessControlList.dataSourceId,hierarchicalAccessControlList.principalList.name,"
          "hierarchicalAccessControlList.principalList.access")
KENDRA_OP(CreateDataSource, WRITE, REQ_INDEX_ID,
          "indexId,name,type,roleArn,configuration.s3Configuration.bucketName,"
          "configuration.templateConfiguration.template,configuration.webCrawlerConfiguration.urls,"
          "configuration.webCrawlerConfiguration.proxyConfiguration,"
          "configuration.databaseConfiguration.connectionConfiguration.secretArn,"
          "configuration.sharePointConfiguration.secretArn,configuration.confluenceConfiguration.secretArn,"
          "configuration.salesforceConfiguration.secretArn,configuration.serviceNowConfiguration.secretArn,"
          "configuration.oneDriveConfiguration.secretArn,configuration.googleDriveConfiguration.secretArn,"
          "configuration.slackConfiguration.secretArn,configuration.fsxConfiguration.secretArn,"
          "configuration.boxConfiguration.secretArn,configuration.quipConfiguration.secretArn,"
          "configuration.jiraConfiguration.secretArn,configuration.gitHubConfiguration.secretArn,"
          "configuration.alfrescoConfiguration.secretArn,vpcConfiguration.subnetIds,vpcConfiguration.securityGroupIds,"
          "schedule,customDocumentEnrichmentConfiguration.preExtractionHookConfiguration.lambdaArn,"
          "customDocumentEnrichmentConfiguration.preExtractionHookConfiguration.s3Bucket,"
          "customDocumentEnrichmentConfiguration.postExtractionHookConfiguration.lambdaArn,"
          "customDocumentEnrichmentConfiguration.postExtractionHookConfiguration.s3Bucket,"
          "customDocumentEnrichmentConfiguration.roleArn")
KENDRA_OP(CreateExperience, WRITE, REQ_INDEX_ID,
          "indexId,name,roleArn,configuration.contentSourceConfiguration.dataSourceIds,"
          "configuration.contentSourceConfiguration.faqIds,configuration.contentSourceConfiguration.directPutContent,"
          "configuration.userIdentityConfiguration.identityAttributeName")
KENDRA_OP(CreateFaq, WRITE, REQ_INDEX_ID, "indexId,name,roleArn,s3Path.bucket,s3Path.key")
KENDRA_OP(CreateFeaturedResultsSet, WRITE, REQ_INDEX_ID,
          "indexId,featuredResultsSetName,status,queryTexts,featuredDocuments.id")
KENDRA_OP(CreateIndex, WRITE, RESP_ID,
          "name,edition,roleArn,serverSideEncryptionConfiguration.kmsKeyId,userContextPolicy,"
          "userTokenConfigurations.jwtTokenTypeConfiguration.keyLocation,"
          "userTokenConfigurations.jwtTokenTypeConfiguration.uRL,userTokenConfigurations.jwtTokenTypeConfiguration.url,"
          "userTokenConfigurations.jwtTokenTypeConfiguration.secretManagerArn,"
          "userTokenConfigurations.jwtTokenTypeConfiguration.issuer,"
          "userTokenConfigurations.jwtTokenTypeConfiguration.claimRegex,"
          "userTokenConfigurations.jwtTokenTypeConfiguration.userNameAttributeField,"
          "userTokenConfigurations.jwtTokenTypeConfiguration.groupAttributeField,"
          "userTokenConfigurations.jsonTokenTypeConfiguration.userNameAttributeField,"
          "userTokenConfigurations.jsonTokenTypeConfiguration.groupAttributeField,"
          "userGroupResolutionConfiguration.userGroupResolutionMode")
KENDRA_OP(CreateQuerySuggestionsBlockList, WRITE, REQ_INDEX_ID,
          "indexId,name,roleArn,sourceS3Path.bucket,sourceS3Path.key")
KENDRA_OP(CreateThesaurus, WRITE, REQ_INDEX_ID, "indexId,name,roleArn,sourceS3Path.bucket,sourceS3Path.key")
KENDRA_OP(DeleteAccessControlConfiguration, WRITE, REQ_INDEX_ID, "indexId,id")
KENDRA_OP(DeleteDataSource, WRITE, REQ_INDEX_ID, "indexId,id")
KENDRA_OP(DeleteExperience, WRITE, REQ_INDEX_ID, "indexId,id")
KENDRA_OP(DeleteFaq, WRITE, REQ_INDEX_ID, "indexId,id")
KENDRA_OP(DeleteIndex, WRITE, REQ_ID, "id")
KENDRA_OP(DeletePrincipalMapping, WRITE, REQ_INDEX_ID, "indexId,groupId,dataSourceId,orderingId")
KENDRA_OP(DeleteQuerySuggestionsBlockList, WRITE, REQ_INDEX_ID, "indexId,id")
KENDRA_OP(DeleteThesaurus, WRITE, REQ_INDEX_ID, "indexId,id")
KENDRA_OP(DescribeAccessControlConfiguration, READ, REQ_INDEX_ID, "indexId,id")
KENDRA_OP(DescribeDataSource, READ, REQ_INDEX_ID, "indexId,id")
KENDRA_OP(DescribeExperience, READ, REQ_INDEX_ID, "indexId,id")
KENDRA_OP(DescribeFaq, READ, REQ_INDEX_ID, "indexId,id")
KENDRA_OP(DescribeFeaturedResultsSet, READ, REQ_INDEX_ID, "indexId,featuredResultsSetId")
KENDRA_OP(DescribeIndex, READ, REQ_ID, "id")
KENDRA_OP(DescribePrincipalMapping, READ, REQ_INDEX_ID, "indexId,groupId,dataSourceId")
KENDRA_OP(DescribeQuerySuggestionsBlockList, READ, REQ_INDEX_ID, "indexId,id")
KENDRA_OP(DescribeQuerySuggestionsConfig, READ, REQ_INDEX_ID, "indexId")
KENDRA_OP(DescribeThesaurus, READ, REQ_INDEX_ID, "indexId,id")
KENDRA_OP(DisassociateEntitiesFromExperience, WRITE, REQ_INDEX_ID,
          "indexId,id,entityList.entityId,entityList.entityType")
KENDRA_OP(DisassociatePersonasFromEntities, WRITE, REQ_INDEX_ID, "indexId,id,entityIds")
KENDRA_OP(GetQuerySuggestions, READ, REQ_INDEX_ID, "indexId,queryText")
KENDRA_OP(GetSnapshots, READ, REQ_INDEX_ID, "indexId,interval,metricType")
KENDRA_OP(ListAccessControlConfigurations, LIST, REQ_INDEX_ID, "indexId")
KENDRA_OP(ListDataSourceSyncJobs, LIST, REQ_INDEX_ID, "indexId,id")
KENDRA_OP(ListDataSources, LIST, REQ_INDEX_ID, "indexId")
KENDRA_OP(ListEntityPersonas, LIST, REQ_INDEX_ID, "indexId,id")
KENDRA_OP(ListExperienceEntities, LIST, REQ_INDEX_ID, "indexId,id")
KENDRA_OP(ListExperiences, LIST, REQ_INDEX_ID, "indexId")
KENDRA_OP(ListFaqs, LIST, REQ_INDEX_ID, "indexId")
KENDRA_OP(ListFeaturedResultsSets, LIST, REQ_INDEX_ID, "indexId")
KENDRA_OP(ListGroupsOlderThanOrderingId, LIST, REQ_INDEX_ID, "indexId,dataSourceId,orderingId")
KENDRA_OP(ListIndices, LIST, NONE, "")
KENDRA_OP(ListQuerySuggestionsBlockLists, LIST, REQ_INDEX_ID, "indexId")
KENDRA_OP(ListTagsForResource, READ, REQ_ARN, "resourceARN,resourceArn")
KENDRA_OP(ListThesauri, LIST, REQ_INDEX_ID, "indexId")
KENDRA_OP(PutPrincipalMapping, WRITE, REQ_INDEX_ID,
          "indexId,groupId,dataSourceId,orderingId,roleArn,groupMembers.memberGroups.groupId,"
          "groupMembers.memberUsers.userId,groupMembers.s3PathforGroupMembers.bucket,"
          "groupMembers.s3PathforGroupMembers.key")
KENDRA_OP(Query, READ, REQ_INDEX_ID,
          "indexId,queryText,attributeFilter,userContext.token,userContext.userId,userContext.groups,"
          "userContext.dataSourceGroups,pageNumber,pageSize,visitorId")
KENDRA_OP(Retrieve, READ, REQ_INDEX_ID,
          "indexId,queryText,attributeFilter,userContext.token,userContext.userId,userContext.groups,"
          "userContext.dataSourceGroups,pageNumber,pageSize")
KENDRA_OP(StartDataSourceSyncJob, WRITE, REQ_INDEX_ID, "indexId,id")
KENDRA_OP(StopDataSourceSyncJob, WRITE, REQ_INDEX_ID, "indexId,id")
KENDRA_OP(SubmitFeedback, WRITE, REQ_INDEX_ID,
          "indexId,queryId,clickFeedbackItems.resultId,relevanceFeedbackItems.resultId")
KENDRA_OP(TagResource, TAG, REQ_ARN, "resourceARN,resourceArn,tags.key,tags.value")
KENDRA_OP(UntagResource, TAG, REQ_ARN, "resourceARN,resourceArn,tagKeys")
KENDRA_OP(UpdateAccessControlConfiguration, WRITE, REQ_INDEX_ID,
          "indexId,id,name,accessControlList.name,accessControlList.type,accessControlList.access,"
          "accessControlList.dataSourceId,hierarchicalAccessControlList.principalList.name,"
          "hierarchicalAccessControlList.principalList.access")
KENDRA_OP(UpdateDataSource, WRITE, REQ_INDEX_ID,
          "indexId,id,name,roleArn,configuration.s3Configuration.bucketName,"
          "configuration.templateConfiguration.template,configuration.webCrawlerConfiguration.urls,"
          "configuration.webCrawlerConfiguration.proxyConfiguration,"
          "configuration.databaseConfiguration.connectionConfiguration.secretArn,"
          "configuration.sharePointConfiguration.secretArn,configuration.confluenceConfiguration.secretArn,"
          "configuration.salesforceConfiguration.secretArn,configuration.serviceNowConfiguration.secretArn,"
          "configuration.oneDriveConfiguration.secretArn,configuration.googleDriveConfiguration.secretArn,"
          "configuration.slackConfiguration.secretArn,configuration.fsxConfiguration.secretArn,"
          "configuration.boxConfiguration.secretArn,configuration.quipConfiguration.secretArn,"
          "configuration.jiraConfiguration.secretArn,configuration.gitHubConfiguration.secretArn,"
          "configuration.alfrescoConfiguration.secretArn,vpcConfiguration.subnetIds,vpcConfiguration.securityGroupIds,"
          "schedule,customDocumentEnrichmentConfiguration.preExtractionHookConfiguration.lambdaArn,"
          "customDocumentEnrichmentConfiguration.preExtractionHookConfiguration.s3Bucket,"
          "customDocumentEnrichmentConfiguration.postExtractionHookConfiguration.lambdaArn,"
          "customDocumentEnrichmentConfiguration.postExtractionHookConfiguration.s3Bucket,"
          "customDocumentEnrichmentConfiguration.roleArn")
KENDRA_OP(UpdateExperience, WRITE, REQ_INDEX_ID,
          "indexId,id,name,roleArn,configuration.contentSourceConfiguration.dataSourceIds,"
          "configuration.contentSourceConfiguration.faqIds,configuration.contentSourceConfiguration.directPutContent,"
          "configuration.userIdentityConfiguration.identityAttributeName")
KENDRA_OP(UpdateFeaturedResultsSet, WRITE, REQ_INDEX_ID,
          "indexId,featuredResultsSetId,featuredResultsSetName,status,queryTexts,featuredDocuments.id")
KENDRA_OP(UpdateIndex, WRITE, REQ_ID,
          "id,name,roleArn,userContextPolicy,userTokenConfigurations.jwtTokenTypeConfiguration.keyLocation,"
          "userTokenConfigurations.jwtTokenTypeConfiguration.uRL,userTokenConfigurations.jwtTokenTypeConfiguration.url,"
          "userTokenConfigurations.jwtTokenTypeConfiguration.secretManagerArn,"
          "userTokenConfigurations.jwtTokenTypeConfiguration.issuer,"
          "userTokenConfigurations.jwtTokenTypeConfiguration.claimRegex,"
          "userTokenConfigurations.jwtTokenTypeConfiguration.userNameAttributeField,"
          "userTokenConfigurations.jwtTokenTypeConfiguration.groupAttributeField,"
          "userTokenConfigurations.jsonTokenTypeConfiguration.userNameAttributeField,"
          "userTokenConfigurations.jsonTokenTypeConfiguration.groupAttributeField,"
          "userGroupResolutionConfiguration.userGroupResolutionMode,documentMetadataConfigurationUpdates.name,"
          "documentMetadataConfigurationUpdates.search.displayable,"
          "documentMetadataConfigurationUpdates.search.searchable,capacityUnits.storageCapacityUnits,"
          "capacityUnits.queryCapacityUnits")
KENDRA_OP(UpdateQuerySuggestionsBlockList, WRITE, REQ_INDEX_ID,
          "indexId,id,name,roleArn,sourceS3Path.bucket,sourceS3Path.key")
KENDRA_OP(UpdateQuerySuggestionsConfig, WRITE, REQ_INDEX_ID,
          "indexId,mode,queryLogLookBackWindowInDays,includeQueriesWithoutUserInformation,minimumNumberOfQueryingUsers,"
          "minimumQueryCount")
KENDRA_OP(UpdateThesaurus, WRITE, REQ_INDEX_ID, "indexId,id,name,roleArn,sourceS3Path.bucket,sourceS3Path.key")
/* clang-format on */

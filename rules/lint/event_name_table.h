/* Names of events, from botocore's models. Made by tests/tools/make_event_names.py; do not edit. */
/* clang-format off */
EVENT_SERVICE("access-analyzer.amazonaws.com",
    "ApplyArchiveRule CancelPolicyGeneration CreateAccessPreview CreateAnalyzer CreateArchiveRule "
    "DeleteAnalyzer DeleteArchiveRule GetAccessPreview GetAnalyzedResource GetAnalyzer GetArchiveRule "
    "GetFinding GetGeneratedPolicy ListAccessPreviewFindings ListAccessPreviews ListAnalyzedResources "
    "ListAnalyzers ListArchiveRules ListFindings ListPolicyGenerations ListTagsForResource "
    "StartPolicyGeneration StartResourceScan TagResource UntagResource UpdateArchiveRule UpdateFindings "
    "ValidatePolicy")
EVENT_SERVICE("account.amazonaws.com",
    "DeleteAlternateContact GetAlternateContact GetContactInformation PutAlternateContact "
    "PutContactInformation")
EVENT_SERVICE("backup.amazonaws.com",
    "CancelLegalHold CreateBackupPlan CreateBackupSelection CreateBackupVault CreateFramework CreateLegalHold "
    "CreateReportPlan DeleteBackupPlan DeleteBackupSelection DeleteBackupVault DeleteBackupVaultAccessPolicy "
    "DeleteBackupVaultLockConfiguration DeleteBackupVaultNotifications DeleteFramework DeleteRecoveryPoint "
    "DeleteReportPlan DescribeBackupJob DescribeBackupVault DescribeCopyJob DescribeFramework "
    "DescribeGlobalSettings DescribeProtectedResource DescribeRecoveryPoint DescribeRegionSettings "
    "DescribeReportJob DescribeReportPlan DescribeRestoreJob DisassociateRecoveryPoint "
    "DisassociateRecoveryPointFromParent ExportBackupPlanTemplate GetBackupPlan GetBackupPlanFromJSON "
    "GetBackupPlanFromTemplate GetBackupSelection GetBackupVaultAccessPolicy GetBackupVaultNotifications "
    "GetLegalHold GetRecoveryPointRestoreMetadata GetSupportedResourceTypes ListBackupJobs "
    "ListBackupPlanTemplates ListBackupPlanVersions ListBackupPlans ListBackupSelections ListBackupVaults "
    "ListCopyJobs ListFrameworks ListLegalHolds ListProtectedResources ListRecoveryPointsByBackupVault "
    "ListRecoveryPointsByLegalHold ListRecoveryPointsByResource ListReportJobs ListReportPlans "
    "ListRestoreJobs ListTags PutBackupVaultAccessPolicy PutBackupVaultLockConfiguration "
    "PutBackupVaultNotifications StartBackupJob StartCopyJob StartReportJob StartRestoreJob StopBackupJob "
    "TagResource UntagResource UpdateBackupPlan UpdateFramework UpdateGlobalSettings "
    "UpdateRecoveryPointLifecycle UpdateRegionSettings UpdateReportPlan")
EVENT_SERVICE("cloudformation.amazonaws.com",
    "ActivateType BatchDescribeTypeConfigurations CancelUpdateStack ContinueUpdateRollback CreateChangeSet "
    "CreateStack CreateStackInstances CreateStackSet DeactivateType DeleteChangeSet DeleteStack "
    "DeleteStackInstances DeleteStackSet DeregisterType DescribeAccountLimits DescribeChangeSet "
    "DescribeChangeSetHooks DescribePublisher DescribeStackDriftDetectionStatus DescribeStackEvents "
    "DescribeStackInstance DescribeStackResource DescribeStackResourceDrifts DescribeStackResources "
    "DescribeStackSet DescribeStackSetOperation DescribeStacks DescribeType DescribeTypeRegistration "
    "DetectStackDrift DetectStackResourceDrift DetectStackSetDrift EstimateTemplateCost ExecuteChangeSet "
    "GetStackPolicy GetTemplate GetTemplateSummary ImportStacksToStackSet ListChangeSets ListExports "
    "ListImports ListStackInstances ListStackResources ListStackSetOperationResults ListStackSetOperations "
    "ListStackSets ListStacks ListTypeRegistrations ListTypeVersions ListTypes PublishType "
    "RecordHandlerProgress RegisterPublisher RegisterType RollbackStack SetStackPolicy SetTypeConfiguration "
    "SetTypeDefaultVersion SignalResource StopStackSetOperation TestType UpdateStack UpdateStackInstances "
    "UpdateStackSet UpdateTerminationProtection ValidateTemplate")
EVENT_SERVICE("cloudtrail.amazonaws.com",
    "AddTags CancelQuery CreateEventDataStore CreateTrail DeleteEventDataStore DeleteTrail "
    "DeregisterOrganizationDelegatedAdmin DescribeQuery DescribeTrails GetChannel GetEventDataStore "
    "GetEventSelectors GetImport GetInsightSelectors GetQueryResults GetTrail GetTrailStatus ListChannels "
    "ListEventDataStores ListImportFailures ListImports ListPublicKeys ListQueries ListTags ListTrails "
    "LookupEvents PutEventSelectors PutInsightSelectors RegisterOrganizationDelegatedAdmin RemoveTags "
    "RestoreEventDataStore StartImport StartLogging StartQuery StopImport StopLogging UpdateEventDataStore "
    "UpdateTrail")
EVENT_SERVICE("codebuild.amazonaws.com",
    "BatchDeleteBuilds BatchGetBuildBatches BatchGetBuilds BatchGetProjects BatchGetReportGroups "
    "BatchGetReports CreateProject CreateReportGroup CreateWebhook DeleteBuildBatch DeleteProject "
    "DeleteReport DeleteReportGroup DeleteResourcePolicy DeleteSourceCredentials DeleteWebhook "
    "DescribeCodeCoverages DescribeTestCases GetReportGroupTrend GetResourcePolicy ImportSourceCredentials "
    "InvalidateProjectCache ListBuildBatches ListBuildBatchesForProject ListBuilds ListBuildsForProject "
    "ListCuratedEnvironmentImages ListProjects ListReportGroups ListReports ListReportsForReportGroup "
    "ListSharedProjects ListSharedReportGroups ListSourceCredentials PutResourcePolicy RetryBuild "
    "RetryBuildBatch StartBuild StartBuildBatch StopBuild StopBuildBatch UpdateProject "
    "UpdateProjectVisibility UpdateReportGroup UpdateWebhook")
EVENT_SERVICE("config.amazonaws.com",
    "BatchGetAggregateResourceConfig BatchGetResourceConfig DeleteAggregationAuthorization DeleteConfigRule "
    "DeleteConfigurationAggregator DeleteConfigurationRecorder DeleteConformancePack DeleteDeliveryChannel "
    "DeleteEvaluationResults DeleteOrganizationConfigRule DeleteOrganizationConformancePack "
    "DeletePendingAggregationRequest DeleteRemediationConfiguration DeleteRemediationExceptions "
    "DeleteResourceConfig DeleteRetentionConfiguration DeleteStoredQuery DeliverConfigSnapshot "
    "DescribeAggregateComplianceByConfigRules DescribeAggregateComplianceByConformancePacks "
    "DescribeAggregationAuthorizations DescribeComplianceByConfigRule DescribeComplianceByResource "
    "DescribeConfigRuleEvaluationStatus DescribeConfigRules DescribeConfigurationAggregatorSourcesStatus "
    "DescribeConfigurationAggregators DescribeConfigurationRecorderStatus DescribeConfigurationRecorders "
    "DescribeConformancePackCompliance DescribeConformancePackStatus DescribeConformancePacks "
    "DescribeDeliveryChannelStatus DescribeDeliveryChannels DescribeOrganizationConfigRuleStatuses "
    "DescribeOrganizationConfigRules DescribeOrganizationConformancePackStatuses "
    "DescribeOrganizationConformancePacks DescribePendingAggregationRequests "
    "DescribeRemediationConfigurations DescribeRemediationExceptions DescribeRemediationExecutionStatus "
    "DescribeRetentionConfigurations GetAggregateComplianceDetailsByConfigRule "
    "GetAggregateConfigRuleComplianceSummary GetAggregateConformancePackComplianceSummary "
    "GetAggregateDiscoveredResourceCounts GetAggregateResourceConfig GetComplianceDetailsByConfigRule "
    "GetComplianceDetailsByResource GetComplianceSummaryByConfigRule GetComplianceSummaryByResourceType "
    "GetConformancePackComplianceDetails GetConformancePackComplianceSummary GetCustomRulePolicy "
    "GetDiscoveredResourceCounts GetOrganizationConfigRuleDetailedStatus "
    "GetOrganizationConformancePackDetailedStatus GetOrganizationCustomRulePolicy GetResourceConfigHistory "
    "GetResourceEvaluationSummary GetStoredQuery ListAggregateDiscoveredResources "
    "ListConformancePackComplianceScores ListDiscoveredResources ListResourceEvaluations ListStoredQueries "
    "ListTagsForResource PutAggregationAuthorization PutConfigRule PutConfigurationAggregator "
    "PutConfigurationRecorder PutConformancePack PutDeliveryChannel PutEvaluations PutExternalEvaluation "
    "PutOrganizationConfigRule PutOrganizationConformancePack PutRemediationConfigurations "
    "PutRemediationExceptions PutResourceConfig PutRetentionConfiguration PutStoredQuery "
    "SelectAggregateResourceConfig SelectResourceConfig StartConfigRulesEvaluation StartConfigurationRecorder "
    "StartRemediationExecution StartResourceEvaluation StopConfigurationRecorder TagResource UntagResource")
EVENT_SERVICE("dynamodb.amazonaws.com",
    "BatchExecuteStatement BatchGetItem BatchWriteItem CreateBackup CreateGlobalTable CreateTable "
    "DeleteBackup DeleteItem DeleteTable DescribeBackup DescribeContinuousBackups DescribeContributorInsights "
    "DescribeEndpoints DescribeExport DescribeGlobalTable DescribeGlobalTableSettings DescribeImport "
    "DescribeKinesisStreamingDestination DescribeLimits DescribeTable DescribeTableReplicaAutoScaling "
    "DescribeTimeToLive DisableKinesisStreamingDestination EnableKinesisStreamingDestination ExecuteStatement "
    "ExecuteTransaction ExportTableToPointInTime GetItem ImportTable ListBackups ListContributorInsights "
    "ListExports ListGlobalTables ListImports ListTables ListTagsOfResource PutItem Query "
    "RestoreTableFromBackup RestoreTableToPointInTime Scan TagResource TransactGetItems TransactWriteItems "
    "UntagResource UpdateContinuousBackups UpdateContributorInsights UpdateGlobalTable "
    "UpdateGlobalTableSettings UpdateItem UpdateTable UpdateTableReplicaAutoScaling UpdateTimeToLive")
EVENT_SERVICE("ec2.amazonaws.com",
    "AcceptAddressTransfer AcceptReservedInstancesExchangeQuote "
    "AcceptTransitGatewayMulticastDomainAssociations AcceptTransitGatewayPeeringAttachment "
    "AcceptTransitGatewayVpcAttachment AcceptVpcEndpointConnections AcceptVpcPeeringConnection "
    "AdvertiseByoipCidr AllocateAddress AllocateHosts AllocateIpamPoolCidr "
    "ApplySecurityGroupsToClientVpnTargetNetwork AssignIpv6Addresses AssignPrivateIpAddresses "
    "AssociateAddress AssociateClientVpnTargetNetwork AssociateDhcpOptions AssociateEnclaveCertificateIamRole "
    "AssociateIamInstanceProfile AssociateInstanceEventWindow AssociateRouteTable AssociateSubnetCidrBlock "
    "AssociateTransitGatewayMulticastDomain AssociateTransitGatewayPolicyTable "
    "AssociateTransitGatewayRouteTable AssociateTrunkInterface AssociateVpcCidrBlock AttachClassicLinkVpc "
    "AttachInternetGateway AttachNetworkInterface AttachVerifiedAccessTrustProvider AttachVolume "
    "AttachVpnGateway AuthorizeClientVpnIngress AuthorizeSecurityGroupEgress AuthorizeSecurityGroupIngress "
    "BundleInstance CancelBundleTask CancelCapacityReservation CancelCapacityReservationFleets "
    "CancelConversionTask CancelExportTask CancelImageLaunchPermission CancelImportTask "
    "CancelReservedInstancesListing CancelSpotFleetRequests CancelSpotInstanceRequests ConfirmProductInstance "
    "CopyFpgaImage CopyImage CopySnapshot CreateCapacityReservation CreateCapacityReservationFleet "
    "CreateCarrierGateway CreateClientVpnEndpoint CreateClientVpnRoute CreateCoipCidr CreateCoipPool "
    "CreateCustomerGateway CreateDefaultSubnet CreateDefaultVpc CreateDhcpOptions "
    "CreateEgressOnlyInternetGateway CreateFleet CreateFlowLogs CreateFpgaImage CreateImage "
    "CreateInstanceEventWindow CreateInstanceExportTask CreateInternetGateway CreateIpam CreateIpamPool "
    "CreateIpamScope CreateKeyPair CreateLaunchTemplate CreateLaunchTemplateVersion CreateLocalGatewayRoute "
    "CreateLocalGatewayRouteTable CreateLocalGatewayRouteTableVirtualInterfaceGroupAssociation "
    "CreateLocalGatewayRouteTableVpcAssociation CreateManagedPrefixList CreateNatGateway CreateNetworkAcl "
    "CreateNetworkAclEntry CreateNetworkInsightsAccessScope CreateNetworkInsightsPath CreateNetworkInterface "
    "CreateNetworkInterfacePermission CreatePlacementGroup CreatePublicIpv4Pool CreateReplaceRootVolumeTask "
    "CreateReservedInstancesListing CreateRestoreImageTask CreateRoute CreateRouteTable CreateSecurityGroup "
    "CreateSnapshot CreateSnapshots CreateSpotDatafeedSubscription CreateStoreImageTask CreateSubnet "
    "CreateSubnetCidrReservation CreateTags CreateTrafficMirrorFilter CreateTrafficMirrorFilterRule "
    "CreateTrafficMirrorSession CreateTrafficMirrorTarget CreateTransitGateway CreateTransitGatewayConnect "
    "CreateTransitGatewayConnectPeer CreateTransitGatewayMulticastDomain "
    "CreateTransitGatewayPeeringAttachment CreateTransitGatewayPolicyTable "
    "CreateTransitGatewayPrefixListReference CreateTransitGatewayRoute CreateTransitGatewayRouteTable "
    "CreateTransitGatewayRouteTableAnnouncement CreateTransitGatewayVpcAttachment "
    "CreateVerifiedAccessEndpoint CreateVerifiedAccessGroup CreateVerifiedAccessInstance "
    "CreateVerifiedAccessTrustProvider CreateVolume CreateVpc CreateVpcEndpoint "
    "CreateVpcEndpointConnectionNotification CreateVpcEndpointServiceConfiguration CreateVpcPeeringConnection "
    "CreateVpnConnection CreateVpnConnectionRoute CreateVpnGateway DeleteCarrierGateway "
    "DeleteClientVpnEndpoint DeleteClientVpnRoute DeleteCoipCidr DeleteCoipPool DeleteCustomerGateway "
    "DeleteDhcpOptions DeleteEgressOnlyInternetGateway DeleteFleets DeleteFlowLogs DeleteFpgaImage "
    "DeleteInstanceEventWindow DeleteInternetGateway DeleteIpam DeleteIpamPool DeleteIpamScope DeleteKeyPair "
    "DeleteLaunchTemplate DeleteLaunchTemplateVersions DeleteLocalGatewayRoute DeleteLocalGatewayRouteTable "
    "DeleteLocalGatewayRouteTableVirtualInterfaceGroupAssociation DeleteLocalGatewayRouteTableVpcAssociation "
    "DeleteManagedPrefixList DeleteNatGateway DeleteNetworkAcl DeleteNetworkAclEntry "
    "DeleteNetworkInsightsAccessScope DeleteNetworkInsightsAccessScopeAnalysis DeleteNetworkInsightsAnalysis "
    "DeleteNetworkInsightsPath DeleteNetworkInterface DeleteNetworkInterfacePermission DeletePlacementGroup "
    "DeletePublicIpv4Pool DeleteQueuedReservedInstances DeleteRoute DeleteRouteTable DeleteSecurityGroup "
    "DeleteSnapshot DeleteSpotDatafeedSubscription DeleteSubnet DeleteSubnetCidrReservation DeleteTags "
    "DeleteTrafficMirrorFilter DeleteTrafficMirrorFilterRule DeleteTrafficMirrorSession "
    "DeleteTrafficMirrorTarget DeleteTransitGateway DeleteTransitGatewayConnect "
    "DeleteTransitGatewayConnectPeer DeleteTransitGatewayMulticastDomain "
    "DeleteTransitGatewayPeeringAttachment DeleteTransitGatewayPolicyTable "
    "DeleteTransitGatewayPrefixListReference DeleteTransitGatewayRoute DeleteTransitGatewayRouteTable "
    "DeleteTransitGatewayRouteTableAnnouncement DeleteTransitGatewayVpcAttachment "
    "DeleteVerifiedAccessEndpoint DeleteVerifiedAccessGroup DeleteVerifiedAccessInstance "
    "DeleteVerifiedAccessTrustProvider DeleteVolume DeleteVpc DeleteVpcEndpointConnectionNotifications "
    "DeleteVpcEndpointServiceConfigurations DeleteVpcEndpoints DeleteVpcPeeringConnection DeleteVpnConnection "
    "DeleteVpnConnectionRoute DeleteVpnGateway DeprovisionByoipCidr DeprovisionIpamPoolCidr "
    "DeprovisionPublicIpv4PoolCidr DeregisterImage DeregisterInstanceEventNotificationAttributes "
    "DeregisterTransitGatewayMulticastGroupMembers DeregisterTransitGatewayMulticastGroupSources "
    "DescribeAccountAttributes DescribeAddressTransfers DescribeAddresses DescribeAddressesAttribute "
    "DescribeAggregateIdFormat DescribeAvailabilityZones DescribeAwsNetworkPerformanceMetricSubscriptions "
    "DescribeBundleTasks DescribeByoipCidrs DescribeCapacityReservationFleets DescribeCapacityReservations "
    "DescribeCarrierGateways DescribeClassicLinkInstances DescribeClientVpnAuthorizationRules "
    "DescribeClientVpnConnections DescribeClientVpnEndpoints DescribeClientVpnRoutes "
    "DescribeClientVpnTargetNetworks DescribeCoipPools DescribeConversionTasks DescribeCustomerGateways "
    "DescribeDhcpOptions DescribeEgressOnlyInternetGateways DescribeElasticGpus DescribeExportImageTasks "
    "DescribeExportTasks DescribeFastLaunchImages DescribeFastSnapshotRestores DescribeFleetHistory "
    "DescribeFleetInstances DescribeFleets DescribeFlowLogs DescribeFpgaImageAttribute DescribeFpgaImages "
    "DescribeHostReservationOfferings DescribeHostReservations DescribeHosts "
    "DescribeIamInstanceProfileAssociations DescribeIdFormat DescribeIdentityIdFormat DescribeImageAttribute "
    "DescribeImages DescribeImportImageTasks DescribeImportSnapshotTasks DescribeInstanceAttribute "
    "DescribeInstanceCreditSpecifications DescribeInstanceEventNotificationAttributes "
    "DescribeInstanceEventWindows DescribeInstanceStatus DescribeInstanceTypeOfferings DescribeInstanceTypes "
    "DescribeInstances DescribeInternetGateways DescribeIpamPools DescribeIpamScopes DescribeIpams "
    "DescribeIpv6Pools DescribeKeyPairs DescribeLaunchTemplateVersions DescribeLaunchTemplates "
    "DescribeLocalGatewayRouteTableVirtualInterfaceGroupAssociations "
    "DescribeLocalGatewayRouteTableVpcAssociations DescribeLocalGatewayRouteTables "
    "DescribeLocalGatewayVirtualInterfaceGroups DescribeLocalGatewayVirtualInterfaces DescribeLocalGateways "
    "DescribeManagedPrefixLists DescribeMovingAddresses DescribeNatGateways DescribeNetworkAcls "
    "DescribeNetworkInsightsAccessScopeAnalyses DescribeNetworkInsightsAccessScopes "
    "DescribeNetworkInsightsAnalyses DescribeNetworkInsightsPaths DescribeNetworkInterfaceAttribute "
    "DescribeNetworkInterfacePermissions DescribeNetworkInterfaces DescribePlacementGroups "
    "DescribePrefixLists DescribePrincipalIdFormat DescribePublicIpv4Pools DescribeRegions "
    "DescribeReplaceRootVolumeTasks DescribeReservedInstances DescribeReservedInstancesListings "
    "DescribeReservedInstancesModifications DescribeReservedInstancesOfferings DescribeRouteTables "
    "DescribeScheduledInstanceAvailability DescribeScheduledInstances DescribeSecurityGroupReferences "
    "DescribeSecurityGroupRules DescribeSecurityGroups DescribeSnapshotAttribute DescribeSnapshotTierStatus "
    "DescribeSnapshots DescribeSpotDatafeedSubscription DescribeSpotFleetInstances "
    "DescribeSpotFleetRequestHistory DescribeSpotFleetRequests DescribeSpotInstanceRequests "
    "DescribeSpotPriceHistory DescribeStaleSecurityGroups DescribeStoreImageTasks DescribeSubnets "
    "DescribeTags DescribeTrafficMirrorFilters DescribeTrafficMirrorSessions DescribeTrafficMirrorTargets "
    "DescribeTransitGatewayAttachments DescribeTransitGatewayConnectPeers DescribeTransitGatewayConnects "
    "DescribeTransitGatewayMulticastDomains DescribeTransitGatewayPeeringAttachments "
    "DescribeTransitGatewayPolicyTables DescribeTransitGatewayRouteTableAnnouncements "
    "DescribeTransitGatewayRouteTables DescribeTransitGatewayVpcAttachments DescribeTransitGateways "
    "DescribeTrunkInterfaceAssociations DescribeVerifiedAccessEndpoints DescribeVerifiedAccessGroups "
    "DescribeVerifiedAccessInstanceLoggingConfigurations DescribeVerifiedAccessInstances "
    "DescribeVerifiedAccessTrustProviders DescribeVolumeAttribute DescribeVolumeStatus DescribeVolumes "
    "DescribeVolumesModifications DescribeVpcAttribute DescribeVpcClassicLink "
    "DescribeVpcClassicLinkDnsSupport DescribeVpcEndpointConnectionNotifications "
    "DescribeVpcEndpointConnections DescribeVpcEndpointServiceConfigurations "
    "DescribeVpcEndpointServicePermissions DescribeVpcEndpointServices DescribeVpcEndpoints "
    "DescribeVpcPeeringConnections DescribeVpcs DescribeVpnConnections DescribeVpnGateways "
    "DetachClassicLinkVpc DetachInternetGateway DetachNetworkInterface DetachVerifiedAccessTrustProvider "
    "DetachVolume DetachVpnGateway DisableAddressTransfer DisableAwsNetworkPerformanceMetricSubscription "
    "DisableEbsEncryptionByDefault DisableFastLaunch DisableFastSnapshotRestores DisableImageDeprecation "
    "DisableIpamOrganizationAdminAccount DisableSerialConsoleAccess "
    "DisableTransitGatewayRouteTablePropagation DisableVgwRoutePropagation DisableVpcClassicLink "
    "DisableVpcClassicLinkDnsSupport DisassociateAddress DisassociateClientVpnTargetNetwork "
    "DisassociateEnclaveCertificateIamRole DisassociateIamInstanceProfile DisassociateInstanceEventWindow "
    "DisassociateRouteTable DisassociateSubnetCidrBlock DisassociateTransitGatewayMulticastDomain "
    "DisassociateTransitGatewayPolicyTable DisassociateTransitGatewayRouteTable DisassociateTrunkInterface "
    "DisassociateVpcCidrBlock EnableAddressTransfer EnableAwsNetworkPerformanceMetricSubscription "
    "EnableEbsEncryptionByDefault EnableFastLaunch EnableFastSnapshotRestores EnableImageDeprecation "
    "EnableIpamOrganizationAdminAccount EnableReachabilityAnalyzerOrganizationSharing "
    "EnableSerialConsoleAccess EnableTransitGatewayRouteTablePropagation EnableVgwRoutePropagation "
    "EnableVolumeIO EnableVpcClassicLink EnableVpcClassicLinkDnsSupport "
    "ExportClientVpnClientCertificateRevocationList ExportClientVpnClientConfiguration ExportImage "
    "ExportTransitGatewayRoutes GetAssociatedEnclaveCertificateIamRoles GetAssociatedIpv6PoolCidrs "
    "GetAwsNetworkPerformanceData GetCapacityReservationUsage GetCoipPoolUsage GetConsoleOutput "
    "GetConsoleScreenshot GetDefaultCreditSpecification GetEbsDefaultKmsKeyId GetEbsEncryptionByDefault "
    "GetFlowLogsIntegrationTemplate GetGroupsForCapacityReservation GetHostReservationPurchasePreview "
    "GetInstanceTypesFromInstanceRequirements GetInstanceUefiData GetIpamAddressHistory "
    "GetIpamPoolAllocations GetIpamPoolCidrs GetIpamResourceCidrs GetLaunchTemplateData "
    "GetManagedPrefixListAssociations GetManagedPrefixListEntries "
    "GetNetworkInsightsAccessScopeAnalysisFindings GetNetworkInsightsAccessScopeContent GetPasswordData "
    "GetReservedInstancesExchangeQuote GetSerialConsoleAccessStatus GetSpotPlacementScores "
    "GetSubnetCidrReservations GetTransitGatewayAttachmentPropagations "
    "GetTransitGatewayMulticastDomainAssociations GetTransitGatewayPolicyTableAssociations "
    "GetTransitGatewayPolicyTableEntries GetTransitGatewayPrefixListReferences "
    "GetTransitGatewayRouteTableAssociations GetTransitGatewayRouteTablePropagations "
    "GetVerifiedAccessEndpointPolicy GetVerifiedAccessGroupPolicy GetVpnConnectionDeviceSampleConfiguration "
    "GetVpnConnectionDeviceTypes ImportClientVpnClientCertificateRevocationList ImportImage ImportInstance "
    "ImportKeyPair ImportSnapshot ImportVolume ListImagesInRecycleBin ListSnapshotsInRecycleBin "
    "ModifyAddressAttribute ModifyAvailabilityZoneGroup ModifyCapacityReservation "
    "ModifyCapacityReservationFleet ModifyClientVpnEndpoint ModifyDefaultCreditSpecification "
    "ModifyEbsDefaultKmsKeyId ModifyFleet ModifyFpgaImageAttribute ModifyHosts ModifyIdFormat "
    "ModifyIdentityIdFormat ModifyImageAttribute ModifyInstanceAttribute "
    "ModifyInstanceCapacityReservationAttributes ModifyInstanceCreditSpecification "
    "ModifyInstanceEventStartTime ModifyInstanceEventWindow ModifyInstanceMaintenanceOptions "
    "ModifyInstanceMetadataOptions ModifyInstancePlacement ModifyIpam ModifyIpamPool ModifyIpamResourceCidr "
    "ModifyIpamScope ModifyLaunchTemplate ModifyLocalGatewayRoute ModifyManagedPrefixList "
    "ModifyNetworkInterfaceAttribute ModifyPrivateDnsNameOptions ModifyReservedInstances "
    "ModifySecurityGroupRules ModifySnapshotAttribute ModifySnapshotTier ModifySpotFleetRequest "
    "ModifySubnetAttribute ModifyTrafficMirrorFilterNetworkServices ModifyTrafficMirrorFilterRule "
    "ModifyTrafficMirrorSession ModifyTransitGateway ModifyTransitGatewayPrefixListReference "
    "ModifyTransitGatewayVpcAttachment ModifyVerifiedAccessEndpoint ModifyVerifiedAccessEndpointPolicy "
    "ModifyVerifiedAccessGroup ModifyVerifiedAccessGroupPolicy ModifyVerifiedAccessInstance "
    "ModifyVerifiedAccessInstanceLoggingConfiguration ModifyVerifiedAccessTrustProvider ModifyVolume "
    "ModifyVolumeAttribute ModifyVpcAttribute ModifyVpcEndpoint ModifyVpcEndpointConnectionNotification "
    "ModifyVpcEndpointServiceConfiguration ModifyVpcEndpointServicePayerResponsibility "
    "ModifyVpcEndpointServicePermissions ModifyVpcPeeringConnectionOptions ModifyVpcTenancy "
    "ModifyVpnConnection ModifyVpnConnectionOptions ModifyVpnTunnelCertificate ModifyVpnTunnelOptions "
    "MonitorInstances MoveAddressToVpc MoveByoipCidrToIpam ProvisionByoipCidr ProvisionIpamPoolCidr "
    "ProvisionPublicIpv4PoolCidr PurchaseHostReservation PurchaseReservedInstancesOffering "
    "PurchaseScheduledInstances RebootInstances RegisterImage RegisterInstanceEventNotificationAttributes "
    "RegisterTransitGatewayMulticastGroupMembers RegisterTransitGatewayMulticastGroupSources "
    "RejectTransitGatewayMulticastDomainAssociations RejectTransitGatewayPeeringAttachment "
    "RejectTransitGatewayVpcAttachment RejectVpcEndpointConnections RejectVpcPeeringConnection ReleaseAddress "
    "ReleaseHosts ReleaseIpamPoolAllocation ReplaceIamInstanceProfileAssociation ReplaceNetworkAclAssociation "
    "ReplaceNetworkAclEntry ReplaceRoute ReplaceRouteTableAssociation ReplaceTransitGatewayRoute "
    "ReportInstanceStatus RequestSpotFleet RequestSpotInstances ResetAddressAttribute ResetEbsDefaultKmsKeyId "
    "ResetFpgaImageAttribute ResetImageAttribute ResetInstanceAttribute ResetNetworkInterfaceAttribute "
    "ResetSnapshotAttribute RestoreAddressToClassic RestoreImageFromRecycleBin "
    "RestoreManagedPrefixListVersion RestoreSnapshotFromRecycleBin RestoreSnapshotTier RevokeClientVpnIngress "
    "RevokeSecurityGroupEgress RevokeSecurityGroupIngress RunInstances RunScheduledInstances "
    "SearchLocalGatewayRoutes SearchTransitGatewayMulticastGroups SearchTransitGatewayRoutes "
    "SendDiagnosticInterrupt StartInstances StartNetworkInsightsAccessScopeAnalysis "
    "StartNetworkInsightsAnalysis StartVpcEndpointServicePrivateDnsVerification StopInstances "
    "TerminateClientVpnConnections TerminateInstances UnassignIpv6Addresses UnassignPrivateIpAddresses "
    "UnmonitorInstances UpdateSecurityGroupRuleDescriptionsEgress UpdateSecurityGroupRuleDescriptionsIngress "
    "WithdrawByoipCidr")
EVENT_SERVICE("ecr.amazonaws.com",
    "BatchCheckLayerAvailability BatchDeleteImage BatchGetImage BatchGetRepositoryScanningConfiguration "
    "CompleteLayerUpload CreatePullThroughCacheRule CreateRepository DeleteLifecyclePolicy "
    "DeletePullThroughCacheRule DeleteRegistryPolicy DeleteRepository DeleteRepositoryPolicy "
    "DescribeImageReplicationStatus DescribeImageScanFindings DescribeImages DescribePullThroughCacheRules "
    "DescribeRegistry DescribeRepositories GetAuthorizationToken GetDownloadUrlForLayer GetLifecyclePolicy "
    "GetLifecyclePolicyPreview GetRegistryPolicy GetRegistryScanningConfiguration GetRepositoryPolicy "
    "InitiateLayerUpload ListImages ListTagsForResource PutImage PutImageScanningConfiguration "
    "PutImageTagMutability PutLifecyclePolicy PutRegistryPolicy PutRegistryScanningConfiguration "
    "PutReplicationConfiguration SetRepositoryPolicy StartImageScan StartLifecyclePolicyPreview TagResource "
    "UntagResource UploadLayerPart")
EVENT_SERVICE("ecs.amazonaws.com",
    "CreateCapacityProvider CreateCluster CreateService CreateTaskSet DeleteAccountSetting DeleteAttributes "
    "DeleteCapacityProvider DeleteCluster DeleteService DeleteTaskSet DeregisterContainerInstance "
    "DeregisterTaskDefinition DescribeCapacityProviders DescribeClusters DescribeContainerInstances "
    "DescribeServices DescribeTaskDefinition DescribeTaskSets DescribeTasks DiscoverPollEndpoint "
    "ExecuteCommand GetTaskProtection ListAccountSettings ListAttributes ListClusters ListContainerInstances "
    "ListServices ListServicesByNamespace ListTagsForResource ListTaskDefinitionFamilies ListTaskDefinitions "
    "ListTasks PutAccountSetting PutAccountSettingDefault PutAttributes PutClusterCapacityProviders "
    "RegisterContainerInstance RegisterTaskDefinition RunTask StartTask StopTask SubmitAttachmentStateChanges "
    "SubmitContainerStateChange SubmitTaskStateChange TagResource UntagResource UpdateCapacityProvider "
    "UpdateCluster UpdateClusterSettings UpdateContainerAgent UpdateContainerInstancesState UpdateService "
    "UpdateServicePrimaryTaskSet UpdateTaskProtection UpdateTaskSet")
EVENT_SERVICE("eks.amazonaws.com",
    "AssociateEncryptionConfig AssociateIdentityProviderConfig CreateAddon CreateCluster CreateFargateProfile "
    "CreateNodegroup DeleteAddon DeleteCluster DeleteFargateProfile DeleteNodegroup DeregisterCluster "
    "DescribeAddon DescribeAddonConfiguration DescribeAddonVersions DescribeCluster DescribeFargateProfile "
    "DescribeIdentityProviderConfig DescribeNodegroup DescribeUpdate DisassociateIdentityProviderConfig "
    "ListAddons ListClusters ListFargateProfiles ListIdentityProviderConfigs ListNodegroups "
    "ListTagsForResource ListUpdates RegisterCluster TagResource UntagResource UpdateAddon "
    "UpdateClusterConfig UpdateClusterVersion UpdateNodegroupConfig UpdateNodegroupVersion")
EVENT_SERVICE("elasticfilesystem.amazonaws.com",
    "CreateAccessPoint CreateFileSystem CreateMountTarget CreateReplicationConfiguration CreateTags "
    "DeleteAccessPoint DeleteFileSystem DeleteFileSystemPolicy DeleteMountTarget "
    "DeleteReplicationConfiguration DeleteTags DescribeAccessPoints DescribeAccountPreferences "
    "DescribeBackupPolicy DescribeFileSystemPolicy DescribeFileSystems DescribeLifecycleConfiguration "
    "DescribeMountTargetSecurityGroups DescribeMountTargets DescribeReplicationConfigurations DescribeTags "
    "ListTagsForResource ModifyMountTargetSecurityGroups PutAccountPreferences PutBackupPolicy "
    "PutFileSystemPolicy PutLifecycleConfiguration TagResource UntagResource UpdateFileSystem")
EVENT_SERVICE("events.amazonaws.com",
    "ActivateEventSource CancelReplay CreateApiDestination CreateArchive CreateConnection CreateEndpoint "
    "CreateEventBus CreatePartnerEventSource DeactivateEventSource DeauthorizeConnection DeleteApiDestination "
    "DeleteArchive DeleteConnection DeleteEndpoint DeleteEventBus DeletePartnerEventSource DeleteRule "
    "DescribeApiDestination DescribeArchive DescribeConnection DescribeEndpoint DescribeEventBus "
    "DescribeEventSource DescribePartnerEventSource DescribeReplay DescribeRule DisableRule EnableRule "
    "ListApiDestinations ListArchives ListConnections ListEndpoints ListEventBuses ListEventSources "
    "ListPartnerEventSourceAccounts ListPartnerEventSources ListReplays ListRuleNamesByTarget ListRules "
    "ListTagsForResource ListTargetsByRule PutEvents PutPartnerEvents PutPermission PutRule PutTargets "
    "RemovePermission RemoveTargets StartReplay TagResource TestEventPattern UntagResource "
    "UpdateApiDestination UpdateArchive UpdateConnection UpdateEndpoint")
EVENT_SERVICE("guardduty.amazonaws.com",
    "AcceptAdministratorInvitation AcceptInvitation ArchiveFindings CreateDetector CreateFilter CreateIPSet "
    "CreateMembers CreatePublishingDestination CreateSampleFindings CreateThreatIntelSet DeclineInvitations "
    "DeleteDetector DeleteFilter DeleteIPSet DeleteInvitations DeleteMembers DeletePublishingDestination "
    "DeleteThreatIntelSet DescribeMalwareScans DescribeOrganizationConfiguration "
    "DescribePublishingDestination DisableOrganizationAdminAccount DisassociateFromAdministratorAccount "
    "DisassociateFromMasterAccount DisassociateMembers EnableOrganizationAdminAccount GetAdministratorAccount "
    "GetDetector GetFilter GetFindings GetFindingsStatistics GetIPSet GetInvitationsCount "
    "GetMalwareScanSettings GetMasterAccount GetMemberDetectors GetMembers GetRemainingFreeTrialDays "
    "GetThreatIntelSet GetUsageStatistics InviteMembers ListDetectors ListFilters ListFindings ListIPSets "
    "ListInvitations ListMembers ListOrganizationAdminAccounts ListPublishingDestinations ListTagsForResource "
    "ListThreatIntelSets StartMonitoringMembers StopMonitoringMembers TagResource UnarchiveFindings "
    "UntagResource UpdateDetector UpdateFilter UpdateFindingsFeedback UpdateIPSet UpdateMalwareScanSettings "
    "UpdateMemberDetectors UpdateOrganizationConfiguration UpdatePublishingDestination UpdateThreatIntelSet")
EVENT_SERVICE("iam.amazonaws.com",
    "AddClientIDToOpenIDConnectProvider AddRoleToInstanceProfile AddUserToGroup AttachGroupPolicy "
    "AttachRolePolicy AttachUserPolicy ChangePassword CreateAccessKey CreateAccountAlias CreateGroup "
    "CreateInstanceProfile CreateLoginProfile CreateOpenIDConnectProvider CreatePolicy CreatePolicyVersion "
    "CreateRole CreateSAMLProvider CreateServiceLinkedRole CreateServiceSpecificCredential CreateUser "
    "CreateVirtualMFADevice DeactivateMFADevice DeleteAccessKey DeleteAccountAlias "
    "DeleteAccountPasswordPolicy DeleteGroup DeleteGroupPolicy DeleteInstanceProfile DeleteLoginProfile "
    "DeleteOpenIDConnectProvider DeletePolicy DeletePolicyVersion DeleteRole DeleteRolePermissionsBoundary "
    "DeleteRolePolicy DeleteSAMLProvider DeleteSSHPublicKey DeleteServerCertificate DeleteServiceLinkedRole "
    "DeleteServiceSpecificCredential DeleteSigningCertificate DeleteUser DeleteUserPermissionsBoundary "
    "DeleteUserPolicy DeleteVirtualMFADevice DetachGroupPolicy DetachRolePolicy DetachUserPolicy "
    "EnableMFADevice GenerateCredentialReport GenerateOrganizationsAccessReport "
    "GenerateServiceLastAccessedDetails GetAccessKeyLastUsed GetAccountAuthorizationDetails "
    "GetAccountPasswordPolicy GetAccountSummary GetContextKeysForCustomPolicy "
    "GetContextKeysForPrincipalPolicy GetCredentialReport GetGroup GetGroupPolicy GetInstanceProfile "
    "GetLoginProfile GetOpenIDConnectProvider GetOrganizationsAccessReport GetPolicy GetPolicyVersion GetRole "
    "GetRolePolicy GetSAMLProvider GetSSHPublicKey GetServerCertificate GetServiceLastAccessedDetails "
    "GetServiceLastAccessedDetailsWithEntities GetServiceLinkedRoleDeletionStatus GetUser GetUserPolicy "
    "ListAccessKeys ListAccountAliases ListAttachedGroupPolicies ListAttachedRolePolicies "
    "ListAttachedUserPolicies ListEntitiesForPolicy ListGroupPolicies ListGroups ListGroupsForUser "
    "ListInstanceProfileTags ListInstanceProfiles ListInstanceProfilesForRole ListMFADeviceTags "
    "ListMFADevices ListOpenIDConnectProviderTags ListOpenIDConnectProviders ListPolicies "
    "ListPoliciesGrantingServiceAccess ListPolicyTags ListPolicyVersions ListRolePolicies ListRoleTags "
    "ListRoles ListSAMLProviderTags ListSAMLProviders ListSSHPublicKeys ListServerCertificateTags "
    "ListServerCertificates ListServiceSpecificCredentials ListSigningCertificates ListUserPolicies "
    "ListUserTags ListUsers ListVirtualMFADevices PutGroupPolicy PutRolePermissionsBoundary PutRolePolicy "
    "PutUserPermissionsBoundary PutUserPolicy RemoveClientIDFromOpenIDConnectProvider "
    "RemoveRoleFromInstanceProfile RemoveUserFromGroup ResetServiceSpecificCredential ResyncMFADevice "
    "SetDefaultPolicyVersion SetSecurityTokenServicePreferences SimulateCustomPolicy SimulatePrincipalPolicy "
    "TagInstanceProfile TagMFADevice TagOpenIDConnectProvider TagPolicy TagRole TagSAMLProvider "
    "TagServerCertificate TagUser UntagInstanceProfile UntagMFADevice UntagOpenIDConnectProvider UntagPolicy "
    "UntagRole UntagSAMLProvider UntagServerCertificate UntagUser UpdateAccessKey UpdateAccountPasswordPolicy "
    "UpdateAssumeRolePolicy UpdateGroup UpdateLoginProfile UpdateOpenIDConnectProviderThumbprint UpdateRole "
    "UpdateRoleDescription UpdateSAMLProvider UpdateSSHPublicKey UpdateServerCertificate "
    "UpdateServiceSpecificCredential UpdateSigningCertificate UpdateUser UploadSSHPublicKey "
    "UploadServerCertificate UploadSigningCertificate")
EVENT_SERVICE("identitystore.amazonaws.com",
    "CreateGroup CreateGroupMembership CreateUser DeleteGroup DeleteGroupMembership DeleteUser DescribeGroup "
    "DescribeGroupMembership DescribeUser GetGroupId GetGroupMembershipId GetUserId IsMemberInGroups "
    "ListGroupMemberships ListGroupMembershipsForMember ListGroups ListUsers UpdateGroup UpdateUser")
EVENT_SERVICE("inspector2.amazonaws.com",
    "AssociateMember BatchGetAccountStatus BatchGetFreeTrialInfo CancelFindingsReport CreateFilter "
    "CreateFindingsReport DeleteFilter DescribeOrganizationConfiguration Disable DisableDelegatedAdminAccount "
    "DisassociateMember Enable EnableDelegatedAdminAccount GetConfiguration GetDelegatedAdminAccount "
    "GetFindingsReportStatus GetMember ListAccountPermissions ListCoverage ListCoverageStatistics "
    "ListDelegatedAdminAccounts ListFilters ListFindingAggregations ListFindings ListMembers "
    "ListTagsForResource ListUsageTotals TagResource UntagResource UpdateConfiguration UpdateFilter "
    "UpdateOrganizationConfiguration")
EVENT_SERVICE("kms.amazonaws.com",
    "CancelKeyDeletion ConnectCustomKeyStore CreateAlias CreateCustomKeyStore CreateGrant CreateKey Decrypt "
    "DeleteAlias DeleteCustomKeyStore DeleteImportedKeyMaterial DescribeCustomKeyStores DescribeKey "
    "DisableKey DisableKeyRotation DisconnectCustomKeyStore EnableKey EnableKeyRotation Encrypt "
    "GenerateDataKey GenerateDataKeyPair GenerateDataKeyPairWithoutPlaintext GenerateDataKeyWithoutPlaintext "
    "GenerateMac GenerateRandom GetKeyPolicy GetKeyRotationStatus GetParametersForImport GetPublicKey "
    "ImportKeyMaterial ListAliases ListGrants ListKeyPolicies ListKeys ListResourceTags ListRetirableGrants "
    "PutKeyPolicy ReEncrypt ReplicateKey RetireGrant RevokeGrant ScheduleKeyDeletion Sign TagResource "
    "UntagResource UpdateAlias UpdateCustomKeyStore UpdateKeyDescription UpdatePrimaryRegion Verify VerifyMac")
EVENT_SERVICE("lambda.amazonaws.com",
    "AddLayerVersionPermission AddPermission CreateAlias CreateCodeSigningConfig CreateEventSourceMapping "
    "CreateFunction CreateFunctionUrlConfig DeleteAlias DeleteCodeSigningConfig DeleteEventSourceMapping "
    "DeleteFunction DeleteFunctionCodeSigningConfig DeleteFunctionConcurrency DeleteFunctionEventInvokeConfig "
    "DeleteFunctionUrlConfig DeleteLayerVersion DeleteProvisionedConcurrencyConfig GetAccountSettings "
    "GetAlias GetCodeSigningConfig GetEventSourceMapping GetFunction GetFunctionCodeSigningConfig "
    "GetFunctionConcurrency GetFunctionConfiguration GetFunctionEventInvokeConfig GetFunctionUrlConfig "
    "GetLayerVersion GetLayerVersionByArn GetLayerVersionPolicy GetPolicy GetProvisionedConcurrencyConfig "
    "Invoke InvokeAsync ListAliases ListCodeSigningConfigs ListEventSourceMappings "
    "ListFunctionEventInvokeConfigs ListFunctionUrlConfigs ListFunctions ListFunctionsByCodeSigningConfig "
    "ListLayerVersions ListLayers ListProvisionedConcurrencyConfigs ListTags ListVersionsByFunction "
    "PublishLayerVersion PublishVersion PutFunctionCodeSigningConfig PutFunctionConcurrency "
    "PutFunctionEventInvokeConfig PutProvisionedConcurrencyConfig RemoveLayerVersionPermission "
    "RemovePermission TagResource UntagResource UpdateAlias UpdateCodeSigningConfig UpdateEventSourceMapping "
    "UpdateFunctionCode UpdateFunctionConfiguration UpdateFunctionEventInvokeConfig UpdateFunctionUrlConfig")
EVENT_SERVICE("logs.amazonaws.com",
    "AssociateKmsKey CancelExportTask CreateExportTask CreateLogGroup CreateLogStream "
    "DeleteDataProtectionPolicy DeleteDestination DeleteLogGroup DeleteLogStream DeleteMetricFilter "
    "DeleteQueryDefinition DeleteResourcePolicy DeleteRetentionPolicy DeleteSubscriptionFilter "
    "DescribeDestinations DescribeExportTasks DescribeLogGroups DescribeLogStreams DescribeMetricFilters "
    "DescribeQueries DescribeQueryDefinitions DescribeResourcePolicies DescribeSubscriptionFilters "
    "DisassociateKmsKey FilterLogEvents GetDataProtectionPolicy GetLogEvents GetLogGroupFields GetLogRecord "
    "GetQueryResults ListTagsForResource ListTagsLogGroup PutDataProtectionPolicy PutDestination "
    "PutDestinationPolicy PutLogEvents PutMetricFilter PutQueryDefinition PutResourcePolicy "
    "PutRetentionPolicy PutSubscriptionFilter StartQuery StopQuery TagLogGroup TagResource TestMetricFilter "
    "UntagLogGroup UntagResource")
EVENT_SERVICE("macie2.amazonaws.com",
    "AcceptInvitation BatchGetCustomDataIdentifiers CreateAllowList CreateClassificationJob "
    "CreateCustomDataIdentifier CreateFindingsFilter CreateInvitations CreateMember CreateSampleFindings "
    "DeclineInvitations DeleteAllowList DeleteCustomDataIdentifier DeleteFindingsFilter DeleteInvitations "
    "DeleteMember DescribeBuckets DescribeClassificationJob DescribeOrganizationConfiguration DisableMacie "
    "DisableOrganizationAdminAccount DisassociateFromAdministratorAccount DisassociateFromMasterAccount "
    "DisassociateMember EnableMacie EnableOrganizationAdminAccount GetAdministratorAccount GetAllowList "
    "GetAutomatedDiscoveryConfiguration GetBucketStatistics GetClassificationExportConfiguration "
    "GetClassificationScope GetCustomDataIdentifier GetFindingStatistics GetFindings GetFindingsFilter "
    "GetFindingsPublicationConfiguration GetInvitationsCount GetMacieSession GetMasterAccount GetMember "
    "GetResourceProfile GetRevealConfiguration GetSensitiveDataOccurrences "
    "GetSensitiveDataOccurrencesAvailability GetSensitivityInspectionTemplate GetUsageStatistics "
    "GetUsageTotals ListAllowLists ListClassificationJobs ListClassificationScopes ListCustomDataIdentifiers "
    "ListFindings ListFindingsFilters ListInvitations ListManagedDataIdentifiers ListMembers "
    "ListOrganizationAdminAccounts ListResourceProfileArtifacts ListResourceProfileDetections "
    "ListSensitivityInspectionTemplates ListTagsForResource PutClassificationExportConfiguration "
    "PutFindingsPublicationConfiguration SearchResources TagResource TestCustomDataIdentifier UntagResource "
    "UpdateAllowList UpdateAutomatedDiscoveryConfiguration UpdateClassificationJob UpdateClassificationScope "
    "UpdateFindingsFilter UpdateMacieSession UpdateMemberSession UpdateOrganizationConfiguration "
    "UpdateResourceProfile UpdateResourceProfileDetections UpdateRevealConfiguration "
    "UpdateSensitivityInspectionTemplate")
EVENT_SERVICE("organizations.amazonaws.com",
    "AcceptHandshake AttachPolicy CancelHandshake CloseAccount CreateAccount CreateGovCloudAccount "
    "CreateOrganization CreateOrganizationalUnit CreatePolicy DeclineHandshake DeleteOrganization "
    "DeleteOrganizationalUnit DeletePolicy DeleteResourcePolicy DeregisterDelegatedAdministrator "
    "DescribeAccount DescribeCreateAccountStatus DescribeEffectivePolicy DescribeHandshake "
    "DescribeOrganization DescribeOrganizationalUnit DescribePolicy DescribeResourcePolicy DetachPolicy "
    "DisableAWSServiceAccess DisablePolicyType EnableAWSServiceAccess EnableAllFeatures EnablePolicyType "
    "InviteAccountToOrganization LeaveOrganization ListAWSServiceAccessForOrganization ListAccounts "
    "ListAccountsForParent ListChildren ListCreateAccountStatus ListDelegatedAdministrators "
    "ListDelegatedServicesForAccount ListHandshakesForAccount ListHandshakesForOrganization "
    "ListOrganizationalUnitsForParent ListParents ListPolicies ListPoliciesForTarget ListRoots "
    "ListTagsForResource ListTargetsForPolicy MoveAccount PutResourcePolicy RegisterDelegatedAdministrator "
    "RemoveAccountFromOrganization TagResource UntagResource UpdateOrganizationalUnit UpdatePolicy")
EVENT_SERVICE("ram.amazonaws.com",
    "AcceptResourceShareInvitation AssociateResourceShare AssociateResourceSharePermission "
    "CreateResourceShare DeleteResourceShare DisassociateResourceShare DisassociateResourceSharePermission "
    "EnableSharingWithAwsOrganization GetPermission GetResourcePolicies GetResourceShareAssociations "
    "GetResourceShareInvitations GetResourceShares ListPendingInvitationResources ListPermissionVersions "
    "ListPermissions ListPrincipals ListResourceSharePermissions ListResourceTypes ListResources "
    "PromoteResourceShareCreatedFromPolicy RejectResourceShareInvitation TagResource UntagResource "
    "UpdateResourceShare")
EVENT_SERVICE("rds.amazonaws.com",
    "AddRoleToDBCluster AddRoleToDBInstance AddSourceIdentifierToSubscription AddTagsToResource "
    "ApplyPendingMaintenanceAction AuthorizeDBSecurityGroupIngress BacktrackDBCluster CancelExportTask "
    "CopyDBClusterParameterGroup CopyDBClusterSnapshot CopyDBParameterGroup CopyDBSnapshot CopyOptionGroup "
    "CreateBlueGreenDeployment CreateCustomDBEngineVersion CreateDBCluster CreateDBClusterEndpoint "
    "CreateDBClusterParameterGroup CreateDBClusterSnapshot CreateDBInstance CreateDBInstanceReadReplica "
    "CreateDBParameterGroup CreateDBProxy CreateDBProxyEndpoint CreateDBSecurityGroup CreateDBSnapshot "
    "CreateDBSubnetGroup CreateEventSubscription CreateGlobalCluster CreateOptionGroup "
    "DeleteBlueGreenDeployment DeleteCustomDBEngineVersion DeleteDBCluster DeleteDBClusterEndpoint "
    "DeleteDBClusterParameterGroup DeleteDBClusterSnapshot DeleteDBInstance DeleteDBInstanceAutomatedBackup "
    "DeleteDBParameterGroup DeleteDBProxy DeleteDBProxyEndpoint DeleteDBSecurityGroup DeleteDBSnapshot "
    "DeleteDBSubnetGroup DeleteEventSubscription DeleteGlobalCluster DeleteOptionGroup "
    "DeregisterDBProxyTargets DescribeAccountAttributes DescribeBlueGreenDeployments DescribeCertificates "
    "DescribeDBClusterBacktracks DescribeDBClusterEndpoints DescribeDBClusterParameterGroups "
    "DescribeDBClusterParameters DescribeDBClusterSnapshotAttributes DescribeDBClusterSnapshots "
    "DescribeDBClusters DescribeDBEngineVersions DescribeDBInstanceAutomatedBackups DescribeDBInstances "
    "DescribeDBLogFiles DescribeDBParameterGroups DescribeDBParameters DescribeDBProxies "
    "DescribeDBProxyEndpoints DescribeDBProxyTargetGroups DescribeDBProxyTargets DescribeDBSecurityGroups "
    "DescribeDBSnapshotAttributes DescribeDBSnapshots DescribeDBSubnetGroups "
    "DescribeEngineDefaultClusterParameters DescribeEngineDefaultParameters DescribeEventCategories "
    "DescribeEventSubscriptions DescribeEvents DescribeExportTasks DescribeGlobalClusters "
    "DescribeOptionGroupOptions DescribeOptionGroups DescribeOrderableDBInstanceOptions "
    "DescribePendingMaintenanceActions DescribeReservedDBInstances DescribeReservedDBInstancesOfferings "
    "DescribeSourceRegions DescribeValidDBInstanceModifications DownloadDBLogFilePortion FailoverDBCluster "
    "FailoverGlobalCluster ListTagsForResource ModifyActivityStream ModifyCertificates "
    "ModifyCurrentDBClusterCapacity ModifyCustomDBEngineVersion ModifyDBCluster ModifyDBClusterEndpoint "
    "ModifyDBClusterParameterGroup ModifyDBClusterSnapshotAttribute ModifyDBInstance ModifyDBParameterGroup "
    "ModifyDBProxy ModifyDBProxyEndpoint ModifyDBProxyTargetGroup ModifyDBSnapshot ModifyDBSnapshotAttribute "
    "ModifyDBSubnetGroup ModifyEventSubscription ModifyGlobalCluster ModifyOptionGroup PromoteReadReplica "
    "PromoteReadReplicaDBCluster PurchaseReservedDBInstancesOffering RebootDBCluster RebootDBInstance "
    "RegisterDBProxyTargets RemoveFromGlobalCluster RemoveRoleFromDBCluster RemoveRoleFromDBInstance "
    "RemoveSourceIdentifierFromSubscription RemoveTagsFromResource ResetDBClusterParameterGroup "
    "ResetDBParameterGroup RestoreDBClusterFromS3 RestoreDBClusterFromSnapshot RestoreDBClusterToPointInTime "
    "RestoreDBInstanceFromDBSnapshot RestoreDBInstanceFromS3 RestoreDBInstanceToPointInTime "
    "RevokeDBSecurityGroupIngress StartActivityStream StartDBCluster StartDBInstance "
    "StartDBInstanceAutomatedBackupsReplication StartExportTask StopActivityStream StopDBCluster "
    "StopDBInstance StopDBInstanceAutomatedBackupsReplication SwitchoverBlueGreenDeployment "
    "SwitchoverReadReplica")
EVENT_SERVICE("route53.amazonaws.com",
    "ActivateKeySigningKey AssociateVPCWithHostedZone ChangeCidrCollection ChangeResourceRecordSets "
    "ChangeTagsForResource CreateCidrCollection CreateHealthCheck CreateHostedZone CreateKeySigningKey "
    "CreateQueryLoggingConfig CreateReusableDelegationSet CreateTrafficPolicy CreateTrafficPolicyInstance "
    "CreateTrafficPolicyVersion CreateVPCAssociationAuthorization DeactivateKeySigningKey "
    "DeleteCidrCollection DeleteHealthCheck DeleteHostedZone DeleteKeySigningKey DeleteQueryLoggingConfig "
    "DeleteReusableDelegationSet DeleteTrafficPolicy DeleteTrafficPolicyInstance "
    "DeleteVPCAssociationAuthorization DisableHostedZoneDNSSEC DisassociateVPCFromHostedZone "
    "EnableHostedZoneDNSSEC GetAccountLimit GetChange GetCheckerIpRanges GetDNSSEC GetGeoLocation "
    "GetHealthCheck GetHealthCheckCount GetHealthCheckLastFailureReason GetHealthCheckStatus GetHostedZone "
    "GetHostedZoneCount GetHostedZoneLimit GetQueryLoggingConfig GetReusableDelegationSet "
    "GetReusableDelegationSetLimit GetTrafficPolicy GetTrafficPolicyInstance GetTrafficPolicyInstanceCount "
    "ListCidrBlocks ListCidrCollections ListCidrLocations ListGeoLocations ListHealthChecks ListHostedZones "
    "ListHostedZonesByName ListHostedZonesByVPC ListQueryLoggingConfigs ListResourceRecordSets "
    "ListReusableDelegationSets ListTagsForResource ListTagsForResources ListTrafficPolicies "
    "ListTrafficPolicyInstances ListTrafficPolicyInstancesByHostedZone ListTrafficPolicyInstancesByPolicy "
    "ListTrafficPolicyVersions ListVPCAssociationAuthorizations TestDNSAnswer UpdateHealthCheck "
    "UpdateHostedZoneComment UpdateTrafficPolicyComment UpdateTrafficPolicyInstance")
EVENT_SERVICE("s3.amazonaws.com",
    "AbortMultipartUpload CompleteMultipartUpload CopyObject CreateBucket CreateMultipartUpload DeleteBucket "
    "DeleteBucketAnalyticsConfiguration DeleteBucketCors DeleteBucketEncryption "
    "DeleteBucketIntelligentTieringConfiguration DeleteBucketInventoryConfiguration DeleteBucketLifecycle "
    "DeleteBucketMetricsConfiguration DeleteBucketOwnershipControls DeleteBucketPolicy "
    "DeleteBucketReplication DeleteBucketTagging DeleteBucketWebsite DeleteObject DeleteObjectTagging "
    "DeleteObjects DeletePublicAccessBlock GetBucketAccelerateConfiguration GetBucketAcl "
    "GetBucketAnalyticsConfiguration GetBucketCors GetBucketEncryption "
    "GetBucketIntelligentTieringConfiguration GetBucketInventoryConfiguration GetBucketLifecycle "
    "GetBucketLifecycleConfiguration GetBucketLocation GetBucketLogging GetBucketMetricsConfiguration "
    "GetBucketNotification GetBucketNotificationConfiguration GetBucketOwnershipControls GetBucketPolicy "
    "GetBucketPolicyStatus GetBucketReplication GetBucketRequestPayment GetBucketTagging GetBucketVersioning "
    "GetBucketWebsite GetObject GetObjectAcl GetObjectAttributes GetObjectLegalHold "
    "GetObjectLockConfiguration GetObjectRetention GetObjectTagging GetObjectTorrent GetPublicAccessBlock "
    "HeadBucket HeadObject ListBucketAnalyticsConfigurations ListBucketIntelligentTieringConfigurations "
    "ListBucketInventoryConfigurations ListBucketMetricsConfigurations ListBuckets ListMultipartUploads "
    "ListObjectVersions ListObjects ListObjectsV2 ListParts PutBucketAccelerateConfiguration PutBucketAcl "
    "PutBucketAnalyticsConfiguration PutBucketCors PutBucketEncryption "
    "PutBucketIntelligentTieringConfiguration PutBucketInventoryConfiguration PutBucketLifecycle "
    "PutBucketLifecycleConfiguration PutBucketLogging PutBucketMetricsConfiguration PutBucketNotification "
    "PutBucketNotificationConfiguration PutBucketOwnershipControls PutBucketPolicy PutBucketReplication "
    "PutBucketRequestPayment PutBucketTagging PutBucketVersioning PutBucketWebsite PutObject PutObjectAcl "
    "PutObjectLegalHold PutObjectLockConfiguration PutObjectRetention PutObjectTagging PutPublicAccessBlock "
    "RestoreObject SelectObjectContent UploadPart UploadPartCopy WriteGetObjectResponse")
EVENT_SERVICE("secretsmanager.amazonaws.com",
    "CancelRotateSecret CreateSecret DeleteResourcePolicy DeleteSecret DescribeSecret GetRandomPassword "
    "GetResourcePolicy GetSecretValue ListSecretVersionIds ListSecrets PutResourcePolicy PutSecretValue "
    "RemoveRegionsFromReplication ReplicateSecretToRegions RestoreSecret RotateSecret "
    "StopReplicationToReplica TagResource UntagResource UpdateSecret UpdateSecretVersionStage "
    "ValidateResourcePolicy")
EVENT_SERVICE("securityhub.amazonaws.com",
    "AcceptAdministratorInvitation AcceptInvitation BatchDisableStandards BatchEnableStandards "
    "BatchImportFindings BatchUpdateFindings CreateActionTarget CreateFindingAggregator CreateInsight "
    "CreateMembers DeclineInvitations DeleteActionTarget DeleteFindingAggregator DeleteInsight "
    "DeleteInvitations DeleteMembers DescribeActionTargets DescribeHub DescribeOrganizationConfiguration "
    "DescribeProducts DescribeStandards DescribeStandardsControls DisableImportFindingsForProduct "
    "DisableOrganizationAdminAccount DisableSecurityHub DisassociateFromAdministratorAccount "
    "DisassociateFromMasterAccount DisassociateMembers EnableImportFindingsForProduct "
    "EnableOrganizationAdminAccount EnableSecurityHub GetAdministratorAccount GetEnabledStandards "
    "GetFindingAggregator GetFindings GetInsightResults GetInsights GetInvitationsCount GetMasterAccount "
    "GetMembers InviteMembers ListEnabledProductsForImport ListFindingAggregators ListInvitations ListMembers "
    "ListOrganizationAdminAccounts ListTagsForResource TagResource UntagResource UpdateActionTarget "
    "UpdateFindingAggregator UpdateFindings UpdateInsight UpdateOrganizationConfiguration "
    "UpdateSecurityHubConfiguration UpdateStandardsControl")
EVENT_SERVICE("signin.amazonaws.com",
    "CheckMfa ConsoleLogin CredentialChallenge CredentialVerification ExitRole GetSigninToken "
    "PasswordRecoveryCompleted PasswordRecoveryRequested RenewRole SwitchRole UserAuthentication")
EVENT_SERVICE("sns.amazonaws.com",
    "AddPermission CheckIfPhoneNumberIsOptedOut ConfirmSubscription CreatePlatformApplication "
    "CreatePlatformEndpoint CreateSMSSandboxPhoneNumber CreateTopic DeleteEndpoint DeletePlatformApplication "
    "DeleteSMSSandboxPhoneNumber DeleteTopic GetDataProtectionPolicy GetEndpointAttributes "
    "GetPlatformApplicationAttributes GetSMSAttributes GetSMSSandboxAccountStatus GetSubscriptionAttributes "
    "GetTopicAttributes ListEndpointsByPlatformApplication ListOriginationNumbers ListPhoneNumbersOptedOut "
    "ListPlatformApplications ListSMSSandboxPhoneNumbers ListSubscriptions ListSubscriptionsByTopic "
    "ListTagsForResource ListTopics OptInPhoneNumber Publish PublishBatch PutDataProtectionPolicy "
    "RemovePermission SetEndpointAttributes SetPlatformApplicationAttributes SetSMSAttributes "
    "SetSubscriptionAttributes SetTopicAttributes Subscribe TagResource Unsubscribe UntagResource "
    "VerifySMSSandboxPhoneNumber")
EVENT_SERVICE("sqs.amazonaws.com",
    "AddPermission ChangeMessageVisibility ChangeMessageVisibilityBatch CreateQueue DeleteMessage "
    "DeleteMessageBatch DeleteQueue GetQueueAttributes GetQueueUrl ListDeadLetterSourceQueues ListQueueTags "
    "ListQueues PurgeQueue ReceiveMessage RemovePermission SendMessage SendMessageBatch SetQueueAttributes "
    "TagQueue UntagQueue")
EVENT_SERVICE("ssm.amazonaws.com",
    "AddTagsToResource AssociateOpsItemRelatedItem CancelCommand CancelMaintenanceWindowExecution "
    "CreateActivation CreateAssociation CreateAssociationBatch CreateDocument CreateMaintenanceWindow "
    "CreateOpsItem CreateOpsMetadata CreatePatchBaseline CreateResourceDataSync DeleteActivation "
    "DeleteAssociation DeleteDocument DeleteInventory DeleteMaintenanceWindow DeleteOpsMetadata "
    "DeleteParameter DeleteParameters DeletePatchBaseline DeleteResourceDataSync DeleteResourcePolicy "
    "DeregisterManagedInstance DeregisterPatchBaselineForPatchGroup DeregisterTargetFromMaintenanceWindow "
    "DeregisterTaskFromMaintenanceWindow DescribeActivations DescribeAssociation "
    "DescribeAssociationExecutionTargets DescribeAssociationExecutions DescribeAutomationExecutions "
    "DescribeAutomationStepExecutions DescribeAvailablePatches DescribeDocument DescribeDocumentPermission "
    "DescribeEffectiveInstanceAssociations DescribeEffectivePatchesForPatchBaseline "
    "DescribeInstanceAssociationsStatus DescribeInstanceInformation DescribeInstancePatchStates "
    "DescribeInstancePatchStatesForPatchGroup DescribeInstancePatches DescribeInventoryDeletions "
    "DescribeMaintenanceWindowExecutionTaskInvocations DescribeMaintenanceWindowExecutionTasks "
    "DescribeMaintenanceWindowExecutions DescribeMaintenanceWindowSchedule DescribeMaintenanceWindowTargets "
    "DescribeMaintenanceWindowTasks DescribeMaintenanceWindows DescribeMaintenanceWindowsForTarget "
    "DescribeOpsItems DescribeParameters DescribePatchBaselines DescribePatchGroupState DescribePatchGroups "
    "DescribePatchProperties DescribeSessions DisassociateOpsItemRelatedItem GetAutomationExecution "
    "GetCalendarState GetCommandInvocation GetConnectionStatus GetDefaultPatchBaseline "
    "GetDeployablePatchSnapshotForInstance GetDocument GetInventory GetInventorySchema GetMaintenanceWindow "
    "GetMaintenanceWindowExecution GetMaintenanceWindowExecutionTask "
    "GetMaintenanceWindowExecutionTaskInvocation GetMaintenanceWindowTask GetOpsItem GetOpsMetadata "
    "GetOpsSummary GetParameter GetParameterHistory GetParameters GetParametersByPath GetPatchBaseline "
    "GetPatchBaselineForPatchGroup GetResourcePolicies GetServiceSetting LabelParameterVersion "
    "ListAssociationVersions ListAssociations ListCommandInvocations ListCommands ListComplianceItems "
    "ListComplianceSummaries ListDocumentMetadataHistory ListDocumentVersions ListDocuments "
    "ListInventoryEntries ListOpsItemEvents ListOpsItemRelatedItems ListOpsMetadata "
    "ListResourceComplianceSummaries ListResourceDataSync ListTagsForResource ModifyDocumentPermission "
    "PutComplianceItems PutInventory PutParameter PutResourcePolicy RegisterDefaultPatchBaseline "
    "RegisterPatchBaselineForPatchGroup RegisterTargetWithMaintenanceWindow RegisterTaskWithMaintenanceWindow "
    "RemoveTagsFromResource ResetServiceSetting ResumeSession SendAutomationSignal SendCommand "
    "StartAssociationsOnce StartAutomationExecution StartChangeRequestExecution StartSession "
    "StopAutomationExecution TerminateSession UnlabelParameterVersion UpdateAssociation "
    "UpdateAssociationStatus UpdateDocument UpdateDocumentDefaultVersion UpdateDocumentMetadata "
    "UpdateMaintenanceWindow UpdateMaintenanceWindowTarget UpdateMaintenanceWindowTask "
    "UpdateManagedInstanceRole UpdateOpsItem UpdateOpsMetadata UpdatePatchBaseline UpdateResourceDataSync "
    "UpdateServiceSetting")
EVENT_SERVICE("sso.amazonaws.com",
    "AttachCustomerManagedPolicyReferenceToPermissionSet AttachManagedPolicyToPermissionSet Authenticate "
    "CreateAccountAssignment CreateInstanceAccessControlAttributeConfiguration CreatePermissionSet "
    "DeleteAccountAssignment DeleteInlinePolicyFromPermissionSet "
    "DeleteInstanceAccessControlAttributeConfiguration DeletePermissionSet "
    "DeletePermissionsBoundaryFromPermissionSet DescribeAccountAssignmentCreationStatus "
    "DescribeAccountAssignmentDeletionStatus DescribeInstanceAccessControlAttributeConfiguration "
    "DescribePermissionSet DescribePermissionSetProvisioningStatus "
    "DetachCustomerManagedPolicyReferenceFromPermissionSet DetachManagedPolicyFromPermissionSet Federate "
    "GetInlinePolicyForPermissionSet GetPermissionsBoundaryForPermissionSet GetRoleCredentials "
    "ListAccountAssignmentCreationStatus ListAccountAssignmentDeletionStatus ListAccountAssignments "
    "ListAccountRoles ListAccounts ListAccountsForProvisionedPermissionSet ListApplications "
    "ListCustomerManagedPolicyReferencesInPermissionSet ListInstances ListManagedPoliciesInPermissionSet "
    "ListPermissionSetProvisioningStatus ListPermissionSets ListPermissionSetsProvisionedToAccount "
    "ListProfilesForApplication ListTagsForResource Logout ProvisionPermissionSet "
    "PutInlinePolicyToPermissionSet PutPermissionsBoundaryToPermissionSet TagResource UntagResource "
    "UpdateInstanceAccessControlAttributeConfiguration UpdatePermissionSet")
EVENT_SERVICE("sts.amazonaws.com",
    "AssumeRole AssumeRoleWithSAML AssumeRoleWithWebIdentity DecodeAuthorizationMessage GetAccessKeyInfo "
    "GetCallerIdentity GetFederationToken GetSessionToken")
EVENT_SERVICE("wafv2.amazonaws.com",
    "AssociateWebACL CheckCapacity CreateIPSet CreateRegexPatternSet CreateRuleGroup CreateWebACL "
    "DeleteFirewallManagerRuleGroups DeleteIPSet DeleteLoggingConfiguration DeletePermissionPolicy "
    "DeleteRegexPatternSet DeleteRuleGroup DeleteWebACL DescribeManagedRuleGroup DisassociateWebACL "
    "GenerateMobileSdkReleaseUrl GetIPSet GetLoggingConfiguration GetManagedRuleSet GetMobileSdkRelease "
    "GetPermissionPolicy GetRateBasedStatementManagedKeys GetRegexPatternSet GetRuleGroup GetSampledRequests "
    "GetWebACL GetWebACLForResource ListAvailableManagedRuleGroupVersions ListAvailableManagedRuleGroups "
    "ListIPSets ListLoggingConfigurations ListManagedRuleSets ListMobileSdkReleases ListRegexPatternSets "
    "ListResourcesForWebACL ListRuleGroups ListTagsForResource ListWebACLs PutLoggingConfiguration "
    "PutManagedRuleSetVersions PutPermissionPolicy TagResource UntagResource UpdateIPSet "
    "UpdateManagedRuleSetVersionExpiryDate UpdateRegexPatternSet UpdateRuleGroup UpdateWebACL")
EVENT_SOURCE("AWSMobileHubService.amazonaws.com")
EVENT_SOURCE("IoTSecuredTunneling.amazonaws.com")
EVENT_SOURCE("a4b.amazonaws.com")
EVENT_SOURCE("acm.amazonaws.com")
EVENT_SOURCE("acm-pca.amazonaws.com")
EVENT_SOURCE("airflow.amazonaws.com")
EVENT_SOURCE("amplify.amazonaws.com")
EVENT_SOURCE("amplifybackend.amazonaws.com")
EVENT_SOURCE("amplifyuibuilder.amazonaws.com")
EVENT_SOURCE("aoss.amazonaws.com")
EVENT_SOURCE("apigateway.amazonaws.com")
EVENT_SOURCE("app-integrations.amazonaws.com")
EVENT_SOURCE("appconfig.amazonaws.com")
EVENT_SOURCE("appconfigdata.amazonaws.com")
EVENT_SOURCE("appflow.amazonaws.com")
EVENT_SOURCE("application-autoscaling.amazonaws.com")
EVENT_SOURCE("application-cost-profiler.amazonaws.com")
EVENT_SOURCE("applicationinsights.amazonaws.com")
EVENT_SOURCE("appmesh.amazonaws.com")
EVENT_SOURCE("apprunner.amazonaws.com")
EVENT_SOURCE("appstream.amazonaws.com")
EVENT_SOURCE("appstream2.amazonaws.com")
EVENT_SOURCE("appsync.amazonaws.com")
EVENT_SOURCE("aps.amazonaws.com")
EVENT_SOURCE("arc-zonal-shift.amazonaws.com")
EVENT_SOURCE("athena.amazonaws.com")
EVENT_SOURCE("auditmanager.amazonaws.com")
EVENT_SOURCE("autoscaling.amazonaws.com")
EVENT_SOURCE("autoscaling-plans.amazonaws.com")
EVENT_SOURCE("aws-marketplace.amazonaws.com")
EVENT_SOURCE("awsssooidc.amazonaws.com")
EVENT_SOURCE("awsssoportal.amazonaws.com")
EVENT_SOURCE("backup-gateway.amazonaws.com")
EVENT_SOURCE("backup-storage.amazonaws.com")
EVENT_SOURCE("backupstorage.amazonaws.com")
EVENT_SOURCE("batch.amazonaws.com")
EVENT_SOURCE("bedrock.amazonaws.com")
EVENT_SOURCE("bedrock-agent.amazonaws.com")
EVENT_SOURCE("billingconductor.amazonaws.com")
EVENT_SOURCE("braket.amazonaws.com")
EVENT_SOURCE("budgets.amazonaws.com")
EVENT_SOURCE("cases.amazonaws.com")
EVENT_SOURCE("cassandra.amazonaws.com")
EVENT_SOURCE("ce.amazonaws.com")
EVENT_SOURCE("chime.amazonaws.com")
EVENT_SOURCE("cloud9.amazonaws.com")
EVENT_SOURCE("cloudcontrolapi.amazonaws.com")
EVENT_SOURCE("clouddirectory.amazonaws.com")
EVENT_SOURCE("cloudfront.amazonaws.com")
EVENT_SOURCE("cloudhsm.amazonaws.com")
EVENT_SOURCE("cloudhsmv2.amazonaws.com")
EVENT_SOURCE("cloudsearch.amazonaws.com")
EVENT_SOURCE("cloudsearchdomain.amazonaws.com")
EVENT_SOURCE("codeartifact.amazonaws.com")
EVENT_SOURCE("codecatalyst.amazonaws.com")
EVENT_SOURCE("codecommit.amazonaws.com")
EVENT_SOURCE("codedeploy.amazonaws.com")
EVENT_SOURCE("codeguru-profiler.amazonaws.com")
EVENT_SOURCE("codeguru-reviewer.amazonaws.com")
EVENT_SOURCE("codepipeline.amazonaws.com")
EVENT_SOURCE("codestar.amazonaws.com")
EVENT_SOURCE("codestar-connections.amazonaws.com")
EVENT_SOURCE("codestar-notifications.amazonaws.com")
EVENT_SOURCE("cognito-identity.amazonaws.com")
EVENT_SOURCE("cognito-idp.amazonaws.com")
EVENT_SOURCE("cognito-sync.amazonaws.com")
EVENT_SOURCE("comprehend.amazonaws.com")
EVENT_SOURCE("comprehendmedical.amazonaws.com")
EVENT_SOURCE("compute-optimizer.amazonaws.com")
EVENT_SOURCE("connect.amazonaws.com")
EVENT_SOURCE("connect-campaigns.amazonaws.com")
EVENT_SOURCE("console.amazonaws.com")
EVENT_SOURCE("contact-lens.amazonaws.com")
EVENT_SOURCE("controltower.amazonaws.com")
EVENT_SOURCE("cur.amazonaws.com")
EVENT_SOURCE("databrew.amazonaws.com")
EVENT_SOURCE("dataexchange.amazonaws.com")
EVENT_SOURCE("datapipeline.amazonaws.com")
EVENT_SOURCE("datasync.amazonaws.com")
EVENT_SOURCE("dax.amazonaws.com")
EVENT_SOURCE("detective.amazonaws.com")
EVENT_SOURCE("devicefarm.amazonaws.com")
EVENT_SOURCE("devops-guru.amazonaws.com")
EVENT_SOURCE("directconnect.amazonaws.com")
EVENT_SOURCE("discovery.amazonaws.com")
EVENT_SOURCE("dlm.amazonaws.com")
EVENT_SOURCE("dms.amazonaws.com")
EVENT_SOURCE("docdb-elastic.amazonaws.com")
EVENT_SOURCE("drs.amazonaws.com")
EVENT_SOURCE("ds.amazonaws.com")
EVENT_SOURCE("ebs.amazonaws.com")
EVENT_SOURCE("ec2-instance-connect.amazonaws.com")
EVENT_SOURCE("ecr-public.amazonaws.com")
EVENT_SOURCE("elastic-inference.amazonaws.com")
EVENT_SOURCE("elasticache.amazonaws.com")
EVENT_SOURCE("elasticbeanstalk.amazonaws.com")
EVENT_SOURCE("elasticloadbalancing.amazonaws.com")
EVENT_SOURCE("elasticmapreduce.amazonaws.com")
EVENT_SOURCE("elastictranscoder.amazonaws.com")
EVENT_SOURCE("email.amazonaws.com")
EVENT_SOURCE("emr-containers.amazonaws.com")
EVENT_SOURCE("emr-serverless.amazonaws.com")
EVENT_SOURCE("es.amazonaws.com")
EVENT_SOURCE("evidently.amazonaws.com")
EVENT_SOURCE("execute-api.amazonaws.com")
EVENT_SOURCE("finspace.amazonaws.com")
EVENT_SOURCE("finspace-api.amazonaws.com")
EVENT_SOURCE("firehose.amazonaws.com")
EVENT_SOURCE("fis.amazonaws.com")
EVENT_SOURCE("fms.amazonaws.com")
EVENT_SOURCE("forecast.amazonaws.com")
EVENT_SOURCE("forecastquery.amazonaws.com")
EVENT_SOURCE("frauddetector.amazonaws.com")
EVENT_SOURCE("fsx.amazonaws.com")
EVENT_SOURCE("gamelift.amazonaws.com")
EVENT_SOURCE("gamesparks.amazonaws.com")
EVENT_SOURCE("geo.amazonaws.com")
EVENT_SOURCE("glacier.amazonaws.com")
EVENT_SOURCE("globalaccelerator.amazonaws.com")
EVENT_SOURCE("glue.amazonaws.com")
EVENT_SOURCE("grafana.amazonaws.com")
EVENT_SOURCE("greengrass.amazonaws.com")
EVENT_SOURCE("groundstation.amazonaws.com")
EVENT_SOURCE("health.amazonaws.com")
EVENT_SOURCE("healthlake.amazonaws.com")
EVENT_SOURCE("honeycode.amazonaws.com")
EVENT_SOURCE("identity-chime.amazonaws.com")
EVENT_SOURCE("imagebuilder.amazonaws.com")
EVENT_SOURCE("importexport.amazonaws.com")
EVENT_SOURCE("inspector.amazonaws.com")
EVENT_SOURCE("iot.amazonaws.com")
EVENT_SOURCE("iot-jobs-data.amazonaws.com")
EVENT_SOURCE("iot1click.amazonaws.com")
EVENT_SOURCE("iotanalytics.amazonaws.com")
EVENT_SOURCE("iotdata.amazonaws.com")
EVENT_SOURCE("iotdeviceadvisor.amazonaws.com")
EVENT_SOURCE("iotevents.amazonaws.com")
EVENT_SOURCE("ioteventsdata.amazonaws.com")
EVENT_SOURCE("iotfleethub.amazonaws.com")
EVENT_SOURCE("iotfleetwise.amazonaws.com")
EVENT_SOURCE("iotroborunner.amazonaws.com")
EVENT_SOURCE("iotsitewise.amazonaws.com")
EVENT_SOURCE("iotthingsgraph.amazonaws.com")
EVENT_SOURCE("iottwinmaker.amazonaws.com")
EVENT_SOURCE("iotwireless.amazonaws.com")
EVENT_SOURCE("ivs.amazonaws.com")
EVENT_SOURCE("ivschat.amazonaws.com")
EVENT_SOURCE("kafka.amazonaws.com")
EVENT_SOURCE("kafkaconnect.amazonaws.com")
EVENT_SOURCE("kendra.amazonaws.com")
EVENT_SOURCE("kendra-ranking.amazonaws.com")
EVENT_SOURCE("kinesis.amazonaws.com")
EVENT_SOURCE("kinesisanalytics.amazonaws.com")
EVENT_SOURCE("kinesisvideo.amazonaws.com")
EVENT_SOURCE("lakeformation.amazonaws.com")
EVENT_SOURCE("lex.amazonaws.com")
EVENT_SOURCE("license-manager.amazonaws.com")
EVENT_SOURCE("license-manager-user-subscriptions.amazonaws.com")
EVENT_SOURCE("lightsail.amazonaws.com")
EVENT_SOURCE("lookoutequipment.amazonaws.com")
EVENT_SOURCE("lookoutmetrics.amazonaws.com")
EVENT_SOURCE("lookoutvision.amazonaws.com")
EVENT_SOURCE("m2.amazonaws.com")
EVENT_SOURCE("machinelearning.amazonaws.com")
EVENT_SOURCE("macie.amazonaws.com")
EVENT_SOURCE("managedblockchain.amazonaws.com")
EVENT_SOURCE("marketplacecommerceanalytics.amazonaws.com")
EVENT_SOURCE("media-pipelines-chime.amazonaws.com")
EVENT_SOURCE("mediaconnect.amazonaws.com")
EVENT_SOURCE("mediaconvert.amazonaws.com")
EVENT_SOURCE("medialive.amazonaws.com")
EVENT_SOURCE("mediapackage.amazonaws.com")
EVENT_SOURCE("mediapackage-vod.amazonaws.com")
EVENT_SOURCE("mediastore.amazonaws.com")
EVENT_SOURCE("mediatailor.amazonaws.com")
EVENT_SOURCE("meetings-chime.amazonaws.com")
EVENT_SOURCE("memory-db.amazonaws.com")
EVENT_SOURCE("memorydb.amazonaws.com")
EVENT_SOURCE("messaging-chime.amazonaws.com")
EVENT_SOURCE("mgh.amazonaws.com")
EVENT_SOURCE("mgn.amazonaws.com")
EVENT_SOURCE("migrationhub-config.amazonaws.com")
EVENT_SOURCE("migrationhub-orchestrator.amazonaws.com")
EVENT_SOURCE("migrationhub-strategy.amazonaws.com")
EVENT_SOURCE("mobile.amazonaws.com")
EVENT_SOURCE("mobiletargeting.amazonaws.com")
EVENT_SOURCE("models-v2-lex.amazonaws.com")
EVENT_SOURCE("monitoring.amazonaws.com")
EVENT_SOURCE("mq.amazonaws.com")
EVENT_SOURCE("mturk-requester.amazonaws.com")
EVENT_SOURCE("network-firewall.amazonaws.com")
EVENT_SOURCE("networkmanager.amazonaws.com")
EVENT_SOURCE("nimble.amazonaws.com")
EVENT_SOURCE("notifications.amazonaws.com")
EVENT_SOURCE("oam.amazonaws.com")
EVENT_SOURCE("oidc.amazonaws.com")
EVENT_SOURCE("omics.amazonaws.com")
EVENT_SOURCE("opsworks.amazonaws.com")
EVENT_SOURCE("opsworks-cm.amazonaws.com")
EVENT_SOURCE("outposts.amazonaws.com")
EVENT_SOURCE("panorama.amazonaws.com")
EVENT_SOURCE("personalize.amazonaws.com")
EVENT_SOURCE("personalize-events.amazonaws.com")
EVENT_SOURCE("personalize-runtime.amazonaws.com")
EVENT_SOURCE("pi.amazonaws.com")
EVENT_SOURCE("pinpoint.amazonaws.com")
EVENT_SOURCE("pipes.amazonaws.com")
EVENT_SOURCE("polly.amazonaws.com")
EVENT_SOURCE("pricing.amazonaws.com")
EVENT_SOURCE("private-networks.amazonaws.com")
EVENT_SOURCE("profile.amazonaws.com")
EVENT_SOURCE("proton.amazonaws.com")
EVENT_SOURCE("q.amazonaws.com")
EVENT_SOURCE("qbusiness.amazonaws.com")
EVENT_SOURCE("qldb.amazonaws.com")
EVENT_SOURCE("quicksight.amazonaws.com")
EVENT_SOURCE("rbin.amazonaws.com")
EVENT_SOURCE("rds-data.amazonaws.com")
EVENT_SOURCE("redshift.amazonaws.com")
EVENT_SOURCE("redshift-data.amazonaws.com")
EVENT_SOURCE("redshift-serverless.amazonaws.com")
EVENT_SOURCE("refactor-spaces.amazonaws.com")
EVENT_SOURCE("rekognition.amazonaws.com")
EVENT_SOURCE("resiliencehub.amazonaws.com")
EVENT_SOURCE("resource-explorer-2.amazonaws.com")
EVENT_SOURCE("resource-groups.amazonaws.com")
EVENT_SOURCE("robomaker.amazonaws.com")
EVENT_SOURCE("rolesanywhere.amazonaws.com")
EVENT_SOURCE("route53-recovery-cluster.amazonaws.com")
EVENT_SOURCE("route53-recovery-control-config.amazonaws.com")
EVENT_SOURCE("route53-recovery-readiness.amazonaws.com")
EVENT_SOURCE("route53domains.amazonaws.com")
EVENT_SOURCE("route53resolver.amazonaws.com")
EVENT_SOURCE("rum.amazonaws.com")
EVENT_SOURCE("runtime-v2-lex.amazonaws.com")
EVENT_SOURCE("s3-control.amazonaws.com")
EVENT_SOURCE("s3-outposts.amazonaws.com")
EVENT_SOURCE("sagemaker.amazonaws.com")
EVENT_SOURCE("sagemaker-geospatial.amazonaws.com")
EVENT_SOURCE("savingsplans.amazonaws.com")
EVENT_SOURCE("scheduler.amazonaws.com")
EVENT_SOURCE("schemas.amazonaws.com")
EVENT_SOURCE("sdb.amazonaws.com")
EVENT_SOURCE("securitylake.amazonaws.com")
EVENT_SOURCE("serverlessrepo.amazonaws.com")
EVENT_SOURCE("servicecatalog.amazonaws.com")
EVENT_SOURCE("servicecatalog-appregistry.amazonaws.com")
EVENT_SOURCE("servicediscovery.amazonaws.com")
EVENT_SOURCE("servicequotas.amazonaws.com")
EVENT_SOURCE("ses.amazonaws.com")
EVENT_SOURCE("shield.amazonaws.com")
EVENT_SOURCE("signer.amazonaws.com")
EVENT_SOURCE("simspaceweaver.amazonaws.com")
EVENT_SOURCE("sms.amazonaws.com")
EVENT_SOURCE("sms-voice.amazonaws.com")
EVENT_SOURCE("snow-device-management.amazonaws.com")
EVENT_SOURCE("snowball.amazonaws.com")
EVENT_SOURCE("ssm-contacts.amazonaws.com")
EVENT_SOURCE("ssm-incidents.amazonaws.com")
EVENT_SOURCE("ssm-sap.amazonaws.com")
EVENT_SOURCE("sso-directory.amazonaws.com")
EVENT_SOURCE("sso-oauth.amazonaws.com")
EVENT_SOURCE("states.amazonaws.com")
EVENT_SOURCE("storagegateway.amazonaws.com")
EVENT_SOURCE("support.amazonaws.com")
EVENT_SOURCE("supportapp.amazonaws.com")
EVENT_SOURCE("swf.amazonaws.com")
EVENT_SOURCE("synthetics.amazonaws.com")
EVENT_SOURCE("tagging.amazonaws.com")
EVENT_SOURCE("textract.amazonaws.com")
EVENT_SOURCE("timestream.amazonaws.com")
EVENT_SOURCE("transcribe.amazonaws.com")
EVENT_SOURCE("transfer.amazonaws.com")
EVENT_SOURCE("translate.amazonaws.com")
EVENT_SOURCE("trustedadvisor.amazonaws.com")
EVENT_SOURCE("voice-chime.amazonaws.com")
EVENT_SOURCE("voiceid.amazonaws.com")
EVENT_SOURCE("waf.amazonaws.com")
EVENT_SOURCE("waf-regional.amazonaws.com")
EVENT_SOURCE("wellarchitected.amazonaws.com")
EVENT_SOURCE("wisdom.amazonaws.com")
EVENT_SOURCE("workdocs.amazonaws.com")
EVENT_SOURCE("worklink.amazonaws.com")
EVENT_SOURCE("workmail.amazonaws.com")
EVENT_SOURCE("workmailmessageflow.amazonaws.com")
EVENT_SOURCE("workspaces.amazonaws.com")
EVENT_SOURCE("workspaces-web.amazonaws.com")
EVENT_SOURCE("xray.amazonaws.com")
/* clang-format on */

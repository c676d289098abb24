/* A digest, its signature and its key, made by tests/data/digests.py and signed by OpenSSL's command line. */
#ifndef KW_TESTS_UNIT_AGENT_DIGEST_SAMPLE_H
#define KW_TESTS_UNIT_AGENT_DIGEST_SAMPLE_H

/* clang-format off */
#define SAMPLE_DIGEST \
	"{\"awsAccountId\": \"111122223333\", \"digestStartTime\": \"2026-11-23T01:00:00Z\", \"dige" \
	"stEndTime\": \"2026-11-23T02:00:00Z\", \"digestS3Bucket\": \"example-trail\", \"digestS3Ob" \
	"ject\": \"AWSLogs/111122223333/CloudTrail-Digest/eu-west-1/2026/11/23/111122223333_CloudTr" \
	"ail-Digest_eu-west-1_main_eu-west-1_20261123T020000Z.json.gz\", \"digestPublicKeyFingerpri" \
	"nt\": \"618a676c1e394fcf2d3b9fbcd730725c\", \"digestSignatureAlgorithm\": \"SHA256withRSA" \
	"\", \"newestEventTime\": \"2026-11-23T02:00:00Z\", \"oldestEventTime\": \"2026-11-23T01:00" \
	":00Z\", \"previousDigestS3Bucket\": \"example-trail\", \"previousDigestS3Object\": \"AWSLo" \
	"gs/111122223333/CloudTrail-Digest/eu-west-1/2026/11/23/111122223333_CloudTrail-Digest_eu-w" \
	"est-1_main_eu-west-1_20261123T010000Z.json.gz\", \"previousDigestHashValue\": \"480f8287b1" \
	"f65a4a505f097aa23828db4a98d308d44678dd519c7704574abbd9\", \"previousDigestHashAlgorithm\":" \
	" \"SHA-256\", \"previousDigestSignature\": \"28e62066be32bc36b4e1750f67b5377ef4d1529e8c8cc" \
	"5dac77d54467ce104f5e4df6a515b8de98591aebb506bffeca98b7068cb295108b5320241b0460290b5e37800d" \
	"03d311ff0777691db5f7832b31b149a66d552a72438fd849ce0806d5a7398dc6c8a6803f6e3d4820200ce40ce3" \
	"c5b66c238876464d21d5e3ce0dcb37b77d18fc37c20d265560a997f79c1b85377e8aeb21e1f28f52b3cf6b468c" \
	"8e5a2239a69382caad04ee4579df87aa24533f7d181cf6ac7d57a88f7edb8c2eb4248ae075f86cf4846ce39416" \
	"66bc70e12b7f3bb29770e49c9d7dd6593dbc017681038684cdb7deb46b5de552d3d78fee8ac550f68a8e67c68f" \
	"866dae41c2950fa65\", \"logFiles\": [{\"s3Bucket\": \"example-trail\", \"s3Object\": \"AWSL" \
	"ogs/111122223333/CloudTrail/eu-west-1/2026/11/23/111122223333_CloudTrail_eu-west-1_2026112" \
	"3T0110Z_82e3ae3dc749ac43.json.gz\", \"hashValue\": \"fc7d0ecf5f7fb52f5ddfe4e4d6718d1d4f977" \
	"54302949baf01c402f2a777b192\", \"hashAlgorithm\": \"SHA-256\", \"newestEventTime\": \"2026" \
	"-11-23T02:00:00Z\", \"oldestEventTime\": \"2026-11-23T01:00:00Z\"}]}"
#define SAMPLE_SIGNATURE \
	"74b3bc06a34bc87b5769e55a8a7ebcd932b0dfddd531b118c5637d617eac1b54c0d4f75714802a794c06a81bb9" \
	"412e3a8e6197a3e29a52de65006fcf12d0334fcb37b09e0201dc141ea176ca5816d46c33f77d610cb58341f31e" \
	"aecae3066b72ec16938e1dfd3a7fc4de0e29e15621ac3a30db79e58d5f1528f208c52565a1ee89a03d0a849482" \
	"ea2bf95ddbda6f752ba5042e90a5f4c571ae83ad547c487ae17cc39b48899877b3463886cff8019b28bdde6ab9" \
	"69dd949b1ac052523a64c33da64bfe90d7978335dfda02ba214bd4082bbc8e7db3c56e17c08b0d37e022111f1c" \
	"cabb9486f8594df66298fb64baf96c26c9217c9030cce5df4c49098747a8c0"
#define SAMPLE_KEY \
	"MIIBCgKCAQEA3UxKVF2YJvhElrGOsBKKfFPkhD3cRlu8A8TZexx1+CaPDPQrr68Zla+o835VJS/0eer4bLRwuUYiIP" \
	"3MlQ8h9Vo2S9Y++FD0598s/eEOksmrkMnjdZhBiLa0sTNT63olQk17SpHu1D2oGCZ3fOFI+WfKRDVnaO+2fkpKjCuB" \
	"Oalr59wLlSY70azehTMAsqe4ABIItYcBpZQNFzbNuo0SvYiCM+Zm3QiLscZwAjBsRR8Y6pxijugfG8Ih15hz3R+QSO" \
	"HGLy65veHZsuKbABLAMcjM4KFkRsJxByYlU46FetIzq8J8Ld6LQeUbH1JRUvqwMwYd9KMiBFph0krT8cmkjwIDAQAB"
#define SAMPLE_FINGERPRINT "618a676c1e394fcf2d3b9fbcd730725c"
/* clang-format on */

#endif

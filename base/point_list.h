/* Every named crash point: POINT_NAME(name, "where it stands"). One before and one after each durable step.
 */
POINT_NAME(before_batch_begin, "a batch was evaluated, nothing of it is in the store")
POINT_NAME(before_batch_commit, "alerts, folds, deliveries and checkpoint are in the open transaction")
POINT_NAME(after_batch_commit, "the transaction is durable, the source has not been told")
POINT_NAME(after_ack, "the source was told")
POINT_NAME(before_send, "a delivery is due, nothing is on the wire")
POINT_NAME(after_send, "the receiver answered, the store does not know it")
POINT_NAME(before_result_commit, "delivery results are in the open transaction")
POINT_NAME(after_result_commit, "delivery results are durable")
POINT_NAME(before_file_append, "a file sink is about to append a line")
POINT_NAME(after_file_append, "a file sink has appended and synced a line")
POINT_NAME(before_quarantine, "a malformed record is about to be kept")
POINT_NAME(after_quarantine, "a malformed record was kept")

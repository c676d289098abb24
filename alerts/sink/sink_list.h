/* Every sink: SINK(name). Each is alerts/sink/NAME.c and exports sink_NAME. */
SINK(stdout)
SINK(file)
SINK(webhook)
SINK(sns)

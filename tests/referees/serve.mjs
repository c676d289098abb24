// Starts one emulator on 127.0.0.1 and prints {"port":N} when it takes connections.
//   node serve.mjs fauxqs | local-aws-sqs | s3rver
import { createServer } from "node:net";
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const host = "127.0.0.1";

function freePort() {
  return new Promise((resolve) => {
    const server = createServer().listen(0, host, () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}

const start = {
  async fauxqs(port) {
    const { buildApp } = await import("fauxqs");
    // Its own command listens on all interfaces.
    await buildApp({ logger: false }).listen({ port, host });
  },
  async "local-aws-sqs"(port) {
    const { createSqsServer } = await import("local-aws-sqs");
    await createSqsServer({ port, hostname: host });
  },
  async s3rver(port) {
    const { default: S3rver } = await import("@20minutes/s3rver");
    const directory = mkdtempSync(join(tmpdir(), "s3rver-"));
    await new S3rver({ address: host, port, directory, silent: true }).run();
  },
};

const port = await freePort();
await start[process.argv[2]](port);
process.on("SIGTERM", () => process.exit(0));
console.log(JSON.stringify({ port }));

import { Command } from "commander";
import { randomBytes } from "node:crypto";
import { Refusal } from "../refusal.ts";
import { stopSignal } from "../stop-signals.ts";

const PORT = "9530";
const SHARDS = "2";
const TTL_DAYS = 1;

interface SlsOptions {
  readonly port: string;
  readonly project: string;
  readonly logstore: string;
  readonly shards: string;
}

/** `banyan dev`: servers to try things with, for the time that they run. */
export function devCommand(): Command {
  const command = new Command("dev")
    .summary("run a server to try things with")
    .description("Runs a server to try things with; nothing of it is kept.");
  return command.addCommand(slsCommand());
}

function slsCommand(): Command {
  return new Command("sls")
    .summary("a server that speaks the protocol of SLS, on this machine, in memory")
    .description(
      "Runs a server that speaks the protocol of Alibaba Cloud Log Service: on the loopback, in memory, with a key of its own.",
    )
    .option("--port <port>", "the port; 0 is any free one", PORT)
    .option("--project <name>", "a project that is there from the beginning", "demo")
    .option("--logstore <name>", "a logstore of it", "nginx")
    .option("--shards <number>", "how many shards the logstore has", SHARDS)
    .action(runSls);
}

async function runSls(options: SlsOptions): Promise<void> {
  const stopped = stopSignal();
  const [{ SlsServer }, { ApiError }] = await Promise.all([
    import("../dev/sls/sls-server.ts"),
    import("../dev/sls/api-error.ts"),
  ]);
  const key = { id: `dev-${randomBytes(4).toString("hex")}`, secret: randomBytes(16).toString("hex") };
  const plan = { shards: whole("--shards", options.shards, 1), ttlDays: TTL_DAYS };
  const port = whole("--port", options.port, 0);
  const server = await SlsServer.open({ keys: [key], port }).catch((error: unknown) => {
    throw new Refusal("unavailable", `port ${port} cannot be had; name another with --port`, {
      cause: error,
    });
  });
  try {
    server.store.createProject(options.project);
    server.store.createLogstore(options.project, options.logstore, plan);
    console.log(words(server.url, key, options));
    await stopped;
  } catch (error) {
    throw error instanceof ApiError ? new Refusal("usage", error.message) : error;
  } finally {
    await server.close();
  }
}

function words(url: string, key: { id: string; secret: string }, { project, logstore }: SlsOptions): string {
  const place = `--endpoint ${url} --project ${project} --logstore ${logstore}`;
  return `An SLS server for trials listens on ${url}; what it holds is gone when it ends.

To write into it:
  export ALIBABA_CLOUD_ACCESS_KEY_ID=${key.id}
  export ALIBABA_CLOUD_ACCESS_KEY_SECRET=${key.secret}
  banyan logs put ${place} access.log

To count what is in it, in banyan.yaml:
  logs:
    sources:
      - { name: trial, kind: sls, endpoint: "${url}", project: ${project}, logstore: ${logstore}, keyId: ${key.id}, keySecret: ${key.secret} }

To see how that copes with trouble:
  curl -X POST ${url}/_dev/faults -H "authorization: Bearer ${key.secret}" -d '{"kind":"hang","call":"pull","times":3}'
`;
}

function whole(flag: string, text: string, min: number): number {
  const value = /^\d{1,5}$/.test(text) ? Number(text) : -1;
  if (value >= min) return value;
  throw new Refusal("usage", `${flag} ${text}: a whole number from ${min} on is expected`);
}

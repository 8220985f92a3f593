import { Command } from "commander";
import { createReadStream } from "node:fs";
import { hostname } from "node:os";
import { createInterface } from "node:readline";
import type { LogSourceSettings } from "../../protocols/log-settings.ts";
import type { LogstorePlace, OpenLogstore } from "../logs/open-sls.ts";
import { Refusal } from "../refusal.ts";
import { addSettingsOptions, settingsOf } from "./settings-options.ts";

const EXAMPLES = `
Examples:
  banyan logs put --source shop access.log                  into the logstore of a source of the settings
  tail -f app.json | banyan logs put --endpoint cn-hangzhou.log.aliyuncs.com --project shop --logstore app

Without --source the key is read from ALIBABA_CLOUD_ACCESS_KEY_ID, ALIBABA_CLOUD_ACCESS_KEY_SECRET and, for a temporary one,
ALIBABA_CLOUD_SECURITY_TOKEN. A line that is an object of JSON becomes its fields, and so does one that nginx has written in
its usual format (combined), with its time; any other line becomes the field "content".`;

interface PutOptions {
  readonly source?: string;
  readonly endpoint?: string;
  readonly project?: string;
  readonly logstore?: string;
  readonly topic: string;
}

/** `banyan logs put`: writes lines into a logstore of SLS, of the service itself or of `banyan dev sls`. */
export function logsPutCommand(): Command {
  const command = new Command("put")
    .summary("write lines into a logstore of SLS")
    .description("Writes the lines of a file, or those that come in, into a logstore of SLS.")
    .argument("[file]", "the file; standard input unless given")
    .option("--source <name>", "a source of kind sls of the settings, in place of the four below")
    .option("--endpoint <url>", "where the service is")
    .option("--project <name>", "the project")
    .option("--logstore <name>", "the logstore")
    .option("--topic <topic>", "the topic of the logs", "")
    .addHelpText("after", EXAMPLES);
  return addSettingsOptions(command, []).action(async (file: string | undefined, _own, self: Command) => {
    // `banyan logs` has options of the same names, and takes those that stand behind `put` too.
    const options = self.optsWithGlobals<PutOptions>();
    const logstore = options.source === undefined ? await openNamed(options) : await openOfSettings(options);
    try {
      await put(logstore, file, options.topic);
    } finally {
      logstore.close();
    }
  });
}

function namedTarget({ endpoint, project, logstore }: PutOptions): LogstorePlace {
  const accessKeyId = process.env["ALIBABA_CLOUD_ACCESS_KEY_ID"];
  const accessKeySecret = process.env["ALIBABA_CLOUD_ACCESS_KEY_SECRET"];
  if (endpoint === undefined || project === undefined || logstore === undefined) {
    throw new Refusal("usage", "say where to: --source, or --endpoint, --project and --logstore");
  }
  if (accessKeyId === undefined || accessKeySecret === undefined) {
    throw new Refusal(
      "settings",
      "there is no key: set ALIBABA_CLOUD_ACCESS_KEY_ID and ALIBABA_CLOUD_ACCESS_KEY_SECRET, or name a --source of the settings",
    );
  }
  const securityToken = process.env["ALIBABA_CLOUD_SECURITY_TOKEN"];
  return { endpoint, project, logstore, accessKeyId, accessKeySecret, securityToken };
}

async function sourceOf(options: PutOptions): Promise<LogSourceSettings> {
  const { logs } = await settingsOf({ ...options });
  const found = logs.sources.find(({ name, kind }) => kind === "sls" && name === options.source);
  if (found !== undefined) return found;
  const known = logs.sources.filter(({ kind }) => kind === "sls").map(({ name }) => name);
  const others = known.length === 0 ? "there is none in the settings" : `there is ${known.join(", ")}`;
  throw new Refusal("usage", `no source of kind sls is called ${options.source}; ${others}`);
}

// The package below the client takes a while to load, and the other commands do without it.

async function openNamed(options: PutOptions): Promise<OpenLogstore> {
  const target = namedTarget(options);
  const { openSls } = await import("../logs/open-sls.ts");
  return openSls(target);
}

async function openOfSettings(options: PutOptions): Promise<OpenLogstore> {
  const source = await sourceOf(options);
  const { openSource } = await import("../logs/open-sls.ts");
  return openSource(source);
}

async function put({ logstore }: OpenLogstore, file: string | undefined, topic: string): Promise<void> {
  const [{ putLines }, { LineGroups }, { SlsError }] = await Promise.all([
    import("../logs/put-lines.ts"),
    import("../logs/line-groups.ts"),
    import("../../runtime/sls/sls-error.ts"),
  ]);
  const groups = new LineGroups({ topic, source: hostname(), hostname: hostname() });
  const count = { logs: 0, groups: 0 };
  try {
    await putLines(linesOf(file), { groups, logstore, count });
  } catch (error) {
    if (!(error instanceof SlsError)) throw error;
    const fate = error.status === undefined ? "; whether the group after them is there is unknown" : "";
    throw new Refusal("failed", `${error.message} (${count.logs} logs were put${fate})`, { cause: error });
  }
  console.log(`put ${count.logs} logs in ${count.groups} groups${leftOutText(groups.leftOut)}`);
}

function leftOutText(lines: number): string {
  if (lines === 0) return "";
  return `; left out ${lines} whose time the service does not take: 7 days old, or more than 15 minutes ahead`;
}

/** What reads the lines waits for each put, and the stream waits with it. */
async function* linesOf(file: string | undefined): AsyncIterable<string> {
  const input = file === undefined ? process.stdin : createReadStream(file);
  try {
    yield* createInterface({ input, crlfDelay: Infinity });
  } catch (error) {
    throw new Refusal("failed", `${file ?? "standard input"} cannot be read`, { cause: error });
  }
}

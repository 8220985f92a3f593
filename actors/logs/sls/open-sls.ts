import type { LogSourceSettings } from "../../../protocols/log-settings.ts";
import { CredentialsKeeper } from "../../../runtime/sls/credentials-keeper.ts";
import { ServerClock } from "../../../runtime/sls/server-clock.ts";
import { parseEndpoint } from "../../../runtime/sls/sls-endpoint.ts";
import type { SlsLine } from "./sls-reader.ts";
import { SlsSource } from "./sls-source.ts";

/** How long a whole read may take unless the settings say otherwise, in milliseconds. */
const PULL_TIMEOUT_MS = 8_000;
/** A call takes a little less than a puller waits for it: then it is the client who says what was late, in milliseconds. */
const SLACK_MS = 500;

/** The logstore that the settings mean; undefined when they are not whole. Nothing is connected before it is read. */
export function openSls(settings: LogSourceSettings, wallMs: () => number): SlsSource | undefined {
  const {
    name,
    project,
    logstore,
    keyId,
    keySecret,
    endpoint: text = "",
    from = "begin",
    inOrder = false,
  } = settings;
  const { pullTimeoutMs: readWithinMs = PULL_TIMEOUT_MS } = settings;
  const endpoint = parseEndpoint(text);
  if (endpoint === undefined || project === undefined || logstore === undefined) return undefined;
  const key = { accessKeyId: keyId ?? "", accessKeySecret: keySecret ?? "" };
  const credentials = new CredentialsKeeper(() => Promise.resolve(key), wallMs);
  const clock = new ServerClock({ wallMs });
  const connect = async (onProgress: () => void): Promise<SlsLine> => {
    const { connectSls } = await import("./connect-sls.ts");
    const { connectTimeoutMs } = settings;
    const shared = { endpoint, project, credentials, clock, connectTimeoutMs };
    return connectSls({ ...shared, callTimeoutMs: readWithinMs - SLACK_MS, onProgress }, logstore);
  };
  return new SlsSource({ name, connect, clock, from, inOrder, readWithinMs });
}

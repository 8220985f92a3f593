import { slsAccess } from "../../actors/logs/sls/sls-access.ts";
import type { LogSourceSettings } from "../../protocols/log-settings.ts";
import { CredentialsKeeper } from "../../runtime/sls/credentials-keeper.ts";
import type { SlsCredentials } from "../../runtime/sls/credentials-keeper.ts";
import { ServerClock } from "../../runtime/sls/server-clock.ts";
import { SlsClient } from "../../runtime/sls/sls-client.ts";
import type { SlsClientOptions } from "../../runtime/sls/sls-client.ts";
import { parseEndpoint } from "../../runtime/sls/sls-endpoint.ts";
import { SlsLogstore } from "../../runtime/sls/sls-logstore.ts";
import { Refusal } from "../refusal.ts";

/** A put may be large, and nobody waits for it but the one who gave the command. */
const CALL_TIMEOUT_MS = 30_000;

/** A logstore, and whose key it is opened with. */
export interface LogstorePlace extends SlsCredentials {
  readonly endpoint: string;
  readonly project: string;
  readonly logstore: string;
}

/** A logstore that a command writes into. */
export interface OpenLogstore {
  readonly logstore: SlsLogstore;
  close(): void;
}

/** Opens a logstore for one command. @throws Refusal when the endpoint makes no sense */
export function openSls({ endpoint: text, project, logstore, ...key }: LogstorePlace): OpenLogstore {
  const endpoint = parseEndpoint(text);
  if (endpoint === undefined) {
    throw new Refusal("usage", `${text} is no endpoint; write a host such as cn-hangzhou.log.aliyuncs.com`);
  }
  const credentials = new CredentialsKeeper(async () => key, Date.now);
  const clock = new ServerClock({ wallMs: Date.now });
  return opened({ endpoint, project, credentials, clock }, logstore);
}

/** Opens the logstore of a source of the settings, with its key. @throws Refusal when it is not whole */
export function openSource(settings: LogSourceSettings): OpenLogstore {
  const access = slsAccess(settings, Date.now);
  const { name, logstore } = settings;
  if (access === undefined || logstore === undefined) {
    throw new Refusal("settings", `source ${name} does not say where its logstore is`);
  }
  return opened({ ...access, ca: access.ca() }, logstore);
}

function opened(options: SlsClientOptions, logstore: string): OpenLogstore {
  const client = new SlsClient({ ...options, callTimeoutMs: CALL_TIMEOUT_MS });
  return { logstore: new SlsLogstore(client, logstore), close: () => client.close() };
}

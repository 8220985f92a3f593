import { CredentialsKeeper } from "../../runtime/sls/credentials-keeper.ts";
import type { SlsCredentials } from "../../runtime/sls/credentials-keeper.ts";
import { ServerClock } from "../../runtime/sls/server-clock.ts";
import { SlsClient } from "../../runtime/sls/sls-client.ts";
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

/** Opens a logstore for one command. @throws Refusal when the endpoint makes no sense */
export function openSls({ endpoint: text, project, logstore, ...key }: LogstorePlace) {
  const endpoint = parseEndpoint(text);
  if (endpoint === undefined) {
    throw new Refusal("usage", `${text} is no endpoint; write a host such as cn-hangzhou.log.aliyuncs.com`);
  }
  const client = new SlsClient({
    endpoint,
    project,
    credentials: new CredentialsKeeper(async () => key, Date.now),
    clock: new ServerClock({ wallMs: Date.now }),
    callTimeoutMs: CALL_TIMEOUT_MS,
  });
  return { logstore: new SlsLogstore(client, logstore), close: () => client.close() };
}

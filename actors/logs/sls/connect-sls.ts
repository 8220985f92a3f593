import { SlsClient } from "../../../runtime/sls/sls-client.ts";
import type { SlsClientOptions } from "../../../runtime/sls/sls-client.ts";
import { SlsLogstore } from "../../../runtime/sls/sls-logstore.ts";
import type { SlsLine } from "./sls-reader.ts";

/** Makes a client of a logstore with a socket of its own. It is loaded by who reads one, and by nobody else. */
export function connectSls(options: SlsClientOptions, logstore: string): SlsLine {
  const client = new SlsClient(options);
  return { logstore: new SlsLogstore(client, logstore), close: () => client.close() };
}

import type { BytePool } from "../../../runtime/sls/byte-pool.ts";
import { SlsClient } from "../../../runtime/sls/sls-client.ts";
import type { SlsClientOptions } from "../../../runtime/sls/sls-client.ts";
import { SlsLogstore } from "../../../runtime/sls/sls-logstore.ts";
import { listConsumerGroups, SlsConsumerGroup } from "../../../runtime/sls/sls-consumer-group.ts";
import { listLogstores } from "../../../runtime/sls/sls-project.ts";
import type { SlsGroupLine } from "./sls-group.ts";
import type { SlsLine } from "./sls-reader.ts";

/** How many names are enough to find one's own among them. */
const NAMES_MAX = 20;

/** Makes a client of a logstore with a socket of its own. It is loaded by who reads one, and by nobody else. */
export function connectSls(options: SlsClientOptions, logstore: string, pool: BytePool): SlsLine {
  const client = new SlsClient(options);
  return {
    logstore: new SlsLogstore(client, logstore, pool),
    logstores: (signal) => listLogstores(client, { offset: 0, size: NAMES_MAX }, signal),
    close: () => client.close(),
  };
}

/** The same of a consumer group. */
export function connectGroup(options: SlsClientOptions, logstore: string, group: string): SlsGroupLine {
  const client = new SlsClient(options);
  return {
    group: new SlsConsumerGroup(client, logstore, group),
    list: (signal) => listConsumerGroups(client, logstore, signal),
    close: () => client.close(),
  };
}

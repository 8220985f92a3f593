import { setTimeout as pause } from "node:timers/promises";
import { ConsumerGroup } from "../../../deploy/dev/sls/consumer-group.ts";
import { ServerClock } from "../../../runtime/sls/server-clock.ts";
import { SlsClient } from "../../../runtime/sls/sls-client.ts";
import { SlsConsumerGroup } from "../../../runtime/sls/sls-consumer-group.ts";
import { parseEndpoint } from "../../../runtime/sls/sls-endpoint.ts";
import { keeperOf } from "../../support/sls-world.ts";
import type { LogRun } from "./log-run.ts";
import { GROUP, GROUP_RULES, KEY, PROJECT } from "./sls-log.ts";

const BEAT_EVERY_MS = 40;

/** Another consumer takes what the group gives to it, reads nothing of it, and is not heard of any more: all of it comes back. */
export async function takenOver(run: LogRun): Promise<void> {
  const endpoint = parseEndpoint(run.world.server.url);
  if (endpoint === undefined) throw new Error(`${run.world.server.url} is no endpoint`);
  const clock = new ServerClock({ wallMs: Date.now });
  const client = new SlsClient({ endpoint, project: PROJECT, credentials: keeperOf(KEY), clock });
  const group = new SlsConsumerGroup(client, run.name, GROUP);
  const endMs = performance.now() + run.chance.between(200, 1_500);
  let held: readonly number[] = [];
  try {
    while (performance.now() < endMs) {
      // Who is not known any more, because the group was made anew, begins with empty hands.
      held = await group.heartbeat("theirs", held).catch(() => []);
      await pause(BEAT_EVERY_MS);
    }
  } finally {
    client.close();
  }
}

/** Somebody has deleted the group and made it again: it knows nobody, and nothing of what was counted. */
export async function madeAnew({ world, name }: LogRun): Promise<void> {
  world.server.store.logstore(PROJECT, name).groups.set(GROUP, new ConsumerGroup({ ...GROUP_RULES }));
}

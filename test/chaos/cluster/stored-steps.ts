import { RecordCodec } from "../../../runtime/codec/record-codec.ts";
import { ReminderCodec } from "../../../runtime/codec/reminder-codec.ts";
import { RedisJournal } from "../../../runtime/persistence/redis-journal.ts";
import { openRedis } from "../../support/open-redis.ts";
import type { StoredStep } from "./history.ts";
import type { Tallies } from "./node-words.ts";
import { readSigned } from "./signed-journal.ts";
import { TallyEvents, TallyProtocol, tallyType } from "./tally.ts";

const PAGE = 1_000;

/** Everything that is stored of some tallies, oldest first. @throws Fault of Redis */
export async function storedSteps(
  url: string,
  { durability, ids }: Tallies,
): Promise<ReadonlyMap<string, readonly StoredStep[]>> {
  const link = await openRedis({ url });
  try {
    const journal = await RedisJournal.open(link);
    const codec = new RecordCodec(TallyEvents, new ReminderCodec(TallyProtocol));
    const all = await Promise.all(
      ids.map(async (id): Promise<[string, readonly StoredStep[]]> => {
        const steps: StoredStep[] = [];
        const entity = { type: tallyType(durability), id };
        for (;;) {
          const page = await journal.read(entity, {
            fromVersion: (steps.at(-1)?.version ?? 0) + 1,
            limit: PAGE,
          });
          if (page.length === 0) return [id, steps];
          steps.push(...page.map(({ version, bytes }) => stepOf(codec, version, bytes)));
        }
      }),
    );
    await journal.close();
    return new Map(all);
  } finally {
    await link.close();
  }
}

function stepOf(codec: RecordCodec, version: number, signed: Uint8Array): StoredStep {
  const { by, bytes } = readSigned(signed);
  const decoded = codec.decode(bytes);
  if (!decoded.ok) throw new Error(`record ${version} cannot be read: ${decoded.text}`);
  const notes = decoded.record.events.map((event) => `${String(event["from"])}:${String(event["seq"])}`);
  return { version, ...by, notes };
}

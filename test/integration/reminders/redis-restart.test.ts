import { after, before, it } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { RecordCodec } from "../../../runtime/codec/record-codec.ts";
import { ReminderCodec } from "../../../runtime/codec/reminder-codec.ts";
import { ActorSystem } from "../../../runtime/kernel/actor-system.ts";
import { RedisJournal } from "../../../runtime/persistence/redis-journal.ts";
import { REMINDER_BUCKETS } from "../../../runtime/redis/redis-keys.ts";
import type { RedisLink } from "../../../runtime/redis/redis-link.ts";
import { RedisReminderStore } from "../../../runtime/reminders/redis-reminder-store.ts";
import { EntityHost } from "../../../runtime/sharding/entity-host.ts";
import type { EntityType } from "../../../runtime/sharding/entity-type.ts";
import { RedisOwnership } from "../../../runtime/sharding/redis-ownership.ts";
import { SystemClock } from "../../../runtime/time/system-clock.ts";
import { ClaimingOwners } from "../../support/claiming-owners.ts";
import { diary, DiaryEvents, DiaryProtocol } from "../../support/diary.ts";
import { eventually } from "../../support/eventually.ts";
import { openRedis } from "../../support/open-redis.ts";
import { RedisServer } from "../../support/redis-server.ts";

const DIARIES = 1_000;
/** So that a restart comes in the middle of it. */
const PER_SECOND = 400;
const PATIENCE_MS = 120_000;

const HOUR_MS = 3_600_000;

/** The time of this machine, which a test sets forward. */
class ForwardClock extends SystemClock {
  aheadMs = 0;

  override wallMs(): number {
    return super.wallMs() + this.aheadMs;
  }
}

const clock = new ForwardClock();
let server: RedisServer;
let link: RedisLink;
before(async () => {
  server = await RedisServer.start();
  link = await openRedis(server);
});
after(async () => {
  await link.close();
  await server.stop();
});

it(
  "every reminder rings once when Redis is killed and comes back while they do, and when the process is replaced",
  { timeout: 240_000 },
  async () => {
    const first = await keeper("first/1");
    // However long the planning takes: they are due when all of it is done.
    const atMs = clock.wallMs() + HOUR_MS;
    const asked = Array.from({ length: DIARIES }, (_, at) =>
      first.system.ask(
        first.diaries.entity(`d${at}`),
        { kind: "plan", name: "tea", note: "rings", atMs },
        { deadlineMs: 60_000 },
      ),
    );
    await Promise.all(asked);
    clock.aheadMs = HOUR_MS;
    first.host.reminders.look();
    const handled = (): boolean => first.host.reminders.lateness.count > 50;
    await eventually(handled, true, "they ring", PATIENCE_MS);
    await server.kill("SIGKILL");
    await sleep(500);
    await server.start();
    await eventually(() => link.commands.isReady && link.control.isReady, true, "Redis is back", PATIENCE_MS);
    const earlier = first.host.reminders.lateness.count;
    await eventually(
      () => first.host.reminders.lateness.count > earlier,
      true,
      "they ring again",
      PATIENCE_MS,
    );
    // Another process takes over, with what this one has taken and not called.
    first.host.reminders.stop();
    await first.host.stop();
    const second = await keeper("second/1");
    await eventually(() => rungTimes(), { once: DIARIES, never: 0, again: 0 }, "all have rung", PATIENCE_MS);
    await second.host.stop();
    await Promise.all(
      [first, second].map(({ system, journal }) => system.stop().then(() => journal.close())),
    );
  },
);

interface Keeper {
  readonly system: ActorSystem;
  readonly journal: RedisJournal;
  readonly host: EntityHost;
  readonly diaries: EntityType<DiaryProtocol>;
}

/** A process with diaries, which has all buckets. */
async function keeper(incarnation: string): Promise<Keeper> {
  const system = new ActorSystem({ name: incarnation, clock });
  const journal = await RedisJournal.open(link);
  const owners = new ClaimingOwners(new RedisOwnership(link.control), incarnation);
  const store = new RedisReminderStore(link.commands);
  const host = new EntityHost({ system, journal, owners, reminders: { store, perSecond: PER_SECOND } });
  const diaries = host.offer(diary("fsync"));
  const buckets = Array.from({ length: REMINDER_BUCKETS }, (_, bucket) => bucket);
  await Promise.all(buckets.map((bucket) => store.own(bucket, incarnation, clock.wallMs())));
  host.reminders.look();
  return { system, journal, host, diaries };
}

/** How many have rung once, never, or again, by what is stored. */
async function rungTimes(): Promise<{ once: number; never: number; again: number }> {
  const codec = new RecordCodec(DiaryEvents, new ReminderCodec(DiaryProtocol));
  const counts = { once: 0, never: 0, again: 0 };
  const journal = await RedisJournal.open(link);
  for (let at = 0; at < DIARIES; at++) {
    const records = await journal.read({ type: "diary", id: `d${at}` }, { fromVersion: 1, limit: 100 });
    const rung = records.filter(({ bytes }) => {
      const decoded = codec.decode(bytes);
      return decoded.ok && decoded.record.events.some(({ kind }) => kind === "rung");
    }).length;
    if (rung > 1) counts.again++;
    else counts[rung === 1 ? "once" : "never"]++;
  }
  await journal.close();
  return counts;
}

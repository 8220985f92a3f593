import type { ClusterParts } from "../../../runtime/cluster/cluster-parts.ts";
import { ParcelCodec } from "../../../runtime/codec/parcel-codec.ts";
import { RecordCodec } from "../../../runtime/codec/record-codec.ts";
import { Fault } from "../../../runtime/fault.ts";
import type { Append, Appended, Journal } from "../../../runtime/persistence/journal.ts";
import type { Ownership } from "../../../runtime/sharding/ownership.ts";
import type { Transport, TransportReceiver } from "../../../runtime/transport/transport.ts";
import type { Bug } from "./node-words.ts";
import { readSigned, sign } from "./signed-journal.ts";
import { TallyEvents } from "./tally.ts";

/** One in so many is treated badly. */
const ONE_IN = 12;
const TRIES_MAX = 50;
/** Longer than it takes until another node takes over. */
const STUCK_MS = 2_000;

interface Held {
  /** The node that has sent it, and to whom. */
  readonly way: string;
  readonly give: () => void;
}

/** Bugs of a node that are there when they are wanted, so that it can be seen that the checks of a run would find such ones. */
export class PlantedBugs {
  bug: Bug | undefined = undefined;
  readonly #records = new RecordCodec(TallyEvents);
  readonly #parcels = new ParcelCodec();
  #count = 0;

  /** A journal that may forget what it says it has stored, or let anybody write. */
  journal(journal: Journal): Journal {
    const append = (write: Append): Promise<Appended> => {
      if (this.bug === "forgetful" && this.#isNext()) return journal.append(this.#emptied(write));
      return this.bug === "unfenced" ? this.#appendAsOwner(journal, write) : journal.append(write);
    };
    return {
      get strongest() {
        return journal.strongest;
      },
      get whenFree() {
        return journal.whenFree;
      },
      append,
      load: (entity) => journal.load(entity),
      confirmUnknown: async (entity) => journal.confirmUnknown?.(entity),
      read: (entity, page) => journal.read(entity, page),
      snapshot: (write) => journal.snapshot(write),
      remove: (removal) => journal.remove(removal),
      list: (type, page) => journal.list(type, page),
      close: () => journal.close(),
    };
  }

  /** What a node is to the others, where messages may overtake each other or vanish, and nothing may ever be claimed again. */
  cluster(cluster: ClusterParts): ClusterParts {
    return {
      ...cluster,
      ownership: this.#ownership(cluster.ownership),
      shardOf: (entity) => cluster.shardOf(entity),
      transport: async (incarnation) => this.#transport(await cluster.transport(incarnation)),
      close: () => cluster.close(),
    };
  }

  #isNext(): boolean {
    return ++this.#count % ONE_IN === 0;
  }

  #emptied(write: Append): Append {
    const { by } = readSigned(write.bytes);
    return { ...write, bytes: sign(by, this.#records.encode({ events: [] })) };
  }

  /** Now and then late; then in the name of whoever owns it by now, as the version that is next by now. */
  async #appendAsOwner(journal: Journal, write: Append): Promise<Appended> {
    if (this.#isNext()) await new Promise((resolve) => setTimeout(resolve, STUCK_MS));
    let appended = await journal.append(write);
    for (let tries = 0; tries < TRIES_MAX && appended.kind !== "appended"; tries++) {
      const owner = appended.kind === "fenced" ? appended.by : write.owner;
      if (owner === undefined) break;
      const { version } = await journal.load(write.entity);
      appended = await journal.append({ ...write, owner, expectedVersion: version });
    }
    return appended.kind === "appended" ? { kind: "appended", version: write.expectedVersion + 1 } : appended;
  }

  #ownership(ownership: Ownership): Ownership {
    return {
      claim: async (claim) => {
        if (this.bug === "neverAgain") throw new Fault("redisUnavailable", { why: "planted" });
        return ownership.claim(claim);
      },
      release: (held) => ownership.release(held),
      reassert: (held) => ownership.reassert(held),
      lookup: (entity) => ownership.lookup(entity),
    };
  }

  #transport(transport: Transport): Transport {
    return {
      incarnation: transport.incarnation,
      send: (to, parcel) => transport.send(to, parcel),
      publish: (topic, bytes) => transport.publish(topic, bytes),
      subscribe: (topic, listener) => transport.subscribe(topic, listener),
      peerEnded: (incarnation) => transport.peerEnded(incarnation),
      close: () => transport.close(),
      listen: (receiver) =>
        transport.listen({
          readBegan: () => receiver.readBegan?.(),
          readEnded: () => receiver.readEnded?.(),
          receive: this.#receiving(receiver),
          adopted: (from, dead, parcel) => receiver.adopted(from, dead, parcel),
          returned: (to, parcels) => receiver.returned(to, parcels),
        }),
    };
  }

  #receiving(receiver: TransportReceiver): TransportReceiver["receive"] {
    let held: Held | undefined;
    return (from, bytes) => {
      const parcel = this.#parcels.decode(bytes);
      const way = parcel?.kind === "letter" ? `${from} ${parcel.letter.to}` : undefined;
      if (this.bug === "swallowing" && way !== undefined && this.#isNext()) return undefined;
      if (held !== undefined && (held.way === way || this.bug !== "overtaking")) {
        const { give } = held;
        held = undefined;
        const taken = receiver.receive(from, bytes);
        give();
        return taken;
      }
      if (this.bug !== "overtaking" || held !== undefined || way === undefined) {
        return receiver.receive(from, bytes);
      }
      return new Promise((resolve, reject) => {
        const give = (): void => void Promise.resolve(receiver.receive(from, bytes)).then(resolve, reject);
        held = { way, give };
      });
    };
  }
}

import { Fault } from "../fault.ts";
import type { RedisArgument, RedisConnection } from "../redis/redis-connection.ts";
import { entityKeys } from "../redis/redis-keys.ts";
import type { RedisScript } from "../redis/redis-script.ts";
import { entityText } from "./entity-address.ts";
import type { EntityAddress } from "./entity-address.ts";
import type { Conflict, Fenced, Owner } from "./journal.ts";
import { Crowd } from "./crowd.ts";
import { RedisAppends } from "./redis-appends.ts";
import type { RedisAppend } from "./redis-appends.ts";
import { journalFault } from "./redis-journal-fault.ts";
import { ReplicaAcknowledgements } from "./replica-acknowledgements.ts";

/** Something else than a record that the owner of an entity wants to write. */
export interface OwnersWrite {
  readonly script: RedisScript;
  readonly entity: EntityAddress;
  readonly owner: Owner;
  /** What the script takes after epoch and incarnation. */
  readonly args: readonly RedisArgument[];
}

/** Writes that wait for an answer, at most, and their bytes. */
const UNDER_WAY_MAX = 65_536;
const UNDER_WAY_BYTES_MAX = 64 * 1024 * 1024;
/** With more, those who can wait do not decide anything new; so the limits above are for those who cannot. */
const CROWDED = 49_152;
const CROWDED_BYTES = 48 * 1024 * 1024;

/** What becomes of writes on their way: their order, how many there may be, and what their answers mean. */
export class RedisWrites {
  readonly #connection: RedisConnection;
  readonly #appends: RedisAppends;
  readonly #onIdle: (() => void)[] = [];
  #underWay = 0;
  #underWayBytes = 0;
  #crowd: Crowd | undefined = undefined;

  constructor(connection: RedisConnection) {
    this.#connection = connection;
    this.#appends = new RedisAppends(connection, new ReplicaAcknowledgements(connection));
  }

  /** Set while so much is under way that nobody should decide anything new; resolves when that is over. */
  get whenFree(): Promise<void> | undefined {
    return this.#crowd?.isOver;
  }

  /** Takes a place until `release`. @throws Fault journalBusy */
  reserve(entity: EntityAddress, bytes: number): void {
    if (this.#underWay >= UNDER_WAY_MAX || this.#underWayBytes + bytes > UNDER_WAY_BYTES_MAX) {
      throw new Fault("journalBusy", { entity: entityText(entity), underWay: this.#underWay });
    }
    this.#underWay++;
    this.#underWayBytes += bytes;
    if (this.#isCrowded) this.#crowd ??= new Crowd();
  }

  release(bytes: number): void {
    this.#underWay--;
    this.#underWayBytes -= bytes;
    if (!this.#isCrowded) {
      this.#crowd?.end();
      this.#crowd = undefined;
    }
    if (this.#underWay === 0) for (const resolve of this.#onIdle.splice(0)) resolve();
  }

  get #isCrowded(): boolean {
    return this.#underWay > CROWDED || this.#underWayBytes > CROWDED_BYTES;
  }

  /** Resolves with undefined when it is stored and as durable as asked, or with the refusal. @throws Fault journalUnavailable, journalFull, journalCorrupt */
  async append(append: RedisAppend): Promise<Conflict | Fenced | undefined> {
    try {
      return refusalOf(await this.#appends.append(append));
    } catch (error) {
      throw journalFault(error, { entity: entityText(append.entity), write: "append" });
    }
  }

  /** The same for what is no record. */
  async write({ script, entity, owner, args }: OwnersWrite): Promise<Conflict | Fenced | undefined> {
    const { own, state, log } = entityKeys(entity);
    this.#appends.flush();
    try {
      const all = [owner.ownerEpoch, owner.incarnation, ...args];
      return refusalOf(await this.#connection.script(script, [own, state, log], all));
    } catch (error) {
      throw journalFault(error, { entity: entityText(entity), write: script.name });
    }
  }

  /** Sends what waits, before something else is asked over the same connection. */
  flush(): void {
    this.#appends.flush();
  }

  /** Resolves when nothing is under way any more. */
  idle(): Promise<void> {
    return this.#underWay === 0 ? Promise.resolve() : new Promise((resolve) => this.#onIdle.push(resolve));
  }
}

/** What a script says that has written nothing; undefined when it has written. Pure. */
function refusalOf(answer: unknown): Conflict | Fenced | undefined {
  if (answer === 1) return undefined;
  const [kind, first, second] = answer as readonly (string | null | undefined)[];
  if (kind === "conflict") return { kind, version: Number(first) };
  const isOwned = typeof first === "string" && typeof second === "string";
  return { kind: "fenced", by: isOwned ? { ownerEpoch: Number(first), incarnation: second } : undefined };
}

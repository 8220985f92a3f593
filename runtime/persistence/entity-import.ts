import { Fault } from "../fault.ts";
import type { ArchiveEntity, ArchiveRecord } from "./archive-lines.ts";
import { entityText } from "./entity-address.ts";
import type { EntityAddress } from "./entity-address.ts";
import type { ImportOutcome, ImportTarget } from "./import-archive.ts";
import type { Journal, Owner, Snapshot, SnapshotWrite, Stored } from "./journal.ts";
import { weakest } from "./durability.ts";
import type { ArchiveContent } from "./read-archive.ts";

/** A journal into which an entity may come whose first records are gone. */
export interface Restoring extends Pick<Journal, "strongest" | "load" | "read" | "append" | "snapshot"> {
  /** Begins an entity that is unknown here with its snapshot; `conflict` when it is known. */
  restore(snapshot: Omit<SnapshotWrite, "keepFrom">): Promise<Stored>;
}

/** What became of one entity. */
export interface EntityImported {
  readonly outcome: ImportOutcome;
  readonly why: string;
  /** How many records of it were stored now. */
  readonly stored: number;
}

/** Appends that are on their way at once, at most, and their bytes. */
const UNDER_WAY_MAX = 256;
const UNDER_WAY_BYTES_MAX = 8_388_608;

/** One entity of an archive on its way into a journal. */
export class EntityImport {
  readonly entity: EntityAddress;
  readonly #from: ArchiveEntity;
  readonly #target: ImportTarget;
  /** The version that the journal has; nothing is written up to it. */
  #version = 0;
  #owner: Owner | undefined = undefined;
  /** Whether what is here is known to be an earlier version of what comes. */
  #isOurs = true;
  #snapshot: Snapshot | undefined = undefined;
  #outcome: ImportOutcome = "imported";
  #why = "";
  #stored = 0;
  #underWay: Promise<void>[] = [];
  #underWayBytes = 0;

  private constructor(
    entity: EntityAddress,
    from: ArchiveEntity,
    { target, version }: { target: ImportTarget; version: number },
  ) {
    this.entity = entity;
    this.#from = from;
    this.#target = target;
    this.#stands(version);
  }

  /** Looks at what is there of it, and takes it for this import. */
  static async begin(
    entity: EntityAddress,
    from: ArchiveEntity,
    target: ImportTarget,
  ): Promise<EntityImport> {
    const { version } = await target.journal.load(entity);
    const begun = new EntityImport(entity, from, { target, version });
    if (version < from.version) await begun.#claim();
    return begun;
  }

  /** The next of its lines. */
  async take(item: Exclude<ArchiveContent, ArchiveEntity>): Promise<void> {
    if (this.#isLeftOut) return;
    if (item.kind === "wake") await this.#takeWake(item.dueMs);
    else if (item.kind === "snapshot") await this.#takeSnapshot(item);
    else await this.#takeRecord(item);
  }

  /** There are no more lines. */
  async end(): Promise<EntityImported> {
    await this.#settled();
    if (!this.#isLeftOut && !this.#isOurs) {
      this.#leaveOut("unlike", "nobody can tell whether what is here is an earlier version of it");
    }
    if (!this.#isLeftOut && this.#version !== this.#from.version) {
      throw new Fault("archiveUnfit", {
        entity: entityText(this.entity),
        why: `version ${this.#version + 1} is missing`,
      });
    }
    if (!this.#isLeftOut && this.#owner !== undefined) await this.#storeSnapshot(this.#owner);
    await this.abandon();
    const wasPresent = this.#outcome === "imported" && this.#owner === undefined;
    return { outcome: wasPresent ? "present" : this.#outcome, why: this.#why, stored: this.#stored };
  }

  /** Gives it up where it is. */
  async abandon(): Promise<void> {
    // What is on its way comes to its end in its owner's name.
    await this.#settled().catch(() => undefined);
    if (this.#owner !== undefined) await this.#target.release(this.entity, this.#owner);
  }

  get #isLeftOut(): boolean {
    return this.#outcome !== "imported";
  }

  async #claim(): Promise<void> {
    this.#owner = await this.#target.claim(this.entity);
    if (this.#owner === undefined) this.#leaveOut("owned", "a node has it in memory; stop the nodes first");
    // Its owner may have written meanwhile.
    else this.#stands((await this.#target.journal.load(this.entity)).version);
  }

  #stands(version: number): void {
    const { version: wanted } = this.#from;
    this.#version = version;
    this.#isOurs = version === 0;
    if (version > wanted) this.#leaveOut("newer", `version ${version} is here, and ${wanted} in the archive`);
  }

  /** Before the records that it is about: what is here without them costs a look, what is not here would be forgotten. */
  async #takeWake(dueMs: number): Promise<void> {
    if (this.#owner === undefined) return;
    const stamp = { ownerEpoch: this.#owner.ownerEpoch, seq: 0 };
    await this.#target.reminders.wakeBy({ entity: this.entity, stamp, dueMs });
  }

  async #takeSnapshot({ version, bytes }: Snapshot): Promise<void> {
    this.#snapshot = { version, bytes };
    const { first } = this.#from;
    if (this.#version === 0 && this.#owner !== undefined && first !== 1) {
      return this.#restore(this.#owner, { version, bytes });
    }
    // Only where no record says the same.
    if (this.#version === version && (first === 0 || first > version)) await this.#compareSnapshot(bytes);
  }

  async #restore(owner: Owner, { version, bytes }: Snapshot): Promise<void> {
    this.#check(await this.#target.journal.restore({ entity: this.entity, owner, version, bytes }));
    this.#version = version;
  }

  async #compareSnapshot(bytes: Uint8Array): Promise<void> {
    const { snapshot } = await this.#target.journal.load(this.entity);
    if (snapshot?.version !== this.#version) return;
    if (isSame(snapshot.bytes, bytes)) this.#isOurs = true;
    else this.#leaveOut("unlike", `the snapshot of version ${this.#version} is another one here`);
  }

  async #takeRecord(record: ArchiveRecord): Promise<void> {
    if (record.version === this.#version && !this.#isOurs) await this.#compareRecord(record);
    if (record.version <= this.#version || this.#isLeftOut) return;
    if (!this.#isOurs) {
      return this.#leaveOut(
        "unlike",
        `version ${this.#version} is here, and the archive has only what comes after it`,
      );
    }
    if (record.version !== this.#version + 1) return;
    this.#append(record);
    if (this.#underWay.length >= UNDER_WAY_MAX || this.#underWayBytes >= UNDER_WAY_BYTES_MAX) {
      await this.#settled();
    }
  }

  async #compareRecord({ version, bytes, atMs }: ArchiveRecord): Promise<void> {
    const [here] = await this.#target.journal.read(this.entity, { fromVersion: version, limit: 1 });
    // Gone behind a snapshot: what the archive has of that version may still tell.
    if (here?.version !== version) {
      return this.#snapshot?.version === version ? this.#compareSnapshot(this.#snapshot.bytes) : undefined;
    }
    if (here.atMs === atMs && isSame(here.bytes, bytes)) this.#isOurs = true;
    else this.#leaveOut("unlike", `version ${version} is another one here`);
  }

  #append({ bytes, atMs }: ArchiveRecord): void {
    const owner = this.#owner;
    if (owner === undefined) return;
    const { journal } = this.#target;
    const what = { entity: this.entity, owner, expectedVersion: this.#version, bytes, atMs };
    const appended = journal.append({ ...what, durability: weakest([journal.strongest, "fsync"]) });
    const checked = appended.then((answer) => this.#check(answer));
    // Looked at a little later.
    checked.catch(() => undefined);
    this.#underWay.push(checked);
    this.#underWayBytes += bytes.length;
    this.#version++;
    this.#stored++;
  }

  async #storeSnapshot(owner: Owner): Promise<void> {
    if (this.#snapshot === undefined) return;
    const keepFrom = this.#from.first === 1 ? 1 : this.#snapshot.version + 1;
    this.#check(
      await this.#target.journal.snapshot({ entity: this.entity, owner, ...this.#snapshot, keepFrom }),
    );
  }

  async #settled(): Promise<void> {
    const underWay = this.#underWay;
    this.#underWay = [];
    this.#underWayBytes = 0;
    await Promise.all(underWay);
  }

  /** @throws Fault notStored when somebody else has written it meanwhile */
  #check({ kind }: { readonly kind: string }): void {
    if (kind === "appended" || kind === "stored") return;
    throw new Fault("notStored", {
      entity: entityText(this.entity),
      why: `somebody else writes it (${kind}); begin the import again`,
    });
  }

  #leaveOut(outcome: ImportOutcome, why: string): void {
    this.#outcome = outcome;
    this.#why = why;
  }
}

function isSame(one: Uint8Array, other: Uint8Array): boolean {
  return Buffer.compare(one, other) === 0;
}

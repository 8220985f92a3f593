import assert from "node:assert/strict";
import type { EntityAddress } from "../../../runtime/persistence/entity-address.ts";
import type { Journal, Owner } from "../../../runtime/persistence/journal.ts";

/** One step of a made-up life of an entity. */
export type Step =
  | { readonly kind: "append"; readonly ahead: number; readonly count: number }
  | { readonly kind: "snapshot"; readonly back: number; readonly keep: number }
  | { readonly kind: "remove" }
  | { readonly kind: "claim" }
  | { readonly kind: "stale" };

/** The simplest thing that says what a journal should hold of one entity, and a journal that is held against it. */
export class ModelEntity {
  readonly #entity: EntityAddress;
  readonly #journal: Journal;
  readonly #claim: () => Promise<Owner>;
  #owner: Owner = { ownerEpoch: 0, incarnation: "" };
  #before: Owner | undefined;
  #hasOwnerWritten = false;
  #version = 0;
  #snapshotVersion = 0;
  #records: number[] = [];

  constructor(entity: EntityAddress, journal: Journal, claim: () => Promise<Owner>) {
    this.#entity = entity;
    this.#journal = journal;
    this.#claim = claim;
  }

  async begin(): Promise<void> {
    this.#owner = await this.#claim();
  }

  async take(step: Step): Promise<void> {
    switch (step.kind) {
      case "append":
        return this.#append(step);
      case "snapshot":
        return this.#snapshot(step);
      case "remove":
        return this.#remove();
      case "claim":
        return this.#claimAnew();
      case "stale":
        return this.#appendStale();
    }
  }

  /** Holds everything that can be read against what should be there. */
  async compare(): Promise<void> {
    const loaded = await this.#journal.load(this.#entity);
    assert.equal(loaded.version, this.#version);
    assert.equal(loaded.snapshot?.version ?? 0, this.#snapshotVersion);
    const versions: number[] = [];
    for await (const page of loaded.pages) versions.push(...page.map(({ version }) => version));
    assert.deepEqual(
      versions,
      this.#records.filter((version) => version > this.#snapshotVersion),
    );
    const history = await this.#journal.read(this.#entity, { fromVersion: 1, limit: 1_000 });
    assert.deepEqual(
      history.map(({ version }) => version),
      this.#records,
    );
    assert.ok(history.every(({ version, bytes }) => Buffer.from(bytes).toString() === `step ${version}`));
  }

  async #append({ ahead, count }: { readonly ahead: number; readonly count: number }): Promise<void> {
    const first = Math.max(0, this.#version + ahead);
    if (first !== this.#version) {
      const refused = await this.#send(this.#owner, first);
      return assert.deepEqual(refused, { kind: "conflict", version: this.#version });
    }
    const versions = Array.from({ length: count }, (_, index) => first + index + 1);
    const answers = await Promise.all(versions.map((version) => this.#send(this.#owner, version - 1)));
    assert.deepEqual(
      answers,
      versions.map((version) => ({ kind: "appended", version })),
    );
    this.#records.push(...versions);
    this.#version += count;
    this.#hasOwnerWritten = true;
  }

  async #snapshot({ back, keep }: { readonly back: number; readonly keep: number }): Promise<void> {
    const version = this.#version - back;
    if (version < 1) return;
    const keepFrom = Math.max(1, version + 1 - keep);
    const write = { entity: this.#entity, owner: this.#owner, version, bytes: new Uint8Array(3), keepFrom };
    const answer = await this.#journal.snapshot(write);
    if (version > this.#version) return assert.equal(answer.kind, "conflict");
    assert.deepEqual(answer, { kind: "stored" });
    if (version < this.#snapshotVersion) return;
    this.#snapshotVersion = version;
    this.#records = this.#records.filter((record) => record >= keepFrom);
  }

  async #remove(): Promise<void> {
    const answer = await this.#journal.remove({ entity: this.#entity, owner: this.#owner });
    assert.deepEqual(answer, { kind: "stored" });
    this.#version = 0;
    this.#snapshotVersion = 0;
    this.#records = [];
    this.#hasOwnerWritten = false;
  }

  async #claimAnew(): Promise<void> {
    this.#before = this.#owner;
    this.#owner = await this.#claim();
    this.#hasOwnerWritten = false;
  }

  /** Where a new owner has not written yet, an adapter may or may not know of it. */
  async #appendStale(): Promise<void> {
    if (this.#before === undefined || !this.#hasOwnerWritten) return;
    const answer = await this.#send(this.#before, this.#version);
    assert.deepEqual(answer, { kind: "fenced", by: this.#owner });
  }

  #send(owner: Owner, expectedVersion: number): ReturnType<Journal["append"]> {
    const bytes = Buffer.from(`step ${expectedVersion + 1}`);
    const what = { entity: this.#entity, owner, expectedVersion, bytes };
    return this.#journal.append({ ...what, atMs: 1, durability: "fsync" });
  }
}

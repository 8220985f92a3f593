import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openLmdbJournal } from "../../runtime/persistence/lmdb-journal.ts";
import type { LmdbJournal, LmdbJournalOptions } from "../../runtime/persistence/lmdb-journal.ts";
import { openStore } from "../../runtime/persistence/lmdb-store.ts";
import type { LmdbStore } from "../../runtime/persistence/lmdb-store.ts";
import { SystemClock } from "../../runtime/time/system-clock.ts";

/** An embedded journal in a directory of its own, to be opened, closed and damaged by a test. */
export class ScratchJournal {
  readonly path = mkdtempSync(join(tmpdir(), "journal-"));
  #open: LmdbJournal | undefined;

  async open(options: Partial<LmdbJournalOptions> = {}): Promise<LmdbJournal> {
    await this.#open?.close();
    const clock = new SystemClock();
    this.#open = await openLmdbJournal({ path: this.path, clock, incarnation: "scratch", ...options });
    return this.#open;
  }

  /** Appends so many records of this size to an entity, and waits for them. */
  async fill(id: string, count: number, size = 100): Promise<void> {
    const journal = this.#open ?? (await this.open());
    const entity = { type: "test", id };
    const { version } = await journal.load(entity);
    const steps = Array.from({ length: count }, (_, index) =>
      journal.append({
        entity,
        owner: journal.writer,
        expectedVersion: version + index,
        bytes: new Uint8Array(size).fill(7),
        atMs: 1,
        durability: "fsync",
      }),
    );
    await Promise.all(steps);
  }

  /** Closes the journal and lets `work` do to its store what no journal would. */
  async damage(work: (store: LmdbStore) => unknown): Promise<void> {
    await this.close();
    const store = await openStore(this.path);
    try {
      store.transact(() => work(store));
      await store.flush();
    } finally {
      await store.close();
    }
  }

  async close(): Promise<void> {
    await this.#open?.close();
    this.#open = undefined;
  }

  async dispose(): Promise<void> {
    await this.close();
    rmSync(this.path, { recursive: true });
  }
}

import { randomUUID } from "node:crypto";
import { mkdirSync, readdirSync, rmSync, statSync, statfsSync } from "node:fs";
import { join } from "node:path";
import { Fault } from "../fault.ts";
import { DATA_FILE } from "./data-file.ts";
import { lmdbFault } from "./lmdb-fault.ts";
import type { LmdbStore } from "./lmdb-store.ts";
import { isTaken } from "./store-lock.ts";

/** The folder of a store in which copies are put. */
const FOLDER = "copies";
const FOLDER_MODE = 0o700;
/** Whoever asked for a copy opens it within this time, or has ended; in milliseconds. */
const UNREAD_MS_MAX = 60_000;
/** What a copy leaves free on the disk for those that store. */
const SPARE_BYTES = 268_435_456;

/** A copy of a store, which belongs to who asked for it. */
export interface StoreCopy {
  readonly path: string;
  readonly bytes: number;
}

/**
 * Copies of a store as it is at one moment, for other processes to look into: the store itself takes one process at a time. One is made at a time. Whoever gets
 * one removes it after use; what a dead process has left behind goes when the next one is made.
 */
export class StoreCopies {
  readonly #path: string;
  #making: Promise<StoreCopy> | undefined = undefined;

  /** `path`: the directory of the store. */
  constructor(path: string) {
    this.#path = join(path, FOLDER);
  }

  /** @throws Fault journalBusy while another copy is made, journalUnavailable when the disk has no room to spare or does not take it, journalFull when it filled up meanwhile */
  make(store: Pick<LmdbStore, "copyTo" | "usedBytes">): Promise<StoreCopy> {
    if (this.#making !== undefined) return Promise.reject(new Fault("journalBusy", { path: this.#path }));
    this.#making = this.#make(store).finally(() => (this.#making = undefined));
    return this.#making;
  }

  /** Resolves when none is made: before that the store must not be closed. */
  async settled(): Promise<void> {
    await this.#making?.catch(() => undefined);
  }

  async #make(store: Pick<LmdbStore, "copyTo" | "usedBytes">): Promise<StoreCopy> {
    try {
      mkdirSync(this.#path, { recursive: true, mode: FOLDER_MODE });
      this.#removeForgotten();
      this.#checkRoom(store.usedBytes());
      return await this.#copy(store);
    } catch (error) {
      throw lmdbFault(error, this.#path);
    }
  }

  async #copy(store: Pick<LmdbStore, "copyTo">): Promise<StoreCopy> {
    const path = join(this.#path, randomUUID());
    mkdirSync(path, { mode: FOLDER_MODE });
    try {
      await store.copyTo(path);
      return { path, bytes: statSync(join(path, DATA_FILE)).size };
    } catch (error) {
      rmSync(path, { recursive: true, force: true });
      throw error;
    }
  }

  #removeForgotten(): void {
    for (const name of readdirSync(this.#path)) {
      const path = join(this.#path, name);
      // Whoever has read one may remove it just now.
      const changedAtMs = statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0;
      const isYoung = Date.now() - changedAtMs < UNREAD_MS_MAX;
      if (!isYoung && !isTaken(path)) rmSync(path, { recursive: true, force: true });
    }
  }

  /** @throws Fault */
  #checkRoom(neededBytes: number): void {
    const { bavail, bsize } = statfsSync(this.#path);
    const freeBytes = bavail * bsize;
    if (freeBytes >= neededBytes + SPARE_BYTES) return;
    const why = `a copy needs ${neededBytes} bytes and ${SPARE_BYTES} to spare, and the disk has ${freeBytes}`;
    throw new Fault("journalUnavailable", { path: this.#path, why });
  }
}

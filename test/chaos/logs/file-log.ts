import {
  appendFileSync,
  copyFileSync,
  existsSync,
  renameSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { readCursor } from "../../../actors/logs/file/file-cursor.ts";
import type { SeededChance } from "../../support/seeded-chance.ts";
import type { ChaosLog } from "./chaos-log.ts";
import { PlainCounter } from "./plain-counter.ts";
import { asLine, newRecord } from "./put-record.ts";
import type { PutRecord } from "./put-record.ts";
import type { PartitionAccount } from "./reader-words.ts";

const LINES_MAX = 25;
/** One line in so many is no JSON. */
const BAD_ONE_IN = 60;
const KEPT_FILES = 9;

/** A log file that is written line by line, and now and then half a line; renamed, cut off and replaced. Each line is noted. */
export class FileLog implements ChaosLog {
  readonly path: string;
  readonly source: object;
  readonly #chance: SeededChance;
  readonly #counter = new PlainCounter();
  /** What is still to be written of a line, and where the rest of it stands by now. */
  #half: { readonly rest: string; path: string } | undefined = undefined;
  #partition = "";

  constructor(folder: string, chance: SeededChance) {
    this.path = join(folder, "app.log");
    this.source = { name: "app", kind: "file", path: this.path, format: "json" };
    this.#chance = chance;
  }

  get filled(): readonly string[] {
    return [this.#partition];
  }

  counterOf(partition: string): PlainCounter | undefined {
    this.#partition = partition;
    return this.#counter;
  }

  put(): void {
    this.endLine();
    const chance = this.#chance;
    const records = Array.from({ length: chance.between(1, LINES_MAX) }, () => this.#record());
    for (const record of records) this.#counter.put([record]);
    const text = records.map(asLine).join("");
    const cut = chance.between(0, 3) === 0 ? text.length - chance.between(1, 40) : text.length;
    appendFileSync(this.path, text.slice(0, cut));
    if (cut < text.length) this.#half = { rest: text.slice(cut), path: this.path };
  }

  /** Writes the rest of a line that was begun. */
  endLine(): void {
    if (this.#half === undefined) return;
    appendFileSync(this.#half.path, this.#half.rest);
    this.#half = undefined;
  }

  /** As logrotate does with `create`: its writer still has the file with the old name open, and ends its line there. */
  rename(): void {
    if (!existsSync(this.path)) return;
    this.#shift();
    renameSync(this.path, `${this.path}.1`);
    if (this.#half?.path === this.path) this.#half.path = `${this.path}.1`;
    writeFileSync(this.path, "");
  }

  /** As logrotate does with `copytruncate`. */
  copyAndCut(): void {
    this.endLine();
    if (!existsSync(this.path)) return;
    this.#shift();
    copyFileSync(this.path, `${this.path}.1`);
    truncateSync(this.path);
  }

  /** Cuts it off, whatever was read of it; once, so that it is known which lines were lost. */
  cut(): void {
    this.endLine();
    if (this.#counter.dropped > 0 || !existsSync(this.path)) return;
    this.#counter.dropped = this.#counter.units.length;
    truncateSync(this.path);
  }

  /** Puts another file in its place, whatever was read of it; once. */
  replace(): void {
    this.endLine();
    if (this.#counter.dropped > 0 || !existsSync(this.path)) return;
    this.#counter.dropped = this.#counter.units.length;
    writeFileSync(`${this.path}.new`, "");
    renameSync(`${this.path}.new`, this.path);
  }

  /** Lines of which nobody can know how many they were: those at the end of what was dropped. */
  lostOf({ read }: PartitionAccount): number {
    return this.#counter.units.length - read;
  }

  unread(accounts: readonly PartitionAccount[]): readonly string[] {
    const [account] = accounts;
    const cursor = account?.cursor === undefined ? undefined : readCursor(account.cursor);
    if (!existsSync(this.path)) return [];
    const { ino, size } = statSync(this.path);
    const isRead = cursor?.inode === ino && cursor.offset === size;
    return isRead || (cursor === undefined && this.#counter.units.length === 0) ? [] : ["app"];
  }

  tooEarly(): readonly string[] {
    return [];
  }

  close(): void {
    // It goes with the folder of the run.
  }

  #record(): PutRecord {
    const record = newRecord(this.#chance, Date.now());
    const isBad = this.#chance.between(1, BAD_ONE_IN) === 1;
    return isBad ? { ...record, fate: "unparsable" } : record;
  }

  #shift(): void {
    rmSync(`${this.path}.${KEPT_FILES}`, { force: true });
    for (let number = KEPT_FILES - 1; number >= 1; number--) {
      const from = `${this.path}.${number}`;
      if (!existsSync(from)) continue;
      renameSync(from, `${this.path}.${number + 1}`);
      if (this.#half?.path === from) this.#half.path = `${this.path}.${number + 1}`;
    }
  }
}

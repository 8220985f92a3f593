import { randomUUID } from "node:crypto";
import { AuditFile } from "./audit-file.ts";
import type { AuditBounds } from "./audit-file.ts";
import type { AuditAct, AuditEntry, AuditOutcome } from "./audit-entry.ts";

/** Some thousand acts, and then the oldest go. */
const BOUNDS: AuditBounds = { bytesMax: 1_048_576, oldFiles: 4 };
/** What is kept of parameters and of an answer, in characters of JSON. */
const VALUE_CHARS_MAX = 2_048;

/** How an act ended. */
export interface AuditEnd {
  readonly outcome: Exclude<AuditOutcome, "begun">;
  readonly status: number;
  readonly answer: unknown;
}

/** Keeps what operators did. An act is written down before it is done, and once more with its outcome before it is answered. */
export class Audit {
  readonly #file: AuditFile;
  readonly #wallMs: () => number;

  constructor(path: string, wallMs: () => number, bounds: AuditBounds = BOUNDS) {
    this.#file = new AuditFile(path, bounds);
    this.#wallMs = wallMs;
  }

  /** Writes down what is about to be done. Rejects when that cannot be kept: then it must not be done. */
  async begin(act: AuditAct): Promise<AuditEntry> {
    const entry: AuditEntry = {
      id: randomUUID(),
      atMs: this.#wallMs(),
      ...act,
      parameters: bounded(act.parameters),
      outcome: "begun",
    };
    await this.#file.append(JSON.stringify(entry));
    return entry;
  }

  /** Writes down what became of it. Rejects when that cannot be kept. */
  async end(begun: AuditEntry, { outcome, status, answer }: AuditEnd): Promise<void> {
    const entry: AuditEntry = { ...begun, outcome, status, answer: bounded(answer) };
    await this.#file.append(JSON.stringify(entry));
  }

  /** The latest acts, newest first; at most `limit`. */
  async recent(limit: number): Promise<AuditEntry[]> {
    const entries = new Map<string, AuditEntry>();
    for await (const text of this.#file.texts()) {
      for (const entry of parse(text)) {
        // Read backwards, the last line of an act comes first, and it says the most.
        if (!entries.has(entry.id)) entries.set(entry.id, entry);
      }
      if (entries.size > limit) break;
    }
    return [...entries.values()].toSorted((a, b) => b.atMs - a.atMs).slice(0, limit);
  }
}

/** The entries of a file, the last line first; what a power cut has left half written is passed over. */
function parse(text: string): AuditEntry[] {
  return text
    .split("\n")
    .reverse()
    .flatMap((line): AuditEntry[] => {
      try {
        return line === "" ? [] : [JSON.parse(line) as AuditEntry];
      } catch {
        return [];
      }
    });
}

/** A value as it is, or the beginning of it as text. */
function bounded(value: unknown): unknown {
  const text = JSON.stringify(value) as string | undefined;
  if (text === undefined || text.length <= VALUE_CHARS_MAX) return value;
  return `${text.slice(0, VALUE_CHARS_MAX)}…`;
}

import { spawn } from "node:child_process";
import type { ChildProcessByStdio } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import type { Readable, Writable } from "node:stream";
import { fileURLToPath } from "node:url";
import { eventually } from "./eventually.ts";

const WRITER = fileURLToPath(new URL("journal-writer.js", import.meta.url));

/** What the writing process has said; see `journal-writer.ts`. */
export interface WriterLine {
  readonly kind: string;
  readonly id?: string;
  readonly version?: number;
  readonly text?: string;
  readonly by?: { readonly incarnation: string };
}

/** A journal that is written by another process. */
export class JournalProcess {
  readonly lines: WriterLine[] = [];
  readonly #child: ChildProcessByStdio<Writable, Readable, null>;
  readonly #ended: Promise<unknown>;

  /** `shell`: a line of the shell that runs before, and in, the process. `writer`: another program that speaks the same way. */
  constructor(
    writerArguments: readonly string[],
    shell?: { readonly before: string; readonly with: readonly string[] },
    writer = WRITER,
  ) {
    const command = [process.execPath, writer, ...writerArguments];
    const script = shell === undefined ? [] : [...shell.with, "sh", "-c", `${shell.before}; exec "$@"`, "sh"];
    const [program = "", ...rest] = [...script, ...command];
    this.#child = spawn(program, rest, { stdio: ["pipe", "pipe", "inherit"] });
    this.#ended = once(this.#child, "close");
    createInterface({ input: this.#child.stdout }).on("line", (line) => {
      this.lines.push(JSON.parse(line) as WriterLine);
    });
  }

  get pid(): number {
    return this.#child.pid ?? 0;
  }

  /** Waits until it has said something of this kind. */
  async until(kind: string): Promise<WriterLine> {
    await eventually(() => this.lines.some((line) => line.kind === kind), true, kind);
    return this.lines.find((line) => line.kind === kind) as WriterLine;
  }

  goOn(): void {
    this.#child.stdin.write("go on\n");
  }

  /** Ends it as a power cut of the process would: at once. Resolves with all its words read. */
  async kill(): Promise<void> {
    this.#child.kill("SIGKILL");
    await this.#ended;
  }

  async ended(): Promise<void> {
    await this.#ended;
  }

  /** The latest version that was acknowledged, of each entity. */
  acknowledged(): Map<string, number> {
    const latest = new Map<string, number>();
    for (const { kind, id, version } of this.lines) {
      if (kind === "appended" && id !== undefined && version !== undefined) latest.set(id, version);
    }
    return latest;
  }
}

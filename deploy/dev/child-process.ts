import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { createInterface } from "node:readline";

/** What is run, and who hears what it says. */
export interface ChildOrders {
  readonly command: string;
  readonly words: readonly string[];
  readonly folder: string;
  readonly environment?: NodeJS.ProcessEnv;
  readonly onLine: (line: string, from: "out" | "err") => void;
}

/**
 * A process of this one's own. It is in a process group of its own: Ctrl-C in the terminal reaches it only through `stop`, when its turn
 * has come.
 */
export class OwnProcess {
  readonly #child: ChildProcess;
  /** Resolves with how it has ended, in words. */
  readonly ended: Promise<string>;
  #hasEnded = false;

  constructor({ command, words, folder, environment = process.env, onLine }: ChildOrders) {
    this.#child = spawn(command, words, {
      cwd: folder,
      env: environment,
      detached: true,
      stdio: ["ignore", "pipe", "pipe"],
    });
    for (const from of ["out", "err"] as const) {
      const stream = from === "out" ? this.#child.stdout : this.#child.stderr;
      if (stream !== null) createInterface({ input: stream }).on("line", (line) => onLine(line, from));
    }
    this.ended = new Promise((resolve) => {
      this.#child.once("error", (error) => resolve(error.message));
      this.#child.once("close", (code, signal) => resolve(signal ?? `exit code ${code}`));
    });
    void this.ended.then(() => (this.#hasEnded = true));
  }

  get pid(): number | undefined {
    return this.#child.pid;
  }

  get hasEnded(): boolean {
    return this.#hasEnded;
  }

  kill(): void {
    if (!this.#hasEnded) this.#child.kill("SIGKILL");
  }

  /** Ends it in order, and at once when that takes too long. */
  async stop(withinMs: number): Promise<void> {
    if (this.#hasEnded) return;
    this.#child.kill("SIGTERM");
    const timer = setTimeout(() => this.#child.kill("SIGKILL"), withinMs);
    await this.ended;
    clearTimeout(timer);
  }
}

import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

/** The command line of the program under test. */
export const CLI = fileURLToPath(new URL("../../deploy/cli.js", import.meta.url));
const START_LIMIT_MS = 60_000;
/** Every port of the default settings, so that tests never meet each other. */
export const FREE_PORTS = [
  "listeners.web.port",
  "listeners.length.port",
  "listeners.line.port",
  "ops.port",
].flatMap((name) => ["--set", `${name}=0`]);

/** How a command ended. */
export interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A folder of its own for a test, and how to be rid of it. */
export interface Workplace {
  readonly folder: string;
  remove(): void;
}

export function workplace(): Workplace {
  const folder = mkdtempSync(join(tmpdir(), "banyan-test-"));
  return { folder, remove: () => rmSync(folder, { recursive: true, force: true }) };
}

/** Runs `banyan …` in a folder, away from the settings of whoever runs the tests. */
export class Banyan {
  readonly child: ChildProcess;
  readonly ended: Promise<Ended>;
  #stdout = "";
  #stderr = "";
  readonly #onOutput: (() => void)[] = [];

  constructor(
    folder: string,
    words: readonly string[],
    environment: Readonly<Record<string, string>> = {},
    program: string = CLI,
  ) {
    const clean = Object.entries(process.env).filter(
      ([name]) => !name.startsWith("BANYAN_") && name !== "NODE_TEST_CONTEXT",
    );
    this.child = spawn(process.execPath, [program, ...words], {
      cwd: folder,
      env: { ...Object.fromEntries(clean), NO_COLOR: "1", ...environment },
      stdio: ["ignore", "pipe", "pipe"],
    });
    this.child.stdout
      ?.setEncoding("utf8")
      .on("data", (text: string) => this.#add({ stdout: text, stderr: "" }));
    this.child.stderr
      ?.setEncoding("utf8")
      .on("data", (text: string) => this.#add({ stdout: "", stderr: text }));
    this.ended = new Promise((resolve) => {
      this.child.once("close", (code, signal) => {
        resolve({ code, signal, stdout: this.#stdout, stderr: this.#stderr });
        this.#add({ stdout: "", stderr: "" });
      });
    });
  }

  get stdout(): string {
    return this.#stdout;
  }

  get stderr(): string {
    return this.#stderr;
  }

  /** Resolves when the output makes `find` answer something. @throws Error with all output when the process ends first, or in a minute */
  until<T>(find: (stdout: string, stderr: string) => T | undefined): Promise<T> {
    return new Promise((resolve, reject) => {
      const fail = (why: string): void =>
        reject(new Error(`${why}\n--- stdout\n${this.#stdout}\n--- stderr\n${this.#stderr}`));
      const limit = setTimeout(() => fail("nothing came in time"), START_LIMIT_MS);
      const look = (): void => {
        const found = find(this.#stdout, this.#stderr);
        if (found === undefined && this.child.exitCode === null && this.child.signalCode === null) return;
        clearTimeout(limit);
        if (found !== undefined) resolve(found);
        else fail("the process has ended");
      };
      this.#onOutput.push(look);
      look();
    });
  }

  #add({ stdout, stderr }: { stdout: string; stderr: string }): void {
    this.#stdout += stdout;
    this.#stderr += stderr;
    for (const look of this.#onOutput) look();
  }
}

/** Runs a command to its end. */
export function banyan(
  folder: string,
  words: readonly string[],
  environment?: Readonly<Record<string, string>>,
): Promise<Ended> {
  return new Banyan(folder, words, environment).ended;
}

/** A node in a process of its own. */
export interface NodeProcess {
  readonly process: Banyan;
  readonly dataDir: string;
  /** The URL of the operators' port. */
  readonly ops: string;
  readonly token: string;
  /** By the listener's name. */
  readonly listeners: Readonly<Record<string, string>>;
  /** The process that serves: the worker, where there is a host. */
  workerPid(): number;
  /** `GET` on the operators' port, with the token. */
  get(path: string): Promise<{ status: number; body: unknown }>;
  /** Stops it in order and answers how it ended. */
  stop(): Promise<Ended>;
}

/** Starts a node on free ports in a folder, and waits until all its ports are open. */
export async function startNode(
  folder: string,
  words: readonly string[] = [],
  environment?: Readonly<Record<string, string>>,
  program?: string,
): Promise<NodeProcess> {
  const node = new Banyan(folder, ["start", ...FREE_PORTS, ...words], environment, program);
  const started = await node.until(startedEvent).catch((error: unknown) => endAnd(node, error));
  const dataDir = join(folder, ".banyan");
  const token = environment?.["BANYAN_OPS_TOKEN"] ?? readFileSync(join(dataDir, "ops-token"), "utf8").trim();
  return {
    process: node,
    dataDir,
    ops: started.opsUrl,
    token,
    listeners: started.listeners,
    workerPid: () => servingPid(dataDir),
    get: async (path) => {
      // A connection that is kept may just be closed by the other side, or belong to a worker that has ended.
      const headers = { authorization: `Bearer ${token}`, connection: "close" };
      const response = await fetch(started.opsUrl + path, { headers });
      const text = await response.text();
      const isJson = response.headers.get("content-type")?.includes("json") === true;
      return { status: response.status, body: isJson ? (JSON.parse(text) as unknown) : text };
    },
    stop: () => {
      node.child.kill("SIGTERM");
      return node.ended;
    },
  };
}

/** Nobody else knows of a node whose start has failed. */
async function endAnd(node: Banyan, error: unknown): Promise<never> {
  node.child.kill("SIGKILL");
  await node.ended;
  throw error;
}

function servingPid(dataDir: string): number {
  const { pid, workers } = JSON.parse(readFileSync(join(dataDir, "node.json"), "utf8")) as {
    pid: number;
    workers: number[];
  };
  return workers[0] ?? pid;
}

interface Started {
  readonly opsUrl: string;
  readonly listeners: Readonly<Record<string, string>>;
}

/** Where there is a host, it has to know too. */
function startedEvent(stdout: string): Started | undefined {
  const [started] = eventsIn(stdout, "node.started");
  const isKnown =
    eventsIn(stdout, "worker.started").length === 0 || eventsIn(stdout, "worker.serving").length > 0;
  return isKnown ? (started as Started | undefined) : undefined;
}

/** The events of one name in the log that a process has written, in their order; a line that has not come whole is none yet. */
export function eventsIn(stdout: string, name: string): Record<string, unknown>[] {
  return stdout
    .split("\n")
    .slice(0, -1)
    .filter((line) => line.includes(`"event":"${name}"`) && line.endsWith("}"))
    .map((line) => JSON.parse(line) as Record<string, unknown>);
}

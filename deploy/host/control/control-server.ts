import { once } from "node:events";
import { rmSync } from "node:fs";
import { createServer } from "node:net";
import type { Server, Socket } from "node:net";
import type { HostAnswer, HostCommand } from "../../../protocols/host.ts";
import type { Logger } from "../../../runtime/telemetry/logger.ts";
import { Refusal } from "../../refusal.ts";
import { controlPath } from "./control-path.ts";
import type { ControlPath } from "./control-path.ts";
import { firstLine } from "./first-line.ts";

/** Only the owner of the data directory commands its host. */
const OTHERS_MASK = 0o177;
/** Commands that may be open at once. */
const CLIENTS_MAX = 64;

/** Carries out a command; `say` tells what happens on the way, the answer is the last word. */
export type Commanded = (command: HostCommand, say: (text: string) => void) => Promise<HostAnswer>;

/** What the host's ear needs. */
export interface ControlParts {
  readonly dataDir: string;
  readonly log: Logger;
  readonly carryOut: Commanded;
}

/** The host's ear: a Unix socket in the data directory, one command a connection, one JSON object a line. */
export class ControlServer {
  readonly #server: Server;
  readonly #path: ControlPath;

  private constructor(server: Server, path: ControlPath) {
    this.#server = server;
    this.#path = path;
  }

  /**
   * Listens from now on. Call it with the lock held: a socket of that name is then a dead host's.
   * @throws Refusal when the socket cannot be made
   */
  static async open(parts: ControlParts): Promise<ControlServer> {
    const { dataDir } = parts;
    const path = controlPath(dataDir);
    const server = createServer({ allowHalfOpen: true }, (socket) => attend(socket, parts));
    server.maxConnections = CLIENTS_MAX;
    try {
      await listen(server, path);
    } catch (error) {
      path.release();
      const why = `the control socket ${path.real} cannot be made: ${(error as Error).message}`;
      throw new Refusal("settings", `${why}; repair dataDir (${dataDir}) or choose another with --data-dir`, {
        cause: error,
      });
    }
    return new ControlServer(server, path);
  }

  /** Takes no more commands; those under way may still be answered. */
  close(): void {
    this.#server.close();
    rmSync(this.#path.real, { force: true });
    this.#path.release();
  }
}

async function listen(server: Server, path: ControlPath): Promise<void> {
  rmSync(path.real, { force: true });
  // Made so from the start: between making it and changing its mode somebody could connect, or put another file there.
  const mask = process.umask(OTHERS_MASK);
  try {
    server.listen(path.short);
  } finally {
    process.umask(mask);
  }
  await once(server, "listening");
}

function attend(socket: Socket, { carryOut, log }: ControlParts): void {
  // Whoever asked is gone; what was asked is carried out all the same.
  socket.on("error", () => socket.destroy());
  firstLine(socket, (line) => {
    answer(socket, line, carryOut).catch((err: unknown) => {
      log.error("control.failed", { err });
      socket.destroy();
    });
  });
}

async function answer(socket: Socket, line: string, carryOut: Commanded): Promise<void> {
  const write = (said: HostAnswer): void => {
    if (socket.writable) socket.write(`${JSON.stringify(said)}\n`);
  };
  const command = parse(line);
  write(
    command === undefined
      ? { kind: "refused", code: "unknownCommand", text: "that is no command of this host" }
      : await carryOut(command, (text) => write({ kind: "event", text })),
  );
  socket.end();
}

const COMMANDS: readonly string[] = ["status", "reload", "restart", "stop"] satisfies HostCommand["kind"][];

function parse(line: string): HostCommand | undefined {
  try {
    const { kind } = JSON.parse(line) as { kind?: unknown };
    return typeof kind === "string" && COMMANDS.includes(kind) ? ({ kind } as HostCommand) : undefined;
  } catch {
    return undefined;
  }
}

import { once } from "node:events";
import { connect } from "node:net";
import type { Socket } from "node:net";
import { createInterface } from "node:readline";
import type { HostAnswer, HostCommand } from "../../../protocols/host.ts";
import { NO_HOST } from "../../../runtime/host-link.ts";
import { Refusal } from "../../refusal.ts";
import { holderOf } from "../place/host-lock.ts";
import { controlPath } from "./control-path.ts";

/** How long an answer is waited for unless said otherwise, in milliseconds. */
const ANSWER_WITHIN_MS = 300_000;

/** How a host is asked. */
export interface AskOptions {
  readonly withinMs?: number;
  /** Called with what happens on the way to the answer. */
  readonly onEvent?: (text: string) => void;
}

/** Has the host of a data directory carry out a command, and answers its last word. @throws Refusal when there is no host */
export async function askHost(
  dataDir: string,
  command: HostCommand,
  { withinMs = ANSWER_WITHIN_MS, onEvent = () => undefined }: AskOptions = {},
): Promise<HostAnswer> {
  const holder = holderOf(dataDir);
  if (holder === undefined) throw nothingRuns(dataDir);
  if (holder.role === "node") throw new Refusal("failed", `process ${holder.pid} is ${NO_HOST}`);
  const path = controlPath(dataDir);
  const socket = connect(path.short);
  const limit = setTimeout(() => socket.destroy(new Error(`no answer in ${withinMs} ms`)), withinMs);
  try {
    return await converse(socket, command, onEvent);
  } catch (error) {
    const text = `the host (process ${holder.pid}) does not answer at ${path.real}: ${(error as Error).message}`;
    throw new Refusal("unavailable", text, { cause: error });
  } finally {
    clearTimeout(limit);
    socket.destroy();
    path.release();
  }
}

/** For commands that need somebody there. */
export function nothingRuns(dataDir: string): Refusal {
  return new Refusal("unavailable", `nothing runs on ${dataDir}; start it with: banyan start`);
}

async function converse(
  socket: Socket,
  command: HostCommand,
  onEvent: (text: string) => void,
): Promise<HostAnswer> {
  await once(socket, "connect");
  let why = "it has closed the connection without an answer";
  // What breaks the connection ends the lines.
  socket.on("error", ({ message }) => (why = message));
  socket.write(`${JSON.stringify(command)}\n`);
  for await (const line of createInterface({ input: socket })) {
    const answer = JSON.parse(line) as HostAnswer;
    if (answer.kind !== "event") return answer;
    onEvent(answer.text);
  }
  throw new Error(why);
}

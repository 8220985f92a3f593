import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:net";
import type { AddressInfo } from "node:net";
import { setTimeout as pause } from "node:timers/promises";
import { fileURLToPath } from "node:url";

/** A server that says nothing for so long does not start. */
const START_MAX_MS = 20_000;

/** For so long a server that has begun to listen still tidies up after its start, which is no connection's memory. */
const SETTLE_MS = 300;

/** One of the servers of this folder, running in a process of its own. */
export interface RunningServer {
  readonly port: number;
  readonly pid: number;
  stop(): Promise<void>;
}

/** Starts `FILE.js --port N` on a free port and waits until it listens. */
export async function startServer(file: string): Promise<RunningServer> {
  const port = await freePort();
  const program = fileURLToPath(new URL(file, import.meta.url));
  const child = spawn(process.execPath, [program, "--port", String(port)], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const ended = once(child, "exit");
  await listening(child, file);
  await pause(SETTLE_MS);
  return {
    port,
    pid: child.pid ?? 0,
    async stop() {
      child.kill("SIGKILL");
      await ended;
    },
  };
}

async function listening(child: ChildProcess, file: string): Promise<void> {
  let said = "";
  const timer = setTimeout(() => child.kill("SIGKILL"), START_MAX_MS);
  for await (const chunk of child.stdout!.setEncoding("utf8").iterator({ destroyOnReturn: false })) {
    said += chunk as string;
    if (said.includes("listening")) break;
  }
  clearTimeout(timer);
  if (!said.includes("listening")) throw new TypeError(`${file} did not start: ${said}`);
  // Whatever it says from now on is nobody's business, but must not fill the pipe.
  child.stdout!.resume();
}

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, "127.0.0.1");
  await once(probe, "listening");
  const { port } = probe.address() as AddressInfo;
  probe.close();
  await once(probe, "close");
  return port;
}

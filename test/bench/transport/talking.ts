import { execFile, spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { RedisServer } from "../../support/redis-server.ts";
import type { Circumstances, Contender, Sample } from "../benchmark.ts";

/** What carries a conversation, and what is measured of it (`plans.ts`). */
type Kind = "ours" | "moleculer" | "streams";
type Plan = "most" | "single" | "steady";

const PROGRAM = fileURLToPath(new URL("talk-process.js", import.meta.url));
/** A measurement that takes longer hangs. */
const WITHIN_MS = 120_000;
/** What is on its way is kept by its sender, too: the disk is not part of this. */
const SETTINGS = { appendonly: "no" };

/** A contender: a redis-server of its own and two processes that talk over it. */
export function talking(kind: Kind, plan: Plan): Contender {
  return async ({ quick }: Circumstances) => {
    const server = await RedisServer.start(SETTINGS);
    const answerer = spawn(process.execPath, [PROGRAM, kind, server.url, "answer"], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    try {
      await listening(answerer);
      const call = [PROGRAM, kind, server.url, "call", plan, String(quick)];
      const { stdout } = await promisify(execFile)(process.execPath, call, { timeout: WITHIN_MS });
      return JSON.parse(stdout.trim().split("\n").at(-1) ?? "") as Sample;
    } finally {
      const ended = once(answerer, "exit");
      answerer.kill("SIGKILL");
      await ended;
      await server.stop();
    }
  };
}

async function listening({ stdout }: ChildProcess): Promise<void> {
  for await (const chunk of stdout!.setEncoding("utf8").iterator({ destroyOnReturn: false })) {
    if ((chunk as string).includes("listening")) return;
  }
  throw new TypeError("the answering side did not start");
}

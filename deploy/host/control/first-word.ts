import type { ChildProcess } from "node:child_process";
import type { Cancel, Clock } from "../../../runtime/time/clock.ts";
import { Refusal } from "../../refusal.ts";
import type { StarterWord } from "./starter.ts";

/** How a process in the background is waited for. */
export interface FirstWordOptions {
  /** Where it writes why it does not serve. */
  readonly logFile: string;
  readonly withinMs: number;
  readonly clock: Clock;
}

/** What a process in the background says of its start. @throws Refusal when it ends, or says nothing in time and is told to stop */
export async function firstWord(
  child: ChildProcess,
  { logFile, withinMs, clock }: FirstWordOptions,
): Promise<StarterWord> {
  let cancel: Cancel = () => undefined;
  try {
    return await new Promise((resolve, reject) => {
      const fail = (text: string): void => reject(new Refusal("failed", `${text}; ${logFile} says why`));
      child.once("message", (word) => resolve(word as StarterWord));
      child.once("error", reject);
      child.once("exit", (code, signal) => fail(`it has ended with ${signal ?? code} before it served`));
      cancel = clock.after(withinMs, () => {
        // What serves later all the same would run without anybody knowing.
        child.kill();
        fail(`process ${child.pid} did not serve within ${withinMs} ms and is told to stop`);
      });
    });
  } finally {
    cancel();
  }
}

import type { Clock } from "../../../runtime/time/clock.ts";
import { PullFailure } from "../source.ts";

/** Makes a call that is given up when it takes too long, whether it listens to its signal or not. Rejects with what it rejects with, and with PullFailure `groupTimeout`. */
export async function callWithin<T>(
  clock: Pick<Clock, "after">,
  withinMs: number,
  call: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const controller = new AbortController();
  let cancel = (): void => undefined;
  const late = new Promise<never>((_resolve, reject) => {
    cancel = clock.after(withinMs, () => {
      reject(new PullFailure("groupTimeout", "retry", `no answer in ${withinMs} ms`));
      controller.abort();
    });
  });
  try {
    return await Promise.race([call(controller.signal), late]);
  } finally {
    cancel();
  }
}

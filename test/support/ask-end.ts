import type { VirtualSystem } from "./virtual-system.ts";

/** How a question ended, once it has. */
export interface AskEnd {
  code?: string;
  /** The code of the fault at the far end of the chain. */
  cause?: string;
  atMs?: number;
}

/** Watches a question, so that a test can look at any time how and when it ended. */
export function endOf(asked: Promise<unknown>, world: VirtualSystem): AskEnd {
  const end: AskEnd = {};
  asked.then(
    () => Object.assign(end, { code: "answered" }),
    (error: unknown) => {
      const codes = [...chain(error)];
      Object.assign(end, { code: codes[0], atMs: world.clock.nowMs() });
      if (codes.length > 1) end.cause = codes.at(-1) ?? "";
    },
  );
  return end;
}

function* chain(error: unknown): Iterable<string> {
  for (let link = error as { code?: string; cause?: unknown } | undefined; link?.code !== undefined;) {
    yield link.code;
    link = link.cause as typeof link;
  }
}

import type { CountBookProtocol } from "../../protocols/count-book.ts";
import type { Protocol } from "../../protocols/protocol.ts";
import type { Reference } from "../../protocols/reference.ts";
import type { Context } from "../../runtime/actor/context.ts";
import { Fault } from "../../runtime/fault.ts";

/** How long the book of partitions may take to answer, in milliseconds. */
const ANSWER_WITHIN_MS = 3_000;

/** The parts of a source of which there are counts and more may come, whoever has read them; undefined when the book of partitions does not answer. */
export async function countedParts(
  source: string,
  book: Reference<CountBookProtocol>,
  context: Pick<Context<Protocol>, "ask" | "wallMs">,
): Promise<readonly string[] | undefined> {
  const prefix = `${source}/`;
  try {
    const request = { kind: "list", fromMs: context.wallMs() } as const;
    const { partials } = await context.ask(book, request, { deadlineMs: ANSWER_WITHIN_MS });
    return partials.filter((id) => id.startsWith(prefix)).map((id) => id.slice(prefix.length));
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    return undefined;
  }
}

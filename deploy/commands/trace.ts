import { InvalidArgumentError } from "commander";
import type { Command } from "commander";
import { drawSample, traceHeading } from "../drawings/trace-drawing.ts";
import type { Traces } from "../drawings/trace-drawing.ts";
import type { OpsClient } from "../ops-client.ts";
import { nodeOf, opsCommand } from "./ops-command.ts";
import type { OpsOptions } from "./ops-command.ts";

const READ_EVERY_MS = 500;
const MS_PER_SECOND = 1_000;

interface TraceOptions extends OpsOptions {
  readonly every?: number;
  readonly for?: number;
}

/** `banyan trace`: the turns of one actor as they happen. */
export function traceCommand(): Command {
  return opsCommand("trace", "show the turns of one actor as they happen")
    .description(
      "Shows the turns of one actor as they happen: the kind of each message, how long it had waited, how long it took. " +
        "What messages say is not shown. It ends by itself, or with Ctrl-C.",
    )
    .argument("<path>", "the actor, such as /rooms/chat/lobby")
    .option("--every <n>", "show one turn of so many (default: each)", whole)
    .option("--for <seconds>", "end after so long (default: 30)", whole)
    .action(async (path: string, options: TraceOptions) => {
      const client = await nodeOf(options);
      const trace = (await client.post("/v1/trace", {
        path,
        ...(options.every === undefined ? {} : { everyNth: options.every }),
        ...(options.for === undefined ? {} : { forMs: options.for * MS_PER_SECOND }),
      })) as NonNullable<Traces["trace"]>;
      const end = endOnce(client, trace.id);
      process.once("SIGINT", () => void end().finally(() => process.exit()));
      await follow(client, trace.id, options.json === true);
    });
}

async function follow(client: OpsClient, id: number, asJson: boolean): Promise<void> {
  if (!asJson) console.log(traceHeading());
  let after = 0;
  for (;;) {
    const { trace, samples = [] } = (await client.get("/v1/trace", {
      id: String(id),
      after: String(after),
    })) as Traces;
    for (const sample of samples) console.log(asJson ? JSON.stringify(sample) : drawSample(sample));
    after = samples.at(-1)?.sequence ?? after;
    if (trace?.isOver !== false) return;
    await new Promise((resolve) => setTimeout(resolve, READ_EVERY_MS));
  }
}

/** Nobody reads a trace any more whose command has been ended. */
function endOnce(client: OpsClient, id: number): () => Promise<unknown> {
  return () => client.delete(`/v1/trace?id=${id}`).catch(() => undefined);
}

function whole(text: string): number {
  if (/^[1-9]\d{0,8}$/.test(text)) return Number(text);
  throw new InvalidArgumentError("a whole number from 1 on is expected");
}

import type { Command } from "commander";
import { drawMemory } from "../drawings/memory-drawing.ts";
import type { Memory } from "../drawings/memory-drawing.ts";
import { terminalPaint } from "../terminal.ts";
import { nodeOf, opsCommand, show } from "./ops-command.ts";
import type { OpsOptions } from "./ops-command.ts";

/** How long a snapshot of a large heap may take, in milliseconds. */
const SNAPSHOT_LIMIT_MS = 300_000;

interface MemoryOptions extends OpsOptions {
  readonly snapshot?: boolean;
}

/** `banyan memory`: who holds the memory of a worker, and a heap snapshot for whoever must know exactly. */
export function memoryCommand(): Command {
  return opsCommand("memory", "show which types of actors hold the memory; --snapshot writes a heap snapshot")
    .description(
      "Shows the memory of the process, what each type of actor holds of it (an estimate), and how fast both grow.",
    )
    .option("--snapshot", "write a heap snapshot into the data directory; the process stands still meanwhile")
    .action(async (options: MemoryOptions) => {
      const client = await nodeOf(options);
      if (options.snapshot === true) {
        const answer = await client.post("/v1/node/heap-snapshot", {}, SNAPSHOT_LIMIT_MS);
        return show(options, answer as { readonly path: string }, ({ path }) => path);
      }
      const memory = (await client.get("/v1/memory")) as Memory;
      return show(options, memory, (answer) => drawMemory(answer, terminalPaint));
    });
}

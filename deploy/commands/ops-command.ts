import { Command } from "commander";
import { opsClientOf } from "../ops-client.ts";
import type { OpsClient } from "../ops-client.ts";
import { addSettingsOptions, settingsOf } from "./settings-options.ts";

/** What every command understands that asks a running node. */
export interface OpsOptions {
  readonly url?: string;
  readonly json?: boolean;
}

/** A command that asks a running node, with the options that all of them have. */
export function opsCommand(name: string, summary: string): Command {
  const command = new Command(name)
    .summary(summary)
    .option("--json", "print what the node answers instead of drawing it")
    .option("--url <url>", "the operators' port of the node (default: the node of the data directory)");
  return addSettingsOptions(command, []);
}

/** The node that a command asks. */
export async function nodeOf(options: OpsOptions): Promise<OpsClient> {
  return opsClientOf(await settingsOf({ ...options }), options.url);
}

/** Prints an answer as it is, or drawn. */
export function show<Answer>(options: OpsOptions, answer: Answer, draw: (answer: Answer) => string): void {
  console.log(options.json === true ? JSON.stringify(answer, null, 2) : draw(answer));
}

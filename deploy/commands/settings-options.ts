import { Option } from "commander";
import type { Command } from "commander";
import type { NodeSettings } from "../../protocols/settings.ts";
import { Refusal } from "../refusal.ts";
import type { FlagSetting } from "../settings.ts";

/** The settings that have a flag of their own; `--set` reaches all others. */
const FLAGS = [
  { name: "name", flags: "--name <name>", dotted: "name", help: "the name of this node" },
  {
    name: "port",
    flags: "--port <port>",
    dotted: "listeners.web.port",
    help: "the port for pages, HTTP and WebSocket",
  },
  { name: "opsPort", flags: "--ops-port <port>", dotted: "ops.port", help: "the operators' port" },
  {
    name: "logLevel",
    flags: "--log-level <level>",
    dotted: "log.level",
    help: "debug, info, warn, error or fatal",
  },
  {
    name: "workers",
    flags: "--workers <number>",
    dotted: "host.workers",
    help: "how many workers the host runs; 0 is one process without a host; gateway=1,entities=3 says it for each role",
  },
  { name: "dataDir", flags: "--data-dir <folder>", dotted: "dataDir", help: "where the node keeps its data" },
] as const;

type FlagName = (typeof FLAGS)[number]["name"];

/** Adds the flags with these names, and those that every command has which reads settings. */
export function addSettingsOptions(command: Command, names: readonly FlagName[]): Command {
  for (const { name, flags, help } of FLAGS) {
    if (name === "dataDir" || names.includes(name)) command.option(flags, help);
  }
  return command
    .option("-c, --config <file>", "the settings file (default: banyan.yaml, when there is one)")
    .addOption(
      new Option(
        "--set <setting=value>",
        "any other setting, such as limits.burst=50; may be repeated",
      ).argParser((text: string, earlier?: readonly string[]) => [...(earlier ?? []), text]),
    );
}

/** The file that the settings of a command are read from, where there is one. */
export async function settingsFileOf(options: Readonly<Record<string, unknown>>): Promise<string> {
  const { settingsFilePath } = await import("../settings.ts");
  const file = options["config"] as string | undefined;
  return settingsFilePath({ folder: process.cwd(), file, environment: process.env });
}

/** The settings of a command from its file, its environment and its flags. */
export async function settingsOf(options: Readonly<Record<string, unknown>>): Promise<NodeSettings> {
  // The schema takes a while to load, and `--help` does without it.
  const { loadSettings } = await import("../settings.ts");
  const flags = FLAGS.flatMap(({ name, dotted, flags: usage }): FlagSetting[] => {
    const text = options[name];
    if (typeof text !== "string") return [];
    const flag = usage.split(" ")[0] ?? name;
    return name === "workers" ? workersFrom(text, flag) : [{ dotted, text, flag }];
  });
  const assignments = (options["set"] ?? []) as readonly string[];
  return loadSettings({
    folder: process.cwd(),
    file: options["config"] as string | undefined,
    environment: process.env,
    flags: [...flags, ...assignments.map(parseAssignment)],
  });
}

/** `--workers` takes a number, or one for each role; a number is meant also where the file has roles, which would go first. */
function workersFrom(text: string, flag: string): FlagSetting[] {
  if (text.includes("=")) return [{ dotted: "host.workersByRole", text, flag }];
  return [
    { dotted: "host.workers", text, flag },
    { dotted: "host.workersByRole", text: "[]", flag },
  ];
}

function parseAssignment(assignment: string): FlagSetting {
  const equals = assignment.indexOf("=");
  if (equals < 1) {
    throw new Refusal("usage", `--set ${assignment}: write it as setting=value, such as limits.burst=50`);
  }
  const dotted = assignment.slice(0, equals);
  return { dotted, text: assignment.slice(equals + 1), flag: `--set ${dotted}` };
}

import { Command, CommanderError } from "commander";
import { alarmsCommand } from "./commands/alarms.ts";
import { alertsCommand } from "./commands/alerts.ts";
import { devCommand } from "./commands/dev.ts";
import { doctorCommand } from "./commands/doctor.ts";
import { hostCommands } from "./commands/host-commands.ts";
import { journalCommand } from "./commands/journal.ts";
import { logsCommand } from "./commands/logs.ts";
import { monitorCommand } from "./commands/monitor.ts";
import { operatorCommands } from "./commands/operator-commands.ts";
import { pushCommand } from "./commands/push.ts";
import { settingsCommand } from "./commands/settings.ts";
import { startCommand } from "./commands/start.ts";
import { statsCommand } from "./commands/stats.ts";
import { treeCommand } from "./commands/tree.ts";
import { tellStarter } from "./host/control/starter.ts";
import { EXIT_CODES, Refusal } from "./refusal.ts";
import { version } from "./version.ts";

const EXIT_CODES_HELP = `
Settings come from defaults, then banyan.yaml, then BANYAN_* variables, then flags; "banyan settings" lists all.

Exit codes: ${EXIT_CODES.ok} done, ${EXIT_CODES.failed} failed, ${EXIT_CODES.usage} wrong command line, ${EXIT_CODES.unavailable} port in use or node not reachable, ${EXIT_CODES.settings} settings refused.`;

/** Runs one command line and says how it ended. */
export async function runCommandLine(words: readonly string[]): Promise<number> {
  try {
    await program().parseAsync([...words]);
    return Number(process.exitCode ?? EXIT_CODES.ok);
  } catch (error) {
    return exitCodeOf(error);
  }
}

/** A refusal is for the operator to read; anything else is a bug and shows its stack. */
function exitCodeOf(error: unknown): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT_CODES.ok : EXIT_CODES.usage;
  if (!(error instanceof Refusal)) throw error;
  process.stderr.write(`banyan: ${error.message}\n`);
  tellStarter({ kind: "refused", text: error.message, exitCode: error.exitCode });
  return error.exitCode;
}

function program(): Command {
  const root = new Command("banyan")
    .description("Banyan: an actor-model distributed system for real-time backends.")
    .version(version(), "-V, --version")
    .showHelpAfterError("(banyan --help lists the commands)")
    .exitOverride()
    .addHelpText("after", EXIT_CODES_HELP);
  const commands = [
    startCommand(),
    ...hostCommands(),
    treeCommand(),
    ...operatorCommands(),
    alarmsCommand(),
    alertsCommand(),
    monitorCommand(),
    pushCommand(),
    logsCommand(),
    statsCommand(),
    journalCommand(),
    doctorCommand(),
    devCommand(),
    settingsCommand(),
  ];
  for (const command of commands) root.addCommand(inheriting(command, root));
  return root;
}

/** A command whose own commands fail in the same way, and with the same exit code, as it does. */
function inheriting(command: Command, parent: Command): Command {
  command.copyInheritedSettings(parent);
  for (const own of command.commands) inheriting(own, command);
  return command;
}

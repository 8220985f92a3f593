import { readFile } from "node:fs/promises";
import { Command } from "commander";
import type { ALERT_HISTORY_FIELDS, ALERTS_FIELDS } from "../../protocols/alerts.ts";
import type { BodyOf } from "../../runtime/net/route.ts";
import { drawAlertHistory, drawAlerts } from "../drawings/alerts-drawing.ts";
import { EXIT_CODES, Refusal } from "../refusal.ts";
import { terminalPaint } from "../terminal.ts";
import { nodeOf, opsCommand, show } from "./ops-command.ts";
import type { OpsOptions } from "./ops-command.ts";
import { addSettingsOptions, settingsOf } from "./settings-options.ts";

const EXAMPLES = `
Examples:
  banyan alerts                          how the alert rules stand
  banyan alerts history errors           what has become of one
  banyan alerts ack errors               I look after it until it is over
  banyan alerts silence errors --for 2h  tell nobody for two hours
  banyan alerts deployed                 something new is in service: baselines are mute for a while
  banyan alerts test alerts-test.yaml    do the rules of banyan.yaml do what they should?`;

type Act = "acknowledge" | "silence" | "hear";

/** `banyan alerts`: how the alert rules stand, what operators do about them, and tests of rules. */
export function alertsCommand(): Command {
  const command = new Command("alerts")
    .summary("list alerts, acknowledge or silence one, test alert rules")
    .description("Lists how the alert rules stand; acknowledges or silences an alert; tests rules.")
    .addHelpText("after", EXAMPLES);
  command.addCommand(listCommand(), { isDefault: true });
  command.addCommand(historyCommand());
  command.addCommand(actCommand("ack", "acknowledge", "say that you look after an alert until it is over"));
  command.addCommand(silenceCommand());
  command.addCommand(actCommand("hear", "hear", "end a silence"));
  command.addCommand(deployedCommand());
  return command.addCommand(testCommand());
}

function listCommand(): Command {
  return opsCommand("list", "how the alert rules stand (the default)").action(async (options: OpsOptions) => {
    const client = await nodeOf(options);
    const alerts = (await client.get("/v1/alerts")) as BodyOf<typeof ALERTS_FIELDS>;
    show(options, alerts, (answer) => drawAlerts(answer, Date.now(), terminalPaint));
  });
}

function historyCommand(): Command {
  return opsCommand("history", "what has become of an alert")
    .argument("<rule>", "the name of the rule")
    .action(async (rule: string, options: OpsOptions) => {
      const client = await nodeOf(options);
      const history = (await client.get("/v1/alerts/history", { rule })) as BodyOf<
        typeof ALERT_HISTORY_FIELDS
      >;
      show(options, history, drawAlertHistory);
    });
}

function actCommand(name: string, act: Act, summary: string): Command {
  return opsCommand(name, summary)
    .argument("<rule>", "the name of the rule")
    .action((rule: string, options: OpsOptions) => actOn({ rule, act }, options));
}

function silenceCommand(): Command {
  return opsCommand("silence", "have nobody told of an alert for a while")
    .argument("<rule>", "the name of the rule")
    .requiredOption("--for <time>", "for how long: 30m, 2h, 7d")
    .action((rule: string, options: OpsOptions & { readonly for: string }) =>
      actOn({ rule, act: "silence", forMs: durationOf(options.for) }, options),
    );
}

async function actOn(
  body: { readonly rule: string; readonly act: Act; readonly forMs?: number },
  options: OpsOptions,
): Promise<void> {
  const client = await nodeOf(options);
  const verdict = (await client.post("/v1/alerts/act", body)) as { rule: string; became: string };
  show(options, verdict, ({ rule, became }) => `${rule}: ${became}`);
}

function deployedCommand(): Command {
  return opsCommand(
    "deployed",
    "say that something new is in service: baselines are mute for a while",
  ).action(async (options: OpsOptions) => {
    const client = await nodeOf(options);
    const answer = (await client.post("/v1/alerts/deployed")) as { rules: number };
    show(options, answer, ({ rules }) => `${rules} rules know`);
  });
}

function testCommand(): Command {
  const command = new Command("test")
    .summary("hold rules against series of counts, and say what came out otherwise than expected")
    .argument("<file>", "a YAML file with tests, and with rules unless those of the settings are meant");
  return addSettingsOptions(command, []).action(async (path: string, options: object) => {
    const { readAlertTests } = await import("../alerts/alert-test-file.ts");
    const { runAlertTests } = await import("../alerts/run-alert-tests.ts");
    const text = await readFile(path, "utf8").catch((error: unknown) => {
      throw new Refusal("usage", `${path} cannot be read: ${(error as Error).message}`);
    });
    const read = readAlertTests(path, text, await settingsOf({ ...options }));
    if ("problems" in read) {
      throw new Refusal("settings", ["the tests are refused:", ...read.problems].join("\n  "));
    }
    const { lines, isGood } = runAlertTests(read);
    console.log(lines.join("\n"));
    process.exitCode = isGood ? EXIT_CODES.ok : EXIT_CODES.failed;
  });
}

const UNITS = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;

function durationOf(text: string): number {
  const [, count = "", unit = ""] = /^(\d{1,6})([smhd])$/.exec(text) ?? [];
  if (count === "") throw new Refusal("usage", `--for is "${text}"; such as 30m, 2h or 7d is expected`);
  return Number(count) * UNITS[unit as keyof typeof UNITS];
}

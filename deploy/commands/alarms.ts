import { Command } from "commander";
import { styleText } from "node:util";
import type { AlarmsFields } from "../../protocols/alarms.ts";
import type { MessageOf } from "../../protocols/protocol.ts";
import { durationText } from "../../runtime/alarms/duration-text.ts";
import { opsClientOf } from "../ops-client.ts";
import { EXIT_CODES } from "../refusal.ts";
import { addSettingsOptions, settingsOf } from "./settings-options.ts";

const EXAMPLES = `
Examples:
  banyan alarms                               what is wrong, and how well the channels reach people
  banyan alarms ack actor.gaveUp:/rooms       I look after it: nobody else is told
  banyan alarms close loop.killed             it is over
  banyan alarms test                          send a test through every channel of the settings`;

type AlarmLists = MessageOf<"alarms", typeof AlarmsFields>;

interface Options {
  readonly url?: string;
  readonly json?: boolean;
}

/** `banyan alarms`: what is wrong on a node, who looks after it, and whether people can be reached at all. */
export function alarmsCommand(): Command {
  const command = new Command("alarms")
    .summary("list alarms, acknowledge or close one, test the channels")
    .description("Lists the alarms of a node; acknowledges or closes one; tests the channels.")
    .addHelpText("after", EXAMPLES);
  command.addCommand(listCommand(), { isDefault: true });
  command.addCommand(
    actCommand("ack", "acknowledge", "say that you look after an alarm: nobody else is told"),
  );
  command.addCommand(actCommand("close", "close", "say that an alarm is over"));
  return command.addCommand(testCommand());
}

function listCommand(): Command {
  const command = new Command("list")
    .summary("what is wrong now and what was (the default)")
    .option("--json", "print what the node answers")
    .option("--url <url>", "the operators' port of the node (default: the node of the data directory)");
  return addSettingsOptions(command, []).action(async (options: Options) => {
    const client = opsClientOf(await settingsOf({ ...options }), options.url);
    const lists = (await client.get("/v1/alarms")) as AlarmLists;
    console.log(options.json === true ? JSON.stringify(lists, null, 2) : draw(lists, Date.now()));
  });
}

function actCommand(name: string, act: "acknowledge" | "close", summary: string): Command {
  const command = new Command(name)
    .summary(summary)
    .argument("<key>", "the key of the alarm, as the list shows it")
    .option("--url <url>", "the operators' port of the node (default: the node of the data directory)");
  return addSettingsOptions(command, []).action(async (key: string, options: Options) => {
    const client = opsClientOf(await settingsOf({ ...options }), options.url);
    const { became } = (await client.post("/v1/alarms/act", { key, act })) as { became: string };
    console.log(`${key}: ${became}`);
  });
}

function testCommand(): Command {
  const command = new Command("test")
    .summary("send a test through every channel, from here, and say what each answered")
    .option("--channel <name>", "only this channel");
  return addSettingsOptions(command, []).action(async (options: Options & { channel?: string }) => {
    // The channels take a while to load, and the other commands do without them.
    const { testChannels } = await import("../alarm-test.ts");
    const results = await testChannels(await settingsOf({ ...options }), options.channel);
    for (const { name, kind, attempt } of results) {
      console.log(`${name.padEnd(16)}  ${kind.padEnd(8)}  ${attempt.kind.padEnd(9)}  ${attempt.text}`);
    }
    const isGood = results.every(({ attempt }) => attempt.kind === "delivered");
    process.exitCode = isGood ? EXIT_CODES.ok : EXIT_CODES.failed;
  });
}

function draw({ active, ended, overflowed, channels }: AlarmLists, nowMs: number): string {
  const lines = active.map(({ key, severity, summary, state, count, firstAtMs, acknowledged }) => {
    const since = durationText(nowMs - firstAtMs);
    const by = acknowledged === undefined ? "" : `, ${acknowledged.by} looks after it`;
    return `${paint(severity, state)}  ${key}\n          ${summary}\n          for ${since}, raised ${count} times${by}`;
  });
  const others = ended.slice(0, 10).map(({ key, end, firstAtMs, endedAtMs = nowMs }) => {
    return `  ${new Date(endedAtMs).toISOString()}  ${key}, ${end ?? "cleared"} after ${durationText(endedAtMs - firstAtMs)}`;
  });
  const reach = channels.map(
    ({ name, kind, waiting, delivered, gaveUp, rejected, refused, last }) =>
      `  ${name.padEnd(16)}  ${kind.padEnd(8)}  ${delivered} delivered, ${waiting} waiting, ${gaveUp + rejected + refused} lost` +
      (last === undefined ? "" : `, last: ${last.text}`),
  );
  return [
    active.length === 0 ? "No alarm is active." : lines.join("\n"),
    ...(overflowed > 0 ? [`${overflowed} more alarms were only counted.`] : []),
    ...(others.length > 0 ? ["\nEnded:", ...others] : []),
    "\nChannels:",
    ...reach,
  ].join("\n");
}

function paint(severity: string, state: string): string {
  const text = severity.padEnd(8);
  if (!process.stdout.isTTY || process.env["NO_COLOR"] !== undefined) return text;
  if (state === "acknowledged") return styleText("dim", text);
  return severity === "critical" ? styleText("red", text) : styleText("yellow", text);
}

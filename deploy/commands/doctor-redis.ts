import { Command, InvalidArgumentError } from "commander";
import type { NodeSettings } from "../../protocols/settings.ts";
import { drawFamilies, checkKeys, checkMark, checkRights, checkServer } from "../doctor/redis-check.ts";
import { drawFinding } from "../doctor/draw-finding.ts";
import { EXIT_CODES } from "../refusal.ts";
import { terminalPaint } from "../terminal.ts";
import { addSettingsOptions, settingsOf } from "./settings-options.ts";

interface RedisOptions extends Record<string, unknown> {
  readonly keys?: number;
}

/** `banyan doctor redis`: what the Redis of the cluster can promise, and what is stored in it. */
export function doctorRedisCommand(): Command {
  const command = new Command("redis")
    .summary("check the Redis of the cluster, and count what is stored in it")
    .description(
      "Asks the Redis of cluster.redis how it is set up, and counts its keys by family with what removes them. It looks in small steps, which hold up nobody. " +
        "Exits with 1 when a node would not start on it, or when others write into it.",
    )
    .option("--keys <number>", "how many keys to look at, at most", wholeNumber);
  return addSettingsOptions(command, []).action(async (_own: object, itself: Command) => {
    // `doctor` has taken the options that both know.
    const options = itself.optsWithGlobals<RedisOptions>();
    const isSound = await examine(await settingsOf(options), options.keys);
    process.exitCode = isSound ? EXIT_CODES.ok : EXIT_CODES.failed;
  });
}

async function examine(settings: NodeSettings, keysMax: number | undefined): Promise<boolean> {
  // They take a while to load, and `--help` does without them.
  const [
    { openClusterLink },
    { readRedisFacts },
    { missingRights },
    { markedNames },
    { surveyKeys },
    { SILENT },
  ] = await Promise.all([
    import("../open-cluster.ts"),
    import("../../runtime/redis/redis-facts.ts"),
    import("../../runtime/redis/redis-rights.ts"),
    import("../../runtime/sharding/store-marks.ts"),
    import("../../runtime/redis/key-survey.ts"),
    import("../../runtime/telemetry/silent-log.ts"),
  ]);
  const link = await openClusterLink({ ...settings, name: "doctor" }, SILENT);
  try {
    const facts = await readRedisFacts(link.commands);
    const missing = await missingRights(link.commands);
    const survey = await surveyKeys(link.commands, keysMax);
    const names = await markedNames(link.commands);
    const asked = settings.cluster.durability;
    const findings = [
      ...facts.flatMap((each) => checkServer(each, asked)),
      checkRights(missing),
      checkMark(names, settings.cluster.name),
      checkKeys(survey),
    ];
    for (const finding of findings) console.log(drawFinding(finding));
    console.log(`\n${drawFamilies(survey, terminalPaint)}`);
    return findings.every(({ level }) => level !== "fail");
  } finally {
    await link.close();
  }
}

function wholeNumber(text: string): number {
  if (/^[1-9]\d{0,9}$/.test(text)) return Number(text);
  throw new InvalidArgumentError("a whole number is expected, such as 100000");
}

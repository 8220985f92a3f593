import { Command } from "commander";
import type { NodeSettings } from "../../protocols/settings.ts";
import { drawFinding } from "../doctor/draw-finding.ts";
import { fail, ok } from "../doctor/finding.ts";
import type { Finding } from "../doctor/finding.ts";
import {
  checkClock,
  checkFileLimit,
  checkNodeVersion,
  checkTestPrograms,
  readProcessLimits,
} from "../doctor/machine.ts";
import { checkDataDirectory, checkPorts } from "../doctor/node-place.ts";
import { EXIT_CODES, Refusal } from "../refusal.ts";
import { doctorRedisCommand } from "./doctor-redis.ts";
import { addSettingsOptions, settingsOf } from "./settings-options.ts";

/** `banyan doctor`: whether a node would start here and run soundly, and what to do where not. */
export function doctorCommand(): Command {
  const command = new Command("doctor")
    .summary("check whether a node can run here")
    .description("Checks whether a node can run here. Exits with 1 when something must be done first.")
    .addCommand(doctorRedisCommand());
  return addSettingsOptions(command, ["port", "opsPort"]).action(async (options: Record<string, unknown>) => {
    const findings = await examine(options);
    for (const finding of findings) console.log(drawFinding(finding));
    const failures = findings.filter(({ level }) => level === "fail").length;
    console.log(
      failures === 0 ? "\nA node can run here." : `\n${failures} to repair before a node can run here.`,
    );
    process.exitCode = failures === 0 ? EXIT_CODES.ok : EXIT_CODES.failed;
  });
}

async function examine(options: Record<string, unknown>): Promise<Finding[]> {
  const machine = [checkNodeVersion(process.version), checkClock(Date.now())];
  const programs = checkTestPrograms(process.env["PATH"] ?? "");
  const settings = await trySettings(options);
  if (settings instanceof Refusal) {
    return [...machine, programs, fail("settings", settings.message, "correct what is named")];
  }
  return [
    ...machine,
    ok("settings", `node ${settings.name}, ${settings.listeners.length} listeners`),
    checkDataDirectory(settings.dataDir),
    ...(await checkPorts(settings)),
    checkFileLimit(readProcessLimits(), settings.limits.connections),
    programs,
  ];
}

async function trySettings(options: Record<string, unknown>): Promise<NodeSettings | Refusal> {
  try {
    return await settingsOf(options);
  } catch (error) {
    if (error instanceof Refusal) return error;
    throw error;
  }
}

import { readFileSync } from "node:fs";
import { basename, resolve } from "node:path";
import { NodeSettings } from "../protocols/settings.ts";
import { Refusal } from "./refusal.ts";
import { checkSettings, pathText } from "./settings-check.ts";
import type { SettingPath, SettingProblem, SettingSchema } from "./settings-check.ts";
import { parseSettingsFile } from "./settings-file.ts";
import type { SettingsFile } from "./settings-file.ts";
import { ENVIRONMENT_PREFIX, namedSettings, RUNS_IN_VARIABLE } from "./settings-names.ts";
import type { NamedSetting } from "./settings-names.ts";
import { applyOverrides } from "./settings-override.ts";
import type { Override } from "./settings-override.ts";
import { findConflicts } from "./settings-rules.ts";
import { suggest } from "./suggest.ts";

const DEFAULT_FILE = "banyan.yaml";
/** Names the file itself, so it cannot stand in it. */
const FILE_VARIABLE = `${ENVIRONMENT_PREFIX}CONFIG`;
/** Kubernetes gives each pod variables about a service called "banyan"; they are none of ours. */
const KUBERNETES_VARIABLE = /^BANYAN_(SERVICE_(HOST|PORT)|PORT)(_|$)/;
const NO_SETTINGS: readonly string[] = [FILE_VARIABLE, RUNS_IN_VARIABLE];

/** Where settings come from, weakest first: the file, the environment, the flags. */
export interface SettingsSources {
  /** The folder that relative paths start from. */
  readonly folder: string;
  /** `--config`: then the file must exist. */
  readonly file?: string | undefined;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** What the flags say: the setting with dots, its text, and the flag's name for messages. */
  readonly flags: readonly FlagSetting[];
}

/** One setting, given by a flag. */
export interface FlagSetting {
  readonly dotted: string;
  readonly text: string;
  readonly flag: string;
}

const SCHEMA = NodeSettings as unknown as SettingSchema;

/**
 * Reads the settings: defaults, then the file, then the environment, then the flags.
 * @throws Refusal that names, for each problem, its source (in a file with line and column), the setting, what was found and what is allowed.
 */
export function loadSettings(sources: SettingsSources): NodeSettings {
  const file = readFile(sources);
  const base = checkSettings(SCHEMA, file?.value);
  const inFile: Locate = (problem) => file?.locate(problem.path, problem.at) ?? "defaults";
  refuseProblems(base.problems, inFile);

  const fromEnvironment = readEnvironment(base.value, sources);
  const withEnvironment = applyOverrides(base.value, fromEnvironment);
  const fromFlags = readFlags(withEnvironment, sources);
  const overrides = [...fromEnvironment, ...fromFlags];
  const { value, problems } = checkSettings(SCHEMA, applyOverrides(withEnvironment, fromFlags));
  const inOverride: Locate = (problem) => sourceOf(problem.path, overrides) ?? inFile(problem);
  refuseProblems(problems, inOverride);
  const settings = value as NodeSettings;
  refuseProblems(findConflicts(settings), inOverride);
  return { ...settings, dataDir: resolve(sources.folder, settings.dataDir) };
}

type Locate = (problem: SettingProblem) => string;

function refuseProblems(problems: readonly SettingProblem[], locate: Locate): void {
  refuseAll(problems.map((problem) => `${locate(problem)}: ${pathText(problem.path)} ${problem.text}`));
}

function refuseAll(lines: readonly string[]): void {
  if (lines.length === 0) return;
  throw new Refusal(
    "settings",
    ["the settings are refused:", ...lines.map((line) => `  ${line}`)].join("\n"),
  );
}

/** The file from which the settings are read, where there is one. */
export function settingsFilePath({ folder, file, environment }: Omit<SettingsSources, "flags">): string {
  return resolve(folder, file ?? environment[FILE_VARIABLE] ?? DEFAULT_FILE);
}

function readFile(sources: SettingsSources): SettingsFile | undefined {
  const named = sources.file ?? sources.environment[FILE_VARIABLE];
  const path = settingsFilePath(sources);
  const text = readText(path, named);
  if (text === undefined) return undefined;
  const parsed = parseSettingsFile(named ?? basename(path), text);
  refuseAll(parsed.errors);
  return parsed;
}

function readText(path: string, named: string | undefined): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === "ENOENT" && named === undefined) return undefined;
    const why = code === "ENOENT" ? "there is no such file" : message;
    throw new Refusal("settings", `the settings file ${path} cannot be read: ${why}`, { cause: error });
  }
}

function readEnvironment(value: unknown, { environment }: SettingsSources): Override[] {
  const given = Object.entries(environment).filter(
    ([name]) =>
      name.startsWith(ENVIRONMENT_PREFIX) && !NO_SETTINGS.includes(name) && !KUBERNETES_VARIABLE.test(name),
  );
  const texts = given.map(([name, text]) => ({ name, text: text ?? "", source: `environment: ${name}` }));
  return readTexts(value, texts, (setting) => setting.variable);
}

function readFlags(value: unknown, { flags }: SettingsSources): Override[] {
  const texts = flags.map(({ dotted, text, flag }) => ({ name: dotted, text, source: `flag ${flag}` }));
  return readTexts(value, texts, (setting) => setting.dotted);
}

interface GivenText {
  readonly name: string;
  readonly text: string;
  readonly source: string;
}

/** Finds the setting of each text. Whole lists count first: they say which entries there are to be named. */
function readTexts(
  value: unknown,
  texts: readonly GivenText[],
  nameOf: (setting: NamedSetting) => string,
): Override[] {
  const lists = find(namedSettings(SCHEMA, value), texts, nameOf);
  const settings = namedSettings(SCHEMA, applyOverrides(value, lists.overrides));
  const { overrides, unknown } = find(settings, texts, nameOf);
  refuseAll(unknown.map(({ name, source }) => unknownSetting(name, source, settings.map(nameOf))));
  return overrides;
}

function find(
  settings: readonly NamedSetting[],
  texts: readonly GivenText[],
  nameOf: (setting: NamedSetting) => string,
) {
  const byName = new Map(settings.map((setting) => [nameOf(setting), setting]));
  const overrides: Override[] = [];
  const unknown: GivenText[] = [];
  for (const given of texts) {
    const setting = byName.get(given.name);
    if (setting === undefined) unknown.push(given);
    else overrides.push({ setting, text: given.text, source: given.source });
  }
  return { overrides, unknown };
}

function unknownSetting(name: string, source: string, known: readonly string[]): string {
  const meant = suggest(name, known);
  const advice = meant === undefined ? "`banyan settings` lists all" : `did you mean ${meant}?`;
  return source.endsWith(name)
    ? `${source} is not a setting, ${advice}`
    : `${source}: ${name} is not a setting, ${advice}`;
}

/** The last override of a setting, or of the list that holds it, is where its value came from. */
function sourceOf(path: SettingPath, overrides: readonly Override[]): string | undefined {
  return overrides.findLast(({ setting }) => setting.path.every((step, index) => path[index] === step))
    ?.source;
}

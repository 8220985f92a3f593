import type { LogSourceSettings } from "../protocols/log-settings.ts";
import type { SettingPath, SettingProblem } from "./settings-check.ts";

type SlsSetting = keyof LogSourceSettings;

/** Settings of a logstore that mean something only beside another one. */
const ONLY_WITH: readonly { readonly setting: SlsSetting; readonly beside: SlsSetting }[] = [
  { setting: "keySecret", beside: "keyId" },
  { setting: "metadataUrl", beside: "keyRole" },
  { setting: "groupTimeoutSeconds", beside: "group" },
];

const KEYS: readonly SlsSetting[] = ["keyId", "keyFile", "keyRole"];

/** What no schema can say about a logstore: that there is one key, that its settings go together, and that what they name can be reached. Pure. */
export function slsConflicts(source: LogSourceSettings, place: SettingPath): readonly SettingProblem[] {
  return [
    ...keyProblems(source, place),
    ...signatureProblems(source, place),
    ...urlProblems(source, place),
    ...ONLY_WITH.filter(
      ({ setting, beside }) => source[setting] !== undefined && source[beside] === undefined,
    ).map(({ setting, beside }) =>
      problem([...place, setting], `goes with ${beside}, which source ${source.name} does not have`),
    ),
  ];
}

function keyProblems(source: LogSourceSettings, place: SettingPath): SettingProblem[] {
  const given = KEYS.filter((setting) => source[setting] !== undefined);
  const [first, second] = given;
  if (first === undefined) {
    const text = `is missing; source ${source.name} of kind sls needs keyId and keySecret, or keyFile, or keyRole`;
    return [problem([...place, "keyId"], text)];
  }
  if (second !== undefined) {
    return [
      problem([...place, second], `is a second key of source ${source.name} beside ${first}; leave one out`),
    ];
  }
  if (first !== "keyId" || source.keySecret !== undefined) return [];
  return [
    problem([...place, "keySecret"], `is missing; source ${source.name} of kind sls needs it beside keyId`),
  ];
}

function signatureProblems(
  { name, signature = "v1", region }: LogSourceSettings,
  place: SettingPath,
): SettingProblem[] {
  if (signature === "v4" && region === undefined) {
    return [problem([...place, "region"], `is missing; source ${name} signs by v4, which names the region`)];
  }
  if (signature === "v1" && region !== undefined) {
    return [problem([...place, "region"], `is for signature v4 only, and source ${name} signs by v1`)];
  }
  return [];
}

function urlProblems({ metadataUrl }: LogSourceSettings, place: SettingPath): SettingProblem[] {
  if (metadataUrl === undefined) return [];
  const isUrl = URL.canParse(metadataUrl) && new URL(metadataUrl).protocol === "http:";
  if (isUrl) return [];
  return [
    problem([...place, "metadataUrl"], `is "${metadataUrl}", which is no URL such as http://100.100.100.200`),
  ];
}

function problem(path: SettingPath, text: string): SettingProblem {
  return { path, at: "value", text };
}

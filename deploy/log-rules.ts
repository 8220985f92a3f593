import { COMBINED, NginxFormat, UnfitFormat } from "../actors/logs/formats/nginx-format.ts";
import type { LogSourceSettings, LogsSettings } from "../protocols/log-settings.ts";
import { parseEndpoint } from "../runtime/sls/sls-endpoint.ts";
import type { SettingPath, SettingProblem } from "./settings-check.ts";
import { slsConflicts } from "./sls-rules.ts";

type SourceSetting = Exclude<keyof LogSourceSettings, "name" | "kind">;

interface KindRule {
  readonly needs: readonly SourceSetting[];
  readonly takes: readonly SourceSetting[];
}

/** Which settings belong to which kind of source. */
const KINDS: Readonly<Record<LogSourceSettings["kind"], KindRule>> = {
  access: { needs: [], takes: [] },
  file: { needs: ["path"], takes: ["format", "logFormat", "timeField"] },
  sls: {
    needs: ["endpoint", "project", "logstore"],
    takes: [
      "keyId",
      "keySecret",
      "keyFile",
      "keyRole",
      "metadataUrl",
      "signature",
      "region",
      "caFile",
      "group",
      "groupTimeoutSeconds",
      "from",
      "inOrder",
      "connectTimeoutMs",
      "pullTimeoutMs",
    ],
  },
};

/** What no schema can say about logs: that each source is whole, and that its format can be read. Pure. */
export function logConflicts({ sources }: LogsSettings): readonly SettingProblem[] {
  return sources.flatMap((source, index) => {
    const place = ["logs", "sources", index];
    return [
      ...repeatedName(sources, index),
      ...misfits(source, place),
      ...(source.kind === "file" ? formatProblems(source, place) : []),
      ...badEndpoint(source, place),
      ...(source.kind === "sls" ? slsConflicts(source, place) : []),
      ...secondAccess(sources, index),
    ];
  });
}

function problem(path: SettingPath, text: string): SettingProblem {
  return { path, at: "value", text };
}

function repeatedName(sources: readonly LogSourceSettings[], index: number): SettingProblem[] {
  const name = sources[index]?.name;
  if (sources.findIndex((source) => source.name === name) === index) return [];
  return [problem(["logs", "sources", index, "name"], `is "${name}" a second time; names must differ`)];
}

function secondAccess(sources: readonly LogSourceSettings[], index: number): SettingProblem[] {
  const isAccess = sources[index]?.kind === "access";
  if (!isAccess || sources.findIndex(({ kind }) => kind === "access") === index) return [];
  const text = "is access a second time; the gateway has its records once";
  return [problem(["logs", "sources", index, "kind"], text)];
}

function misfits(source: LogSourceSettings, place: SettingPath): SettingProblem[] {
  const { name, kind, ...given } = source;
  const { needs, takes } = KINDS[kind];
  const known: readonly string[] = [...needs, ...takes];
  const words = known.length === 0 ? "it takes nothing" : `it takes ${known.join(", ")}`;
  return [
    ...needs
      .filter((setting) => source[setting] === undefined)
      .map((setting) => problem([...place, setting], `is missing; source ${name} of kind ${kind} needs it`)),
    ...Object.keys(given)
      .filter((setting) => !known.includes(setting))
      .map((setting) => {
        const text = `is not for kind ${kind} of source ${name}; leave it out (${words})`;
        return problem([...place, setting], text);
      }),
  ];
}

function badEndpoint({ endpoint }: LogSourceSettings, place: SettingPath): SettingProblem[] {
  if (endpoint === undefined || parseEndpoint(endpoint) !== undefined) return [];
  const text = `is "${endpoint}", which is no host such as cn-hangzhou.log.aliyuncs.com and no URL such as http://127.0.0.1:4567`;
  return [problem([...place, "endpoint"], text)];
}

function formatProblems(source: LogSourceSettings, place: SettingPath): SettingProblem[] {
  const { name, format = "combined", logFormat, timeField } = source;
  const isForNginx = format === "nginx";
  if (isForNginx && logFormat === undefined) {
    return [
      problem(
        [...place, "logFormat"],
        `is missing; source ${name} of format nginx needs it, such as '${COMBINED}'`,
      ),
    ];
  }
  if (!isForNginx && logFormat !== undefined) {
    return [
      problem([...place, "logFormat"], `is for format nginx only, and source ${name} is of format ${format}`),
    ];
  }
  if (format !== "json" && timeField !== undefined) {
    return [
      problem([...place, "timeField"], `is for format json only, and source ${name} is of format ${format}`),
    ];
  }
  return logFormat === undefined ? [] : unfit(logFormat, [...place, "logFormat"]);
}

function unfit(logFormat: string, path: SettingPath): SettingProblem[] {
  try {
    new NginxFormat(logFormat);
    return [];
  } catch (error) {
    if (error instanceof UnfitFormat) return [problem(path, error.message)];
    throw error;
  }
}

import type { Alarm, Notice } from "./alarm.ts";
import { HIDDEN_CHARACTERS } from "../../protocols/patterns.ts";
import { durationText } from "./duration-text.ts";

/** How much of a text that came from elsewhere is told, in characters. */
const TEXT_MAX = 500;
/** How many details are told. */
const DETAILS_MAX = 12;

/** What people read of a notice. */
export interface NoticeText {
  /** One line. */
  readonly title: string;
  /** What else is known, one fact a line. */
  readonly lines: readonly string[];
}

/** Says a notice in words. Pure. */
export function noticeText(node: string, notice: Pick<Notice, "kind" | "alarm">): NoticeText {
  const { alarm } = notice;
  return {
    title: `${headline(notice)} [${node}] ${shown(alarm.summary)}`,
    lines: [`key: ${shown(alarm.key)}`, ...history(alarm), ...detailLines(alarm)],
  };
}

function headline({ kind, alarm }: Pick<Notice, "kind" | "alarm">): string {
  if (kind === "recovered") return HEADLINE_OF_END[alarm.end ?? "cleared"];
  const severity = alarm.severity.toUpperCase();
  return kind === "escalated" ? `${severity}, nobody has acknowledged it:` : severity;
}

const HEADLINE_OF_END = {
  cleared: "RECOVERED",
  quiet: "QUIET, it has not happened again:",
  closed: "CLOSED by an operator:",
} as const;

function history({ firstAtMs, endedAtMs, count, isFlapping }: Alarm): string[] {
  const since = new Date(firstAtMs).toISOString();
  return [
    `since: ${since}`,
    ...(endedAtMs === undefined ? [] : [`lasted: ${durationText(endedAtMs - firstAtMs)}`]),
    ...(count > 1 ? [`raised: ${count} times`] : []),
    ...(isFlapping ? ["it comes and goes: its end is told once it has stayed away"] : []),
  ];
}

function detailLines({ details }: Alarm): string[] {
  return Object.entries(details)
    .filter(([, value]) => value !== undefined)
    .slice(0, DETAILS_MAX)
    .map(
      ([name, value]) =>
        `${shown(name)}: ${shown(typeof value === "string" ? value : JSON.stringify(value))}`,
    );
}

/** A text from elsewhere on one line, without what could pass it off as something else. */
function shown(text: string): string {
  const plain = text.replaceAll(HIDDEN_CHARACTERS, " ");
  return plain.length > TEXT_MAX ? `${plain.slice(0, TEXT_MAX)}…` : plain;
}

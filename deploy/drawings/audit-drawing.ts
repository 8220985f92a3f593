import type { AuditFields } from "../../protocols/ops-looks.ts";
import { readableName } from "../../runtime/actor/actor-name.ts";
import type { BodyOf } from "../../runtime/net/route.ts";
import { drawTable } from "./columns.ts";
import type { Paint } from "./columns.ts";
import { oneLine, timeOf } from "./units.ts";

/** What `/v1/audit` answers. */
export type AuditList = BodyOf<typeof AuditFields>;
type Act = AuditList["acts"][number];

const TEXT_MAX = 80;

/** Draws what operators did. Pure. */
export function drawAudit({ acts }: AuditList, paint: Paint): string {
  if (acts.length === 0) return "No operator has done anything yet.";
  const rows = acts.map((act) => ({
    cells: [
      timeOf(act.atMs),
      whoOf(act),
      act.act,
      oneLine(readableName(act.target), TEXT_MAX),
      act.outcome,
      becauseOf(act),
    ],
    style: act.outcome === "done" ? ("plain" as const) : ("warn" as const),
  }));
  return drawTable(
    { headings: ["when", "who", "act", "target", "outcome", "because"], numbers: [], rows },
    paint,
  );
}

function whoOf({ who }: Act): string {
  return `${who.address} ${who.token.slice(0, 6)}`;
}

/** Why nothing was done; what was done speaks for itself. */
function becauseOf({ outcome, answer }: Act): string {
  if (outcome === "done") return "";
  if (outcome === "begun") return "the process ended before it was answered";
  const { text } = (typeof answer === "object" && answer !== null ? answer : {}) as { text?: unknown };
  return oneLine(String(text ?? answer), TEXT_MAX);
}

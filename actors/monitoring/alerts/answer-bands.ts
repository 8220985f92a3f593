import type { BANDS_FIELDS } from "../../../protocols/alerts.ts";
import { BLOCK_MS, blockOf } from "../../../runtime/counting/cells.ts";
import type { BodyOf, RouteContext, RouteResponse } from "../../../runtime/net/route.ts";
import type { AlertSource } from "./judge-blocks.ts";

/** Blocks of which bands are answered at once: four days. */
const BLOCKS_MAX = 1_920;
/** An alert answers so many in one turn, and then others have theirs. */
const BLOCKS_A_TURN = 120;

type BandsBody = BodyOf<typeof BANDS_FIELDS>;

/** Answers what the baselines of a metric expect: of those that look at all of its records. */
export async function answerBands(
  { settings, alerts }: AlertSource,
  query: URLSearchParams,
  context: RouteContext,
): Promise<RouteResponse> {
  const metric = query.get("metric") ?? "";
  const [from, to] = [blockAt(query.get("from")), blockAt(query.get("to"), BLOCK_MS - 1)];
  if (!(to > from && to - from <= BLOCKS_MAX)) {
    const text = `from and to are milliseconds since 1970, at most ${BLOCKS_MAX} blocks of 180 s apart`;
    return { status: 400, body: { code: "invalidField", field: "from", text } };
  }
  const rules = settings.rules.filter(
    ({ kind, metric: of, where }) => kind === "baseline" && of === metric && where.length === 0,
  );
  const bands: BandsBody["bands"] = [];
  for (const rule of rules) {
    const band = { rule: rule.name, low: [], high: [] } as BandsBody["bands"][number];
    for (let at = from; at < to; at += BLOCKS_A_TURN) {
      const range = { from: at, to: Math.min(to, at + BLOCKS_A_TURN) };
      const asked = { kind: "bands", rule, zone: settings.zone, ...range } as const;
      const { low, high } = await context.ask(alerts.entity(rule.name), asked);
      band.low.push(...low);
      band.high.push(...high);
    }
    bands.push(band);
  }
  const times = Array.from({ length: to - from }, (_, index) => (from + index) * BLOCK_MS);
  return { status: 200, body: { metric, times, bands } };
}

function blockAt(text: string | null, moreMs = 0): number {
  return text !== null && /^\d{1,15}$/.test(text) ? blockOf(Number(text) + moreMs) : Number.NaN;
}

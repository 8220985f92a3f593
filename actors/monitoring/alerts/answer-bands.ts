import { BLOCK_MS, blockOf } from "../../../runtime/counting/cells.ts";
import type { RouteContext, RouteResponse } from "../../../runtime/net/route.ts";
import type { AlertSource } from "./judge-blocks.ts";

/** Blocks of which bands are answered at once: four days. */
const BLOCKS_MAX = 1_920;

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
  const bands = rules.map(async (rule) => {
    const asked = { kind: "bands", rule, zone: settings.zone, from, to } as const;
    const { low, high } = await context.ask(alerts.entity(rule.name), asked);
    return { rule: rule.name, low, high };
  });
  const times = Array.from({ length: to - from }, (_, index) => (from + index) * BLOCK_MS);
  return { status: 200, body: { metric, times, bands: await Promise.all(bands) } };
}

function blockAt(text: string | null, moreMs = 0): number {
  return text !== null && /^\d{1,15}$/.test(text) ? blockOf(Number(text) + moreMs) : Number.NaN;
}

import { COUNT_BOOK_ID } from "../../protocols/count-book.ts";
import { PARTITION_ACT_FIELDS, PARTITION_VERDICT_FIELDS } from "../../protocols/stats.ts";
import { RefusalFields } from "../../protocols/refusal.ts";
import { operation, route } from "../../runtime/net/route.ts";
import type { Route, RouteContext, RouteResponse } from "../../runtime/net/route.ts";
import { isOfServices } from "./count-event.ts";
import type { CountedPlaces } from "./ask-partials.ts";
import { guarded } from "./ask-stats.ts";

/** Names that are told to whoever names a partition that is not known. */
const NEAR_MAX = 5;

type Places = Pick<CountedPlaces, "book" | "partials">;

/** What operators do about a partition: a reader that died with its node comes to no end by itself. */
export function partitionActRoutes(places: Places): Route[] {
  return [
    route("/v1/stats/partitions/act", {
      onRequest: {
        POST: operation({
          summary: "Has nobody wait for a partition any more whose reader is gone, until it is read again",
          body: PARTITION_ACT_FIELDS,
          audited: ({ act, partition }) => ({ act: `partition.${act}`, target: partition }),
          answers: {
            200: PARTITION_VERDICT_FIELDS,
            404: RefusalFields,
            409: RefusalFields,
            503: RefusalFields,
          },
          handle: ({ body }, context) => guarded(() => forget(places, body.partition, context)),
        }),
      },
    }),
  ];
}

async function forget(
  { book, partials }: Places,
  partition: string,
  context: RouteContext,
): Promise<RouteResponse> {
  const { partials: known } = await context.ask(book.entity(COUNT_BOOK_ID), { kind: "list" });
  if (!known.includes(partition)) return unknown(partition, known);
  const partial = partials.entity(partition);
  const before = await context.ask(partial, { kind: "account" });
  // Also a reader that gets nothing from its log says so each second: it would be waited for again at once.
  const isStalled = before.state === "stalled" && before.isHeard !== true;
  if (!isStalled && before.state !== "gone") return isRead(partition, before.state);
  context.tell(partial, { kind: "standing", state: "gone" });
  const { state } = await context.ask(partial, { kind: "account" });
  return state === "gone"
    ? { status: 200, body: { partition, became: "forgotten" } }
    : isRead(partition, state);
}

function isRead(partition: string, state: string): RouteResponse {
  const text = `${partition} is ${state}: ${whyAwaited(partition)}`;
  return { status: 409, body: { code: "partitionRead", field: "/partition", text } };
}

function whyAwaited(partition: string): string {
  return isOfServices(partition)
    ? "services tell it, and it ends by itself a day after they stopped"
    : "its reader speaks of it, and it is waited for as long as that does";
}

function unknown(partition: string, known: readonly string[]): RouteResponse {
  const names = nearest(partition, known).join(", ");
  const text = `no partition is called ${JSON.stringify(partition.slice(0, 80))}; the nearest: ${names || "there are none"}`;
  return { status: 404, body: { code: "unknownPartition", field: "/partition", text } };
}

/** Whoever types a name leaves out its end, or the source in front of it. */
function nearest(typed: string, names: readonly string[]): string[] {
  const inCommon = (name: string): number => {
    if (name.includes(typed)) return name.length;
    let same = 0;
    while (same < name.length && name[same] === typed[same]) same++;
    return same;
  };
  return names.toSorted((one, other) => inCommon(other) - inCommon(one)).slice(0, NEAR_MAX);
}

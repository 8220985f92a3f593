import { MemoryFields } from "../../protocols/ops-looks.ts";
import { operation, route } from "../../runtime/net/route.ts";
import type { Route } from "../../runtime/net/route.ts";
import type { Growth } from "../../runtime/telemetry/growth.ts";
import type { CensusBook } from "./census-book.ts";

/** The memory of the process, and an estimate of which types of actors hold it. */
export function memoryRoutes(book: CensusBook, pid: number): Route[] {
  return [
    route("/v1/memory", {
      onRequest: {
        GET: operation({
          summary:
            "The memory of the process, what the types of actors hold (an estimate), and how fast both grow",
          answers: { 200: MemoryFields },
          handle: () => {
            const { process, growth, types } = book.report();
            return {
              status: 200,
              body: {
                pid,
                process,
                ...(growth === undefined ? {} : { rssBytesPerMinute: growth.perMinute }),
                sinceMs: Math.round(growth?.sinceMs ?? 0),
                isEstimate: true,
                types: types.map(({ growth: own, ...census }) => ({ ...census, ...slopeOf(own) })),
              },
            };
          },
        }),
      },
    }),
  ];
}

function slopeOf(growth: Growth | undefined): object {
  return growth === undefined ? {} : { bytesPerMinute: growth.perMinute };
}

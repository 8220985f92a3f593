import { AUDIT_LIMIT, AuditFields, AuditQueryFields } from "../../protocols/ops-looks.ts";
import { RefusalFields } from "../../protocols/refusal.ts";
import type { Audit } from "../../runtime/audit/audit.ts";
import { operation, route } from "../../runtime/net/route.ts";
import type { Route, RouteRequest, RouteResponse } from "../../runtime/net/route.ts";
import { QueryReader } from "./query-reader.ts";

/** What operators did, to whom, and what became of it. */
export function auditRoutes(audit: Audit): Route[] {
  return [
    route("/v1/audit", {
      onRequest: {
        GET: operation({
          summary: "What operators did, newest first: who, what, to whom, and the outcome",
          query: AuditQueryFields,
          answers: { 200: AuditFields, 400: RefusalFields },
          handle: (request) => answerAudit(audit, request),
        }),
      },
    }),
  ];
}

async function answerAudit(audit: Audit, { query }: RouteRequest): Promise<RouteResponse> {
  const reader = new QueryReader(query, Object.keys(AuditQueryFields));
  const limit = reader.whole("limit", AUDIT_LIMIT);
  if (reader.refusal !== undefined) return reader.refusal;
  return { status: 200, body: { acts: await audit.recent(limit) } };
}

import { createHash } from "node:crypto";
import type { Operation, OperationRequest, Route, RouteResponse } from "../net/route.ts";
import type { AuditAct, AuditWho } from "./audit-entry.ts";
import type { Audit, AuditEnd } from "./audit.ts";

/** Characters of a token's SHA-256 that tell operators apart. */
const FINGERPRINT_CHARS = 12;

/** Has everything that a route does (all but `GET`) written down; what cannot be written down is not done. */
export function auditedRoute(route: Route, audit: Audit): Route {
  const { onRequest } = route;
  if (onRequest === undefined) return route;
  const operations = Object.entries(onRequest).map(([method, operation]) => [
    method,
    method === "GET" ? operation : auditedOperation(operation, audit),
  ]);
  return { ...route, onRequest: Object.fromEntries(operations) as typeof onRequest };
}

/** Whether a route does anything. */
export function isActing({ onRequest = {} }: Route): boolean {
  return Object.keys(onRequest).some((method) => method !== "GET");
}

function auditedOperation(operation: Operation, audit: Audit): Operation {
  return {
    ...operation,
    handle: async (request, context) => {
      const complain = (err: unknown): undefined => {
        context.log.error("audit.failed", { err });
      };
      const begun = await audit.begin(actOf(operation, request)).catch(complain);
      if (begun === undefined) return UNAUDITED;
      // It is written that this began, and an act that was done must not be answered as one that was not.
      const keep = (end: AuditEnd): Promise<void> => audit.end(begun, end).catch(complain);
      try {
        const response = await operation.handle(request, context);
        await keep(endOf(response));
        return response;
      } catch (error) {
        await keep({ outcome: "failed", status: 500, answer: String(error) });
        throw error;
      }
    },
  };
}

const UNAUDITED: RouteResponse = {
  status: 503,
  body: {
    code: "notAudited",
    text: "nothing was done, because the audit cannot be written; the log says why",
  },
};

function actOf(operation: Operation, request: OperationRequest): AuditAct {
  const { method, path, body } = request;
  const hasFields = operation.body !== undefined;
  const { act, target } = operation.audited?.(body as never) ?? { act: `${method} ${path}`, target: "" };
  return { who: whoOf(request), act, target, parameters: hasFields ? body : {} };
}

function whoOf({ address, headers }: OperationRequest): AuditWho {
  const token = String(headers["authorization"] ?? "").replace(/^Bearer +/i, "");
  return { address, token: createHash("sha256").update(token).digest("hex").slice(0, FINGERPRINT_CHARS) };
}

function endOf({ status, body }: RouteResponse): AuditEnd {
  return { outcome: status < 400 ? "done" : "refused", status, answer: body };
}

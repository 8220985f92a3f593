import assert from "node:assert/strict";
import type { Method, OperationRequest, Route, RouteResponse } from "../../runtime/net/route.ts";
import { routeContext } from "./route-context.ts";

/** Calls the handler of a route as its port would, without a guard and without a socket. @throws AssertionError when nothing answers */
export async function opsCall(
  routes: readonly Route[],
  method: Method,
  target: string,
  body?: object,
): Promise<RouteResponse> {
  const url = new URL(target, "http://ops");
  const found = routes.find(
    ({ path }) =>
      path === url.pathname || (path.endsWith("/*") && url.pathname.startsWith(path.slice(0, -1))),
  );
  const operation = found?.onRequest?.[method];
  assert.ok(operation !== undefined, `nothing answers ${method} ${target}`);
  const request = { method, path: url.pathname, query: url.searchParams, headers: {}, address: "::1", body };
  return operation.handle(request as unknown as OperationRequest<never>, routeContext());
}

/** The code and the field of a refusal, with its status. */
export function refusalOf({ status, body }: RouteResponse): readonly unknown[] {
  const { code, field } = body as { code?: string; field?: string };
  return [status, code, field];
}

/** What a refusal says. */
export function wordsOf({ body }: RouteResponse): string {
  return (body as { text: string }).text;
}

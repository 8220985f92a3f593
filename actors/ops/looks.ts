import type { OperationRequest, Route, RouteContext, RouteResponse } from "../../runtime/net/route.ts";

/** Answers what a `GET` on the operators' port would, without the port. */
export type Look = (target: string, context: RouteContext) => Promise<RouteResponse>;

const NOWHERE: RouteResponse = {
  status: 404,
  body: { code: "noSuchRoute", text: "this node answers nothing there; it may run another version" },
};

/** Looks through routes as a request would that has passed the guard. What acts is not reached. */
export function looksThrough(routes: readonly Route[]): Look {
  return async (target, context) => {
    const { pathname, searchParams } = new URL(target, "http://ops");
    const found = routes.find(({ path, onRequest }) => onRequest?.GET !== undefined && fits(path, pathname));
    const operation = found?.onRequest?.GET;
    if (operation === undefined) return NOWHERE;
    const request: OperationRequest = {
      method: "GET",
      path: pathname,
      query: searchParams,
      headers: {},
      address: "",
      listener: "",
      raw: Buffer.alloc(0),
      body: undefined,
      principal: undefined,
    };
    return operation.handle(request as OperationRequest<never>, context);
  };
}

function fits(path: string, wanted: string): boolean {
  return path.endsWith("/*") ? wanted.startsWith(path.slice(0, -1)) : path === wanted;
}

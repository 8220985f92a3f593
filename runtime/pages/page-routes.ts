import { operation, route } from "../net/route.ts";
import type { OperationRequest, Route, RouteResponse } from "../net/route.ts";
import { ASSETS_PATH } from "./page-manifest.ts";
import type { PageReaders } from "./page-manifest.ts";
import type { PageServer } from "./page-server.ts";

/** The routes of every page for these readers and of the files that pages load, for a listener that shows them. */
export function pageRoutes(pages: PageServer, readers: PageReaders): readonly Route[] {
  const handle = (request: OperationRequest) => respond(pages, request);
  return [
    ...pages
      .pathsFor(readers)
      .map((path) => pageRoute(path, `The page at ${path}`, { type: "text/html", handle })),
    pageRoute(`${ASSETS_PATH}*`, "The scripts, styles and pictures of the pages", {
      type: "application/octet-stream",
      handle,
    }),
  ];
}

interface PageOperation {
  readonly type: string;
  readonly handle: (request: OperationRequest) => RouteResponse;
}

function pageRoute(path: string, summary: string, { type, handle }: PageOperation): Route {
  const answers = { 200: type, 304: type, 404: "text/plain" };
  return route(path, { onRequest: { GET: operation({ summary, answers, handle }) } });
}

function respond(pages: PageServer, { path, headers }: OperationRequest): RouteResponse {
  const answer = pages.answer({
    path,
    acceptEncoding: oneLine(headers["accept-encoding"]),
    ifNoneMatch: oneLine(headers["if-none-match"]),
  });
  return answer ?? { status: 404, headers: { "content-type": "text/plain" }, body: `nothing is at ${path}` };
}

function oneLine(header: string | readonly string[] | undefined): string | undefined {
  return typeof header === "object" ? header.join(",") : header;
}

import type { IncomingMessage } from "node:http";
import type { RouteRequest } from "./route.ts";

const NOTHING = Buffer.alloc(0);
/** How an IPv4 address begins on a socket that listens for both. */
const MAPPED_IPV4 = "::ffff:";

/** Where a client sits. */
export function addressOf(remoteAddress: string | undefined): string {
  if (remoteAddress === undefined) return "";
  const isMapped = remoteAddress.startsWith(MAPPED_IPV4) && remoteAddress.includes(".");
  return isMapped ? remoteAddress.slice(MAPPED_IPV4.length) : remoteAddress;
}

/** The part of a request's target before the `?`, decoded, and the part after it. */
export function splitTarget(target: string): { readonly path: string; readonly search: string } {
  const mark = target.indexOf("?");
  const path = mark < 0 ? target : target.slice(0, mark);
  return { path: decoded(path), search: mark < 0 ? "" : target.slice(mark + 1) };
}

/** An HTTP request as a route's guards and handlers see it. */
export function routeRequest(
  request: IncomingMessage,
  listener: string,
  raw: Buffer = NOTHING,
): RouteRequest {
  const { path, search } = splitTarget(request.url ?? "/");
  return {
    method: request.method ?? "GET",
    path,
    query: new URLSearchParams(search),
    headers: request.headers,
    address: addressOf(request.socket.remoteAddress),
    listener,
    raw,
  };
}

// What cannot be decoded is no path that anybody has declared; it stays as it is and is not found.
function decoded(path: string): string {
  if (!path.includes("%")) return path;
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}

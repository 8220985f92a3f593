import { isSame } from "../../runtime/identity/signature.ts";
import type { Guard } from "../../runtime/net/route.ts";

const refusal = (text: string) => ({ kind: "refused", status: 401, code: "unauthenticated", text }) as const;

/** Admits requests that carry the token as `Authorization: Bearer …` (RFC 6750). */
export function bearerGuard(token: string): Guard {
  return ({ headers, address, method, path }, { log }) => {
    const header = headers["authorization"];
    if (header === undefined) return refusal("send the operators' token as Authorization: Bearer TOKEN");
    const [, given] = /^Bearer +(\S+)$/i.exec(String(header)) ?? [];
    if (given !== undefined && isSame(given, token)) return { kind: "admitted" };
    log.warn("ops.unauthorized", { address, method, path });
    return refusal("this is not the operators' token of this node");
  };
}

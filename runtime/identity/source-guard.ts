import type { Guard } from "../net/route.ts";
import { SOURCE_REFUSALS } from "./source-verifier.ts";
import type { SourceVerifier } from "./source-verifier.ts";

/** Lets only verified services that may do `action` pass; the principal is the key. */
export function sourceGuard(verifier: SourceVerifier, action: string): Guard {
  return (request, context) => {
    const verdict = verifier.verify(request, action, context.wallMs());
    if (verdict.kind === "verified") {
      const { id: name, scopes } = verdict.key;
      return { kind: "admitted", principal: { name, scopes } };
    }
    const { kind, code, keyId } = verdict;
    const { address, method, path } = request;
    context.log.warn("push.refused", { code, key: keyId, address, method, path });
    return { kind, code, ...SOURCE_REFUSALS[code] };
  };
}

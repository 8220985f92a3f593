import { Fault } from "../fault.ts";
import type { Guard, GuardVerdict, RouteContext, RouteRequest } from "../net/route.ts";
import type { NonceStore } from "./nonce-store.ts";
import { SOURCE_REFUSALS } from "./source-verifier.ts";
import type { SourceRefusal, SourceVerdict, SourceVerifier } from "./source-verifier.ts";

/** What a guard of sources goes by. */
export interface SourceGuardParts {
  readonly verifier: SourceVerifier;
  /** What all nodes remember; undefined where a node stands alone. */
  readonly nonces: NonceStore | undefined;
  readonly keepNoncesMs: number;
}

/** Lets only verified services that may do `action` pass; the principal is the key. */
export function sourceGuard({ verifier, nonces, keepNoncesMs }: SourceGuardParts, action: string): Guard {
  return (request, context) => {
    const verdict = verifier.verify(request, action, context.wallMs());
    if (nonces === undefined || verdict.kind === "refused" || verdict.nonce === undefined) {
      return answerOf(verdict, request, context);
    }
    const { key, nonce } = verdict;
    const taking = takenByNobody(nonces.take(key.id, nonce, keepNoncesMs));
    return taking.then((code) =>
      answerOf(code === undefined ? verdict : { kind: "refused", code, keyId: key.id }, request, context),
    );
  };
}

/** Whoever cannot find out does not guess: what was signed is refused then. */
async function takenByNobody(taking: Promise<boolean>): Promise<SourceRefusal | undefined> {
  try {
    return (await taking) ? undefined : "replayedNonce";
  } catch (error) {
    if (error instanceof Fault) return "nonceUnknown";
    throw error;
  }
}

function answerOf(verdict: SourceVerdict, request: RouteRequest, context: RouteContext): GuardVerdict {
  if (verdict.kind === "verified") {
    const { id: name, scopes } = verdict.key;
    return { kind: "admitted", principal: { name, scopes } };
  }
  const { kind, code, keyId } = verdict;
  const { address, method, path } = request;
  context.log.warn("push.refused", { code, key: keyId, address, method, path });
  return { kind, code, ...SOURCE_REFUSALS[code] };
}

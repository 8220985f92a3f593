import { FEATURES as REAL } from "../../../deploy/roles.ts";
import type { Feature } from "../../../runtime/feature.ts";
import { route } from "../../../runtime/net/route.ts";

/** What a client of the benchmark talks to: the shortest way through route, limits and connection actor. */
const echo: Feature = {
  name: "echo",
  start: () => ({
    routes: [
      route("/echo", {
        protocol: "text",
        onMessage: ({ outlet }, text, context) => void context.tell(outlet, { kind: "sendText", text }),
      }),
    ],
  }),
};

/** What stands in for `deploy/roles.ts` in the processes that are measured: the same features, and one that answers. */
export const FEATURES = [echo, ...REAL];

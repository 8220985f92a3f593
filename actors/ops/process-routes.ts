import type { HostProcess, WorkerVitals } from "../../protocols/host.ts";
import { ProcessesFields } from "../../protocols/ops-looks.ts";
import type { HostLink } from "../../runtime/host-link.ts";
import { operation, route } from "../../runtime/net/route.ts";
import type { Route } from "../../runtime/net/route.ts";

/** Where the processes are read. */
export interface ProcessSource {
  /** Undefined where one process is all. */
  readonly hostLink: HostLink | undefined;
  /** This process, as it sees itself. */
  readonly own: () => Pick<HostProcess, "pid" | "version" | "startedAtMs"> & {
    readonly vitals: Pick<WorkerVitals, "memory" | "zombies">;
  };
}

/** The processes of this data directory: who they are, what they take, how they ended. */
export function processRoutes(source: ProcessSource): Route[] {
  return [
    route("/v1/processes", {
      onRequest: {
        GET: operation({
          summary:
            "The processes with their memory, those that ended and what that meant, and why workers were recycled",
          answers: { 200: ProcessesFields },
          handle: () => ({ status: 200, body: reportOf(source) }),
        }),
      },
    }),
  ];
}

function reportOf({ hostLink, own }: ProcessSource): object {
  const hasHost = hostLink !== undefined;
  const report = hostLink?.report();
  if (report === undefined) {
    const itself = { role: hasHost ? "worker" : "node", number: 0, state: "serving", ...own() };
    return {
      hasHost,
      processes: [itself],
      ended: [],
      recycled: [],
      doing: "serving",
      restarts: 0,
      reloads: 0,
    };
  }
  const { urls: _urls, ...shown } = report;
  return { hasHost, ...shown };
}

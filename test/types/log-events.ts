import type { Logger } from "../../runtime/telemetry/logger.ts";

/** What the compiler must refuse about log events; an expectation that no longer fails is itself an error. */
export function logsOnlyWhatTheCatalogueHas(log: Logger): void {
  log.info("actor.restarted", { path: "/rooms" });
  // @ts-expect-error a misspelt event
  log.info("actor.restartd");
  // @ts-expect-error prose
  log.warn("the actor was restarted");
  // @ts-expect-error an event at another level than its own
  log.error("actor.restarted");
}

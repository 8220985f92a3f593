import type { Logger, LogFields } from "./logger.ts";

/** A logger that adds `scope` to every event, for example whose event it is. */
export function scopedLog(log: Logger, scope: LogFields): Logger {
  return {
    debug: (event, fields) => log.debug(event, { ...scope, ...fields }),
    info: (event, fields) => log.info(event, { ...scope, ...fields }),
    warn: (event, fields) => log.warn(event, { ...scope, ...fields }),
    error: (event, fields) => log.error(event, { ...scope, ...fields }),
    fatal: (event, fields) => log.fatal(event, { ...scope, ...fields }),
  };
}

import { LogGroupScanner } from "../../../runtime/sls/log-group-scanner.ts";
import { groupHead } from "../../../runtime/sls/encode-log-group.ts";
import { ApiError } from "./api-error.ts";

const LOG_GROUP_BYTES_MAX = 10 * 1024 * 1024;
/** How far the time of a log may lie back or ahead, in seconds. */
const OLDEST_SECONDS = 7 * 86_400;
const NEWEST_SECONDS = 15 * 60;

/** Checks a log group as the service does before it stores it. `now` in seconds. @throws ApiError */
export function checkGroup(group: Uint8Array, now: number): void {
  if (group.length > LOG_GROUP_BYTES_MAX) {
    throw new ApiError(413, "PostBodyTooLarge", `${group.length} bytes are too many`);
  }
  let isInTime = true;
  const list = Buffer.concat([groupHead(group.length), group]);
  const { logs, damaged } = new LogGroupScanner([]).scan(list, ({ timeMs }) => {
    const age = now - timeMs / 1000;
    if (age > OLDEST_SECONDS || age < -NEWEST_SECONDS) isInTime = false;
  });
  if (damaged.length > 0) throw new ApiError(400, "PostBodyInvalid", `no log group: ${damaged[0]?.why}`);
  if (logs === 0) throw new ApiError(400, "PostBodyInvalid", "no logs");
  if (!isInTime) throw new ApiError(400, "PostBodyInvalid", "time out of range");
}

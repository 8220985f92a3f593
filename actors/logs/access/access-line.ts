import type { AccessRecord } from "../../../runtime/net/access-tap.ts";

/** How a line begins that says how many records could not be written. */
export const LOSS_MARK = '{"lost":';

const MS_PER_SECOND = 1_000;
/** What a client says of itself is cut after so many letters. */
const AGENT_LETTERS_MAX = 256;
/** A path is cut after so many letters. */
const PATH_LETTERS_MAX = 1_024;
/** What JSON does not take as it is, and half letters, which have no bytes. */
// oxlint-disable-next-line no-control-regex
const UNPLAIN = /["\\\u0000-\u001f\ud800-\udfff]/;

/** A record of the gateway as a line of its file; the names of the fields are those of nginx, where it has one. Pure. */
export function accessLine(record: AccessRecord, atMs: number): string {
  const { kind, listener, method, status, bytesIn, bytesOut, durationMs, address } = record;
  const path = text(record.path.slice(0, PATH_LETTERS_MAX));
  const agent =
    record.agent === "" ? "" : `,"http_user_agent":${text(record.agent.slice(0, AGENT_LETTERS_MAX))}`;
  return (
    `{"time":${Math.trunc(atMs)},"kind":"${kind}","listener":"${listener}","request_method":"${method}",` +
    `"route":${text(record.route)},"uri":${path},"status":${status},"request_length":${bytesIn},` +
    `"bytes_sent":${bytesOut},"request_time":${seconds(durationMs)},"remote_addr":"${address}"${agent}}\n`
  );
}

/** A line that says that so many records could not be written. Pure. */
export function lossLine(lost: number, atMs: number): string {
  return `${LOSS_MARK}${lost},"time":${Math.trunc(atMs)}}\n`;
}

function text(value: string): string {
  return UNPLAIN.test(value) ? JSON.stringify(value) : `"${value}"`;
}

/** As nginx writes a duration: `0.012`. */
function seconds(durationMs: number): string {
  const whole = Math.max(0, Math.round(durationMs));
  if (whole === 0) return "0.000";
  return (whole / MS_PER_SECOND).toFixed(3);
}

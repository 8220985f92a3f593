import { Fault } from "../fault.ts";

/** What of a command a fault tells. */
export interface CommandFacts {
  /** Its name, or that of the script. */
  readonly command: string;
  /** The connection. */
  readonly purpose: string;
}

/** What ioredis says of a command that it has not written, because there was no connection. */
const NOTHING_WAS_SENT = /^(Stream isn't writeable|Cluster isn't ready)/;

/** What a server says behind the name of a command that it does not know. */
const REPEATED_ARGUMENTS = /, with args beginning with:.*$/s;

/**
 * What has become of a command that ended with an error of ioredis: Redis refused it, nothing was sent, or nobody knows. Pure.
 * Whatever is not known for certain counts as unknown: only that is safe. The error itself is not passed on as the cause: it holds the arguments
 * of its command, and those may be a password.
 */
export function redisFault(error: unknown, facts: CommandFacts): Fault {
  const message = reasonOf(error);
  if (isReplyError(error)) {
    return new Fault("redisRefused", { ...facts, reply: replyCode(message), text: message });
  }
  const code = NOTHING_WAS_SENT.test(message) ? "redisUnavailable" : "redisUnanswered";
  return new Fault(code, { ...facts, why: message });
}

/** What went wrong, in words and without what a server repeats of a command: that may be a password. Pure. */
export function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  // What all servers of a Redis Cluster have in common is said of the last one.
  if ("lastNodeError" in error && error.lastNodeError instanceof Error) return reasonOf(error.lastNodeError);
  // Several addresses of a host that have all refused are an error without a text.
  const text = error.message === "" && "code" in error ? String(error.code) : error.message;
  return text.replace(REPEATED_ARGUMENTS, "");
}

/** Whether Redis itself has answered with this error. */
export function isReplyError(error: unknown): error is Error {
  return error instanceof Error && error.name === "ReplyError";
}

/** The first word of an error that Redis answered, which names its kind: `READONLY`, `OOM`, `NOSCRIPT`. */
export function replyCode(message: string): string {
  return message.slice(0, Math.max(0, `${message} `.indexOf(" ")));
}

/** What time does not mend: the server does not let this user in, or one of the two does not believe the certificate of the other. */
const HOPELESS = /^(WRONGPASS|NOAUTH|NOPERM)\b|certificate|altnames|tlsv1 alert/i;

/** Whether to try again with the same user and the same certificates would be in vain. Pure. */
export function isHopeless(reason: string): boolean {
  return HOPELESS.test(reason);
}

import type { ServerResponse } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import type { DevAnswer } from "./dev-call.ts";
import type { Fault } from "./faults.ts";

/** Writes an answer, or what a fault makes of it. What hangs ends when the other side ends it, or with the server. */
export async function writeAnswer(response: ServerResponse, answer: DevAnswer, fault?: Fault): Promise<void> {
  if (fault === undefined) return whole(response, answer);
  if (fault.kind === "hang") return;
  if (fault.kind === "reset" || fault.kind === "lostAnswer") return void response.socket?.resetAndDestroy();
  if (fault.kind === "stall") return stall(response, answer);
  if (fault.kind === "drip") return drip(response, answer, fault.everyMs);
  if (fault.kind === "delay") await sleep(fault.ms, undefined, { ref: false });
  if (!response.destroyed) whole(response, spoilt(answer, fault));
}

function whole(response: ServerResponse, { status, headers, body }: DevAnswer): void {
  response.writeHead(status, { ...headers, "content-length": body.length });
  response.end(body);
}

function stall(response: ServerResponse, { status, headers, body }: DevAnswer): void {
  response.writeHead(status, { ...headers, "content-length": Math.max(2, body.length) });
  response.write(Buffer.concat([body.subarray(0, body.length >> 1), Buffer.alloc(body.length < 2 ? 1 : 0)]));
}

/** Chunked, so that it need not hold what it does not send; it begins with the real body, and never ends in time. */
async function drip(response: ServerResponse, answer: DevAnswer, everyMs: number): Promise<void> {
  const { status, headers, body } = answer;
  response.writeHead(status, { ...headers, "content-length": body.length + 1_000_000 });
  for (let sent = 0; !response.destroyed && sent < 1_000_000; sent++) {
    response.write(Buffer.from([body[sent] ?? 0]));
    await sleep(everyMs, undefined, { ref: false });
  }
}

function spoilt(answer: DevAnswer, { kind }: Fault): DevAnswer {
  if (kind === "wrongSize") return withMore(answer, "x-log-bodyrawsize");
  if (kind === "wrongCount") return withMore(answer, "x-log-count");
  if (kind === "truncate") return { ...answer, body: answer.body.subarray(0, answer.body.length >> 1) };
  return answer;
}

function withMore(answer: DevAnswer, header: string): DevAnswer {
  const more = String(Number(answer.headers[header] ?? 0) + 1);
  return { ...answer, headers: { ...answer.headers, [header]: more } };
}

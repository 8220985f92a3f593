import type { FromWorker, HostAnswer, HostCommand, HostReport, ToWorker } from "../protocols/host.ts";
import type { HostLink } from "../runtime/host-link.ts";
import type { PortAddress } from "../runtime/net/bind.ts";
import { HandleChannel } from "../runtime/net/hand-over/handle-channel.ts";
import type { Peer } from "../runtime/net/hand-over/peer.ts";
import type { RawHandle } from "../runtime/net/hand-over/raw-handle.ts";
import { BindError } from "./host/ports/bound-handle.ts";

/** What the host orders of a worker as a whole. */
export type HostOrder = Extract<
  ToWorker,
  { kind: "serve" | "adopt" | "handOver" | "keep" | "predecessorGone" | "reaped" | "stop" | "beat" }
>;

interface OpenBind {
  readonly resolve: (handle: RawHandle) => void;
  readonly reject: (error: Error) => void;
}

interface OpenCommand {
  readonly onEvent: (text: string) => void;
  readonly resolve: (answer: HostAnswer) => void;
}

/** The worker's end of the channel to its host. */
export class HostChannel implements HostLink {
  readonly #onOrder: (order: HostOrder) => void;
  readonly #channel = new HandleChannel(process);
  readonly #binds = new Map<number, OpenBind>();
  readonly #commands = new Map<number, OpenCommand>();
  #onPeer: ((data: unknown, handle?: RawHandle) => void) | undefined = undefined;
  /** What the other worker has sent before anybody listened. */
  #early: { readonly data: unknown; readonly handle: RawHandle | undefined }[] = [];
  #report: HostReport | undefined = undefined;
  #latestId = 0;

  /** The other worker of a reload. */
  readonly peer: Peer = {
    send: (data, handle) => this.send({ kind: "peer", data }, handle),
    onMessage: (listener) => {
      this.#onPeer = listener;
      const early = this.#early;
      this.#early = [];
      for (const { data, handle } of early) listener(data, handle);
    },
  };

  constructor(onOrder: (order: HostOrder) => void) {
    this.#onOrder = onOrder;
    process.on("message", (message, handle) =>
      this.#hear(message as ToWorker, handle as RawHandle | undefined),
    );
  }

  /** Resolves when it has left this process. @throws Error when the host is gone */
  send(message: FromWorker, handle?: RawHandle): Promise<void> {
    return new Promise((resolve, reject) => {
      const onSent = (error: Error | null): void => (error === null ? resolve() : reject(error));
      this.#channel.send(message, handle, onSent);
    });
  }

  /** Says something that matters only while there is a host: when it is gone, the whole worker goes. */
  tell(message: FromWorker): void {
    this.send(message).catch(() => undefined);
  }

  /** Has the host bind a port. @throws BindError */
  readonly bindSocket = ({ name: listener, host, port }: PortAddress): Promise<RawHandle> => {
    const id = ++this.#latestId;
    return new Promise((resolve, reject) => {
      this.#binds.set(id, { resolve, reject });
      this.tell({ kind: "bind", id, listener, host, port });
    });
  };

  report(): HostReport | undefined {
    return this.#report;
  }

  ask(command: HostCommand, onEvent: (text: string) => void = () => undefined): Promise<HostAnswer> {
    const id = ++this.#latestId;
    return new Promise((resolve) => {
      this.#commands.set(id, { onEvent, resolve });
      this.tell({ kind: "command", id, command });
    });
  }

  wantsRecycle(reason: string): void {
    this.tell({ kind: "wantsRecycle", reason });
  }

  #hear(message: ToWorker, handle: RawHandle | undefined): void {
    switch (message.kind) {
      case "bound":
        return this.#hearBound(message.id, handle);
      case "bindFailed":
        return this.#failBind(message.id, new BindError(message.code, message.message, message.syscall));
      case "answer":
        return this.#hearAnswer(message.id, message.answer);
      case "processes":
        this.#report = message.report;
        return undefined;
      case "peer":
        if (this.#onPeer === undefined) this.#early.push({ data: message.data, handle });
        else this.#onPeer(message.data, handle);
        return undefined;
      default:
        return this.#onOrder(message);
    }
  }

  #hearBound(id: number, handle: RawHandle | undefined): void {
    if (handle !== undefined) return this.#takeBind(id)?.resolve(handle);
    return this.#failBind(id, new BindError("EBADF", "the socket has not come with the message"));
  }

  #failBind(id: number, error: Error): void {
    this.#takeBind(id)?.reject(error);
  }

  #takeBind(id: number): OpenBind | undefined {
    const open = this.#binds.get(id);
    this.#binds.delete(id);
    return open;
  }

  #hearAnswer(id: number, answer: HostAnswer): void {
    const open = this.#commands.get(id);
    if (answer.kind === "event") return open?.onEvent(answer.text);
    this.#commands.delete(id);
    return open?.resolve(answer);
  }
}

import type { Protocol, TaggedMessage } from "../../protocols/protocol.ts";
import type { OpenAsk, Verdict } from "../actor/actor-ref.ts";
import type { Ask } from "../kernel/ask.ts";
import type { Cell } from "../kernel/cell.ts";
import { PlacedRef } from "../kernel/placed-ref.ts";
import { actorText } from "./actor-address.ts";
import type { ActorAddress } from "./actor-address.ts";
import type { Post } from "./post.ts";

/** Reaches an actor of another node. */
export class RemoteRef extends PlacedRef {
  readonly address: string;
  readonly present = undefined;
  readonly #to: ActorAddress;
  readonly #protocol: Protocol | undefined;
  readonly #post: Post;

  /** @param protocol what may be said to it; undefined when this node does not know that */
  constructor(to: ActorAddress, protocol: Protocol | undefined, post: Post) {
    super();
    this.address = actorText(to);
    this.#to = to;
    this.#protocol = protocol;
    this.#post = post;
  }

  deliver(message: TaggedMessage, ask: OpenAsk | undefined): Verdict {
    const { incarnation, path } = this.#to;
    const protocol = this.#protocol;
    return this.#post.send(incarnation, path, { protocol, message, ask: ask as Ask | undefined });
  }

  override protocolAbroad(): Protocol | undefined {
    return this.#protocol;
  }

  override watchAway(watcher: Cell, message: TaggedMessage): boolean {
    const watch = this.#post.farWatches.add({ watcher, address: this.address, message });
    if (watch !== undefined) this.#post.send(this.#to.incarnation, this.#to.path, { watch });
    return true;
  }

  override unwatchAway(watcher: Cell): void {
    this.#post.farWatches.end(watcher, this.address);
  }
}

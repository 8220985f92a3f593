import type { Protocol, TaggedMessage } from "../../protocols/protocol.ts";
import type { ParcelCodec } from "../codec/parcel-codec.ts";
import type { TravelCodec } from "../codec/travel-codec.ts";
import type { ActorSystem } from "../kernel/actor-system.ts";
import type { Cancel } from "../time/clock.ts";
import type { Transport } from "../transport/transport.ts";

/** What topics are made of. */
export interface RemoteTopicsParts {
  readonly system: ActorSystem;
  readonly transport: Transport;
  readonly parcels: ParcelCodec;
  readonly codec: TravelCodec;
}

/** Topics in one life of this node: what is told to one goes once to every node that hears it, and may get lost. */
export class RemoteTopics {
  readonly #parts: RemoteTopicsParts;

  constructor(parts: RemoteTopicsParts) {
    this.#parts = parts;
  }

  /** @throws Fault `cannotTravel` */
  tell(topic: string, protocol: Protocol, message: TaggedMessage): void {
    const { codec, parcels, transport } = this.#parts;
    const said = codec.write(protocol, message);
    const letter = { kind: "tell", to: topic, hops: 0, isHanded: false, said, id: 0 } as const;
    transport.publish(topic, parcels.encode({ kind: "letter", letter }));
  }

  /** Hears what is told to a topic, this node included. What cannot be read is counted. */
  hear(topic: string, protocol: Protocol, listener: (message: TaggedMessage) => void): Cancel {
    const { codec, parcels, transport, system } = this.#parts;
    return transport.subscribe(topic, (bytes) => {
      const parcel = parcels.decode(bytes);
      const said = parcel?.kind === "letter" && parcel.letter.to === topic ? parcel.letter.said : undefined;
      const understood = said && codec.read(protocol, said);
      if (understood?.ok === true) return listener(understood.message);
      const why = understood?.refusal.text ?? "the bytes are no message";
      system.deadLetters.add("notUnderstood", `topic ${topic}`, "");
      system.log.warn("remote.notUnderstood", { from: undefined, to: topic, why });
    });
  }
}

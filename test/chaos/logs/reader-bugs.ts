import { CountPartialEvents } from "../../../protocols/partial.ts";
import { RecordCodec } from "../../../runtime/codec/record-codec.ts";
import type { Append, Journal } from "../../../runtime/persistence/journal.ts";
import { metricSet } from "../../../runtime/counting/metric-set.ts";
import { Tally } from "../../../runtime/counting/tally.ts";
import type { ReaderBug } from "./reader-words.ts";

/** One batch in so many is treated badly. */
const ONE_IN = 3;

/** A journal that stores something else than it is told, now and then, where a bug is wanted; the same one where none is. */
export function withBug(journal: Journal, bug: ReaderBug | undefined): Journal {
  if (bug === undefined || bug === "miscounts") return journal;
  const codec = new RecordCodec(CountPartialEvents);
  const nothing = new Tally(metricSet([], "nothing"));
  let batches = 0;
  const spoilt = (write: Append): Append => {
    if (write.entity.type !== "count-partial" || ++batches % ONE_IN > 0) return write;
    const decoded = codec.decode(write.bytes);
    const event = decoded.ok ? decoded.record.events[0] : undefined;
    if (event?.kind !== "counted") return write;
    nothing.begin(Date.now());
    const events = {
      forgetful: [],
      twice: [event, event],
      halfBatch: [{ ...event, tally: nothing.encode() }],
    }[bug];
    return { ...write, bytes: codec.encode({ events }) };
  };
  return new Proxy(journal, {
    get(target, name) {
      if (name === "append") return (write: Append) => target.append(spoilt(write));
      const value: unknown = Reflect.get(target, name, target);
      return typeof value === "function" ? (value.bind(target) as unknown) : value;
    },
  });
}

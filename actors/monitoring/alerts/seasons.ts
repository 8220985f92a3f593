import { Season } from "../../../runtime/alerting/season.ts";
import { LocalDays } from "../../../runtime/counting/local-day.ts";

/** Time zones of which days are remembered: rules have one of the settings, and another one after a reload. */
const ZONES_MAX = 8;

/** The seasons of time zones, each made once: to find out where days begin takes a while. */
export class Seasons {
  readonly #known = new Map<string, Season>();

  /** @throws RangeError for a zone that is not known */
  of(zone: string): Season {
    const known = this.#known.get(zone);
    if (known !== undefined) return known;
    if (this.#known.size >= ZONES_MAX) this.#known.clear();
    const season = new Season(new LocalDays(zone));
    this.#known.set(zone, season);
    return season;
  }
}

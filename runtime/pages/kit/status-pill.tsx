import type { ComponentChildren } from "preact";

/** What a status means: colour and shape both say it. */
export type Tone = "good" | "busy" | "bad";

/** A state in a few words. Screen readers hear `spoken` when it changes; what ticks is for the eyes only. */
export function StatusPill(props: {
  readonly tone: Tone;
  readonly spoken: string;
  readonly children: ComponentChildren;
}) {
  return (
    <span class={`pill pill-${props.tone}`}>
      <span class="pill-mark" aria-hidden="true" />
      <span aria-hidden="true">{props.children}</span>
      <span class="unseen" role="status">
        {props.spoken}
      </span>
    </span>
  );
}

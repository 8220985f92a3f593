import { useSignal } from "@preact/signals";
import { Button } from "./button.tsx";
import { KIT_WORDS } from "./kit-words.ts";
import { useWords } from "./page-settings.ts";

const COPIED_FOR_MS = 2_000;

/** A command to be typed in a shell, with a button that copies it. */
export function CommandLine({ command }: { readonly command: string }) {
  const t = useWords(KIT_WORDS);
  const copied = useSignal(false);
  const copy = async () => {
    await navigator.clipboard.writeText(command);
    copied.value = true;
    setTimeout(() => (copied.value = false), COPIED_FOR_MS);
  };
  return (
    <div class="command">
      <code>{command}</code>
      {/* Browsers offer the clipboard only on https and on this machine. */}
      {isSecureContext && (
        <Button
          look="quiet"
          icon={copied.value ? "check" : "copy"}
          label={t(copied.value ? "copied" : "copy")}
          onClick={() => void copy()}
        />
      )}
    </div>
  );
}

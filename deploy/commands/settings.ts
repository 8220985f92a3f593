import { Command } from "commander";
import { describeSettings } from "../settings-page.ts";
import type { SettingSchema } from "../settings-check.ts";

/** `banyan settings`: every setting with its meaning, as a file to begin with. */
export function settingsCommand(): Command {
  return new Command("settings")
    .summary("print every setting with its default, as a banyan.yaml to begin with")
    .description("Prints every setting with its meaning and its default, as a banyan.yaml to begin with.")
    .action(async () => {
      const { NodeSettings } = await import("../../protocols/settings.ts");
      console.log(describeSettings(NodeSettings as unknown as SettingSchema));
    });
}

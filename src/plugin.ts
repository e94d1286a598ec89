/** The plugin: its name, its rules over the real analysis, and the presets. */
import { createRequire } from "node:module";
import type { ESLint, Linter } from "eslint";
import { rules as definitions } from "../rules/index.js";
import { analyze } from "./analyze.js";
import { settingsWithCacheKey } from "./eslint/cache-key.js";
import { createRules } from "./eslint/rules.js";
import { PRESET_IGNORES, presetRules } from "./presets.js";
import type { PresetName } from "./rule.js";

const NAMESPACE = "query-guard";
const PACKAGE = "eslint-plugin-query-guard";

/** The package's own version: ESLint's cache is keyed by it. */
function ownVersion(): string {
  const manifest: unknown = createRequire(import.meta.url)(`${PACKAGE}/package.json`);
  const version = typeof manifest === "object" && manifest !== null && "version" in manifest ? manifest.version : undefined;
  return typeof version === "string" ? version : "0.0.0";
}

function preset(name: PresetName): Linter.Config {
  return {
    name: `${NAMESPACE}/${name}`,
    get plugins() {
      return { [NAMESPACE]: plugin };
    },
    ignores: [...PRESET_IGNORES],
    settings: { [NAMESPACE]: settingsWithCacheKey() },
    rules: presetRules(name, definitions, NAMESPACE),
  };
}

/** The presets by name. Spelt out, so that the published types need nothing but ESLint's own. */
type Presets = {
  readonly recommended: Linter.Config;
  readonly strict: Linter.Config;
  readonly all: Linter.Config;
};

/** The plugin with its presets. No `files`: a preset applies to whatever is linted but tests and seeds, and the rules listen to JavaScript only. */
export const plugin: Omit<ESLint.Plugin, "configs"> & { readonly configs: Presets } = {
  meta: { name: PACKAGE, version: ownVersion(), namespace: NAMESPACE },
  rules: createRules(definitions, analyze),
  configs: { recommended: preset("recommended"), strict: preset("strict"), all: preset("all") },
};

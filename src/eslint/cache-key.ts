/** What ESLint's cache must know beside the linted file: the schema that the findings depend on. */
import { schemaDigest } from "../analyze.js";

/** Settings that take part in the key of ESLint's cache. */
export interface CacheKey {
  toJSON(): object;
}

/**
 * Settings for a preset. ESLint serialises the settings of a file only for the key of its cache, so `toJSON` is called
 * with `--cache` alone; it adds a digest of the schema files to whatever settings the user's configuration merged in.
 * It has to be an own property: the merge of configurations drops prototypes.
 */
export function settingsWithCacheKey(): CacheKey {
  return {
    toJSON(this: object): object {
      const { toJSON: _, ...settings } = this as Record<string, unknown>;
      return { ...settings, schemaDigest: digest() };
    },
  };
}

function digest(): string {
  try {
    return schemaDigest(process.cwd());
  } catch {
    // Without a digest the cache is as good as it was; a throw would end the lint.
    return "";
  }
}

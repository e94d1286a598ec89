/** One file → its analysis, memoised by its AST. The cheap gate stands in front. */
import type { Linter, SourceCode } from "eslint";
import type { Subject } from "./facts/contract.js";
import type { Settings } from "./settings.js";

/** How much of a file's queries was understood. */
export interface Coverage {
  /** Recognised query sites. */
  readonly sites: number;
  readonly resolved: number;
  /** Opaque sites by reason. */
  readonly opaque: Readonly<Record<string, number>>;
}

export interface FileAnalysis {
  readonly subjects: readonly Subject[];
  readonly coverage: Coverage;
}

export interface AnalyzeOptions {
  /** Absolute path of the linted file. */
  readonly file: string;
  /** ESLint's working directory. */
  readonly cwd: string;
  readonly settings: Settings;
  readonly languageOptions?: Linter.LanguageOptions;
}

/** The analysis of a file. Computed once per AST, whatever the number of rules; empty for a file that issues no query. */
export function analyze(_sourceCode: SourceCode, _options: AnalyzeOptions): FileAnalysis {
  return { subjects: [], coverage: { sites: 0, resolved: 0, opaque: {} } };
}

/** A parsed file: its text, its tree, and which name means what. The linted file and the files it imports look alike. */
import { createRequire } from "node:module";
import type { Scope } from "eslint";
import { childrenOf, type Node } from "./ast.js";
import type { TSESTree } from "@typescript-eslint/utils";

export interface SourceModule {
  /** Absolute path. */
  readonly path: string;
  readonly text: string;
  readonly program: TSESTree.Program;
  /** The variable a name means at a place; undefined for a global. */
  lookUp(name: string, at: Node): Scope.Variable | undefined;
  /** 1-based line of an offset. */
  lineOf(offset: number): number;
}

/** The linted file, as ESLint parsed it. */
export function moduleOfSourceCode(path: string, sourceCode: { readonly text: string; readonly ast: unknown; readonly scopeManager: Scope.ScopeManager | null }): SourceModule {
  const scopes = sourceCode.scopeManager;
  return createModule(path, sourceCode.text, sourceCode.ast as TSESTree.Program, () => scopes);
}

const require = createRequire(import.meta.url);

/** Endings of the files that can be parsed as modules. */
export const MODULE_EXTENSIONS: readonly string[] = [".ts", ".tsx", ".mts", ".cts", ".js", ".jsx", ".mjs", ".cjs"];

/**
 * Parses a file of the project. Undefined when the text is too broken for a tree. `parents: false` leaves out the links
 * from a node to the one around it, and with them {@link SourceModule.lookUp}: a walk over the tree for who reads downwards only.
 */
export function parseModule(path: string, text: string, { parents = true }: { readonly parents?: boolean } = {}): SourceModule | undefined {
  // Loaded on first need: a run without a query site never pays for them.
  const { parseSync } = require("oxc-parser") as typeof import("oxc-parser");
  const parse = (lang: "ts" | "tsx" | "jsx"): TSESTree.Program | undefined => {
    try {
      const result = parseSync(path, text, { range: true, astType: "ts", preserveParens: false, lang });
      return result.program.body.length === 0 && result.errors.length > 0 ? undefined : (result.program as unknown as TSESTree.Program);
    } catch {
      return undefined;
    }
  };
  const language = languageOf(path);
  // JavaScript with the annotations of Flow mostly reads as TypeScript.
  const program = parse(language) ?? (language === "jsx" ? parse("tsx") : undefined);
  if (!program) return undefined;
  if (parents) setParents(program);
  let scopes: Scope.ScopeManager | null | undefined;
  return createModule(path, text, program, () => {
    if (!parents) return null;
    if (scopes === undefined) {
      try {
        const { analyze } = require("@typescript-eslint/scope-manager") as typeof import("@typescript-eslint/scope-manager");
        scopes = analyze(program, { sourceType: "module", lib: [] }) as unknown as Scope.ScopeManager;
      } catch {
        scopes = null;
      }
    }
    return scopes;
  });
}

function languageOf(path: string): "ts" | "tsx" | "jsx" {
  if (/\.[cm]?ts$/u.test(path)) return "ts";
  if (path.endsWith(".tsx")) return "tsx";
  // JavaScript may hold JSX whatever its ending.
  return "jsx";
}

function setParents(program: TSESTree.Program): void {
  const stack: Node[] = [program];
  for (let node = stack.pop(); node; node = stack.pop()) {
    for (const child of childrenOf(node)) {
      (child as { parent: Node }).parent = node;
      stack.push(child);
    }
  }
}

function createModule(path: string, text: string, program: TSESTree.Program, scopes: () => Scope.ScopeManager | null): SourceModule {
  let lineStarts: number[] | undefined;
  return {
    path,
    text,
    program,
    lookUp(name, at) {
      const manager = scopes();
      if (!manager) return undefined;
      for (let scope = scopeAt(manager, at); scope; scope = scope.upper) {
        const variable = scope.set.get(name);
        if (variable && variable.defs.length > 0) return variable;
      }
      return undefined;
    },
    lineOf(offset) {
      lineStarts ??= lineStartsOf(text);
      let low = 0;
      let high = lineStarts.length;
      while (high - low > 1) {
        const middle = (low + high) >> 1;
        if ((lineStarts[middle] ?? 0) <= offset) low = middle;
        else high = middle;
      }
      return low + 1;
    },
  };
}

function scopeAt(manager: Scope.ScopeManager, at: Node): Scope.Scope | null {
  for (let node: Node | undefined = at; node; node = node.parent) {
    const scope = manager.acquire(node as Parameters<Scope.ScopeManager["acquire"]>[0], true);
    if (scope) return scope.type === "function-expression-name" ? (scope.childScopes[0] ?? scope) : scope;
  }
  return manager.globalScope;
}

function lineStartsOf(text: string): number[] {
  const starts = [0];
  for (const match of text.matchAll(/\r\n|[\n\r\u2028\u2029]/gu)) starts.push(match.index + match[0].length);
  return starts;
}

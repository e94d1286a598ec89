/** The contract between one library's adapter and the analysis. */
import type { TSESTree } from "@typescript-eslint/utils";
import type { Dialect, LibraryId, Opaque, Query, Undefinable } from "../query/model.js";
import type { Chain } from "../syntax/chain.js";
import type { Evaluator } from "../syntax/evaluate.js";
import type { ObjectShape } from "../syntax/objects.js";
import type { FoldedText, Interpolate } from "../syntax/text.js";
import type { Node } from "../syntax/ast.js";
import type { SourceModule } from "../syntax/source-module.js";
import type { LibraryModel, LibraryValue, TypeEvidence } from "../syntax/values.js";

/** An adapter that claims this name is asked about every call and every tagged template. */
export const ANY_NAME = "*";

/** A place where a query may be issued. */
export type Candidate = TSESTree.CallExpression | TSESTree.TaggedTemplateExpression;

/** What an adapter may ask about the module a candidate stands in. */
export interface AdapterContext {
  readonly module: SourceModule;
  readonly values: Evaluator;
  readonly types: TypeEvidence | undefined;
  /** The dialect of the settings, for text whose driver does not tell. */
  readonly dialect: Dialect | undefined;
  /** Is the package a dependency of the package the file is in (or of the workspace root)? A sign, never a proof. */
  uses(packageName: string): boolean;
  /** The range of versions that the package is declared with: `^0.3.20`. */
  version(packageName: string): string | undefined;
  /** What an expression of this module evaluates to, when it is a value of this library. */
  library(node: Node, library: LibraryId): LibraryValue | undefined;
  object(node: Node, module?: SourceModule): ObjectShape;
  text(node: Node, interpolate?: Interpolate): FoldedText | undefined;
  chain(root: TSESTree.CallExpression): Chain;
  undefinable(node: Node, module?: SourceModule): Undefinable;
  /** Is the expression a constant of the program: a literal, a const, a member of an enum? Then its value when it is known. */
  constant(node: Node, module?: SourceModule): { readonly value: string | number | boolean | bigint | null | undefined; readonly known: boolean } | undefined;
  /** Length of an array, when the code fixes it. */
  length(node: Node, module?: SourceModule): number | undefined;
}

/** What a candidate issues: a query, or several where one text holds several statements. An empty list is a site that is counted elsewhere. */
export type Recognised = Query | Opaque | readonly (Query | Opaque)[];

/**
 * One library. Pure: an adapter sees the syntax and the values, never the schema, never another adapter.
 * `recognise` answers undefined for what is not the library's, a `Query` for what it can read, an `Opaque` with a reason
 * for what it recognises and cannot read.
 */
export interface Adapter {
  readonly id: LibraryId;
  /** Name as people write it, for messages and docs. */
  readonly title: string;
  readonly model: LibraryModel;
  /**
   * The cheap gate: names of the called methods, functions or tags a site can begin with. A file whose text holds none of
   * them is not looked at.
   */
  readonly names: ReadonlySet<string>;
  /**
   * Packages of which one must be a dependency, or stand in the file's text, for the names to count: `find` and `save` are in
   * every second file.
   */
  readonly packages?: readonly string[];
  /** Names among them that are too common to make a file worth a look: `get`, `all`, `run`. */
  readonly common?: ReadonlySet<string>;
  recognise(candidate: Candidate, context: AdapterContext): Recognised | undefined;
}

/** What expressions of a migration evaluate to, as far as the reader of its code can tell. */
import type { ClassNode, FunctionNode, Node } from "../../../syntax/ast.js";
import type { SourceModule } from "../../../syntax/source-module.js";
import type { Provenance } from "../../model.js";
import type { Environment } from "./environment.js";

/** Stands in a text for a piece that only the running program knows. A word, so that SQL around it can still be read. */
export const HOLE = "qg_not_known";

/** Where a position of a text was written. */
export type Origin = (at: number) => Provenance;

/** A call, or another place in the code that does something. */
export interface Site {
  readonly node: Node;
  readonly module: SourceModule;
}

/** An object of a library: the migration's handle, a schema builder, a table builder. */
export interface Receiver {
  /** What `receiver.name` is; undefined when it is no plain member. */
  get(name: string): CodeValue | undefined;
  /** `receiver.name(…)`; the name is empty for `receiver(…)`. */
  call(name: string, args: readonly CodeValue[], site: Site): CodeValue;
}

export interface ListValue {
  readonly kind: "list";
  readonly items: CodeValue[];
  /** It may hold more than is known. */
  open: boolean;
  /** Its one item stands for any number of that form: `rows.map((row) => …)`. */
  readonly sample?: boolean;
}

export interface ObjectValue {
  readonly kind: "object";
  readonly entries: Map<string, CodeValue>;
  open: boolean;
  /** Name of the class of a library it was made with: `new Table({ … })`. */
  readonly made?: string;
  /** What its class inherits from a library. */
  base?: Receiver;
}

export interface FunctionValue {
  readonly kind: "function";
  readonly node: FunctionNode;
  readonly module: SourceModule;
  readonly scope: Environment;
  /** What `this` is in a method. */
  readonly self?: CodeValue;
}

export interface ClassValue {
  readonly kind: "class";
  readonly node: ClassNode;
  readonly module: SourceModule;
  readonly scope: Environment;
}

export interface TextValue {
  readonly kind: "text";
  /** Holes in it are written {@link HOLE}. */
  readonly value: string;
  readonly origin?: Origin;
  /** Texts that its holes were made from. */
  readonly mentions?: readonly string[];
}

export interface UnknownValue {
  readonly kind: "unknown";
  /** Whether the database decides what it is, or the program and its surroundings. */
  readonly source: "database" | "program";
  /** Texts that it was made from. */
  readonly mentions?: readonly string[];
  /** The last name by which it was reached: `postgres` of `Engine.postgres`. */
  readonly name?: string;
}

export type CodeValue =
  | TextValue
  /** A piece of SQL, as `knex.raw`, `sequelize.literal` or a tagged template make one. */
  | { readonly kind: "sql"; readonly text: string; readonly origin?: Origin; readonly mentions?: readonly string[] }
  | { readonly kind: "constant"; readonly value: number | boolean | bigint | null | undefined }
  | ListValue
  | ObjectValue
  | FunctionValue
  | ClassValue
  | { readonly kind: "pattern"; readonly pattern: RegExp }
  | { readonly kind: "native"; readonly run: (args: readonly CodeValue[], site: Site) => CodeValue; /** Arguments are bound to it already. */ readonly bound?: boolean }
  | { readonly kind: "receiver"; readonly receiver: Receiver }
  /** An export of a package, or a global (`specifier` empty), and the way into it. */
  | { readonly kind: "external"; readonly specifier: string; readonly path: readonly string[] }
  /** The name of the dialect that the migrations run on: what a comparison with it gives is known when the dialect is. */
  | { readonly kind: "dialect" }
  | UnknownValue;

export const NOTHING: CodeValue = { kind: "constant", value: undefined };
export const FROM_DATABASE: UnknownValue = { kind: "unknown", source: "database" };
export const FROM_PROGRAM: UnknownValue = { kind: "unknown", source: "program" };

export function text(value: string, origin?: Origin): TextValue {
  return { kind: "text", value, ...(origin !== undefined && { origin }) };
}

export function constant(value: number | boolean | bigint | null | undefined): CodeValue {
  return { kind: "constant", value };
}

export function list(items: readonly CodeValue[], open = false): ListValue {
  return { kind: "list", items: [...items], open };
}

export function object(entries: Iterable<readonly [string, CodeValue]> = [], open = false): ObjectValue {
  return { kind: "object", entries: new Map(entries), open };
}

/** The text when all of it is known. */
export function knownText(value: CodeValue | undefined): string | undefined {
  return value?.kind === "text" && !value.value.includes(HOLE) ? value.value : undefined;
}

/** A name that is given: the text of it, or the mark of what is not known. */
export function nameOf(value: CodeValue | undefined): string {
  return knownText(value) ?? HOLE;
}

/** One name or a list of them. */
export function namesOf(value: CodeValue | undefined): readonly string[] {
  if (value?.kind !== "list") return [nameOf(value)];
  return [...value.items.map(nameOf), ...(value.open ? [HOLE] : [])];
}

/** Is something given at all? */
export function isGiven(value: CodeValue | undefined): value is CodeValue {
  return value !== undefined && !(value.kind === "constant" && (value.value === undefined || value.value === null));
}

/** A property of an object; undefined where there is none. */
export function optionOf(value: CodeValue | undefined, ...names: readonly string[]): CodeValue | undefined {
  if (value?.kind !== "object") return value?.kind === "unknown" ? value : undefined;
  for (const name of names) {
    const found = value.entries.get(name);
    if (found !== undefined) return found;
  }
  return value.open ? FROM_PROGRAM : undefined;
}

/** Whether a value counts as true; undefined when that is not known. */
export function truthOf(value: CodeValue | undefined): boolean | undefined {
  switch (value?.kind) {
    case undefined:
      return false;
    case "constant":
      return Boolean(value.value);
    case "text":
      return value.value.includes(HOLE) ? undefined : value.value !== "";
    case "unknown":
    case "external":
      return undefined;
    default:
      return true;
  }
}

/** Is an option switched on? What is not known counts as off. */
export function isOn(value: CodeValue | undefined): boolean {
  return truthOf(value) === true;
}

/** Texts kept of what an unknown value was made from. Where there are more, they say nothing. */
const MAX_MENTIONS = 40;
const MAX_VISITED = 400;

/** The texts that values hold, at any depth; none when there are too many to tell. */
export function mentionsIn(values: readonly CodeValue[]): readonly string[] {
  const found = new Set<string>();
  const pending = [...values];
  for (let visited = 0; pending.length > 0; visited++) {
    const value = pending.pop();
    if (visited > MAX_VISITED || found.size > MAX_MENTIONS) return [];
    switch (value?.kind) {
      case "text":
        found.add(value.value);
        break;
      case "list":
        pending.push(...value.items.slice(0, MAX_VISITED));
        break;
      case "object":
        pending.push(...value.entries.values());
        break;
      case "unknown":
        for (const mention of value.mentions ?? []) found.add(mention);
        break;
      default:
        break;
    }
  }
  return found.size > MAX_MENTIONS ? [] : [...found];
}

/** What comes of values of which one is not known. */
export function unknownFrom(values: readonly (CodeValue | undefined)[]): UnknownValue {
  const isData = values.some((value) => value?.kind === "unknown" && value.source === "database");
  const mentions = mentionsIn(values.filter((value) => value !== undefined));
  return { kind: "unknown", source: isData ? "database" : "program", ...(mentions.length > 0 && { mentions }) };
}

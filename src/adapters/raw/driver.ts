/** A driver as a table of roles: what its exports are, what follows from them, and which calls send SQL text. */
import type { BulkAdvice, Delivery, Dialect, LibraryId } from "../../query/model.js";
import type { PlaceholderStyle } from "../../sql/index.js";
import { libraryValue, type LibraryModel, type LibraryValue, type NodeRef } from "../../syntax/values.js";

/** The library value that a callback of a call is given. */
export interface CallbackValue {
  /** Position of the callback among the arguments; undefined: at any position. */
  readonly argument?: number;
  readonly parameter: number;
  readonly role: string;
}

/** Where the values of the placeholders stand: one array or object, or one value per argument. */
export type ValuesAt = { readonly argument: number } | { readonly restFrom: number };

/** What a helper of a template library stands for, where its result is put into a text. */
export type Piece =
  /** Text as it is: `raw(text)`. */
  | { readonly piece: "raw"; readonly argument: number }
  /** Nothing. */
  | { readonly piece: "empty" }
  /** The items of a list with a separator between them: `sql.join(items, sql`, `)`. The separator may be left out where there is a default. */
  | { readonly piece: "join"; readonly items: number; readonly separator: number; readonly byDefault?: string }
  /** A name of one or more parts: in one array (`argument`), or one argument each. */
  | { readonly piece: "name"; readonly argument?: number }
  /** A list of bound values: `IN (${list})`. */
  | { readonly piece: "list"; readonly argument: number }
  /** One bound value. */
  | { readonly piece: "value"; readonly argument: number }
  /** A table of bound columns: `unnest($1, $2)`. */
  | { readonly piece: "unnest"; readonly argument: number }
  /** Columns and values of objects, in any form: `sql(rows)`, `sql.spreadInsert(row)`. */
  | { readonly piece: "rows" }
  /** A name for a text, a list after IN, else columns and values: `sql(ids)` of postgres.js. */
  | { readonly piece: "byPlace"; readonly argument: number };

/** What a method does. */
export type Method =
  /** Neither sends nor takes SQL text: it only leads to another value. */
  | { readonly does: "leads"; readonly gives?: string; readonly callbacks?: readonly CallbackValue[] }
  /** Sends the text of an argument: a string, or an object with the text in one of `textKeys`. */
  | { readonly does: "sends"; readonly text: number; readonly values?: ValuesAt; readonly delivery?: Delivery; readonly lazy?: boolean; readonly gives?: string; readonly callbacks?: readonly CallbackValue[] }
  /** Makes a prepared statement of the text of an argument. */
  | { readonly does: "prepares"; readonly text: number; readonly gives: string }
  /** Makes a piece of a text that is put into templates. */
  | { readonly does: "composes"; readonly as: Piece; readonly gives?: string }
  /** Sends the text of the prepared statement it is called on. */
  | { readonly does: "executes"; readonly values?: ValuesAt; readonly delivery?: Delivery; readonly callbacks?: readonly CallbackValue[] };

/** A tagged template: its text is sent, its expressions are bound. */
export interface Tag {
  readonly delivery?: Delivery;
  /** Sent when the result is awaited, not by the tag itself; a template inside another is a part of it. */
  readonly lazy?: boolean;
  /** Role of the result. */
  readonly gives?: string;
  /** Sends nothing: the result is a text that a driver is given, or that is put into another template. */
  readonly composes?: true;
}

export interface Role {
  /** Role of `new value(…)`. */
  readonly constructed?: string;
  /** Role of `value(…)`. */
  readonly called?: string;
  readonly members?: Readonly<Record<string, string>>;
  readonly methods?: Readonly<Record<string, Method>>;
  readonly tag?: Tag;
  /** What `value(…)` makes, or the value itself (`empty`), where it is put into a template. */
  readonly piece?: Piece;
  /** What a value of this role is in a template: a text of any length, one name, one bound value. */
  readonly is?: "text" | "name" | "value";
}

/** A library of templates that make SQL text: it sends nothing, or not with the template itself. */
export interface TextLibrary {
  readonly id: LibraryId;
  readonly title: string;
  /** Specifiers, subpaths included where they export the same. */
  readonly packages: readonly string[];
  /** Exports used as values, by name; dotted for members. `default` for what the module itself is. */
  readonly values: Readonly<Record<string, string>>;
  /** Values of these exported types. */
  readonly types: Readonly<Record<string, string>>;
  readonly roles: Readonly<Record<string, Role>>;
}

/** A parameter that a driver itself fills in, where it stands in the text. */
export interface Parameter {
  readonly start: number;
  readonly end: number;
  /** Name of the property, or position from 1. */
  readonly key: string | number;
  readonly kind: "value" | "list" | "identifier" | "text" | "scalar";
}

export interface Driver extends TextLibrary {
  /** Parameters beyond those of the server: `${name}`, `$1:csv`. */
  readonly parameters?: (text: string) => readonly Parameter[];
  readonly dialect: Dialect;
  /** Role of what the settings name as a client of the driver. */
  readonly client: string;
  readonly placeholders?: PlaceholderStyle;
  /** Keys of a query object that hold its text and its values. */
  readonly textKeys?: readonly string[];
  readonly valueKeys?: readonly string[];
  /** What a LIMIT becomes whose bound value is undefined. */
  readonly undefinedLimit: "dropped" | "rejected";
  /** Calls on the result that make the rows a stream. */
  readonly streamedBy?: readonly string[];
  /**
   * A role for a receiver of which nothing is known, when one of these methods is given SQL text and the package is a
   * dependency: the shape of the call then says enough.
   */
  readonly shape?: { readonly role: string; readonly methods: readonly string[] };
  /** A tag of this name of which nothing is known is the driver's when it is given SQL text and the package is a dependency. */
  readonly tagShape?: { readonly role: string; readonly name: string };
  readonly bulk: BulkAdvice;
}

/** Names by which a site of the driver can be called. */
export function namesOf(driver: Driver): ReadonlySet<string> {
  const names = new Set<string>();
  for (const role of Object.values(driver.roles)) {
    for (const [name, method] of Object.entries(role.methods ?? {})) if (method.does !== "leads" && method.does !== "composes") names.add(name);
    if (!role.tag || role.tag.composes) continue;
    names.add("sql");
    // A tag that is a member is called by the member's name.
    for (const owner of Object.values(driver.roles)) for (const [name, member] of Object.entries(owner.members ?? {})) if (driver.roles[member] === role) names.add(name);
  }
  return names;
}

export function methodOf(driver: TextLibrary, role: string, name: string): Method | undefined {
  const methods = driver.roles[role]?.methods;
  return methods && Object.hasOwn(methods, name) ? methods[name] : undefined;
}

export function tagOf(driver: TextLibrary, role: string): Tag | undefined {
  return driver.roles[role]?.tag;
}

/** What the evaluator asks about a driver, answered from its table. */
export function modelOf(driver: Driver | TextLibrary): LibraryModel {
  const make = (role: string | undefined, more: { readonly at?: NodeRef; readonly evidence?: LibraryValue["evidence"]; readonly name?: string } = {}): LibraryValue | undefined => (role === undefined ? undefined : libraryValue(driver.id, role, more));
  const own = (table: Readonly<Record<string, string>> | undefined, name: string): string | undefined => (table && Object.hasOwn(table, name) ? table[name] : undefined);
  return {
    id: driver.id,
    ...("client" in driver && { client: driver.client }),
    owns: (specifier) => driver.packages.includes(specifier),
    exported: (specifier, name) => make(own(driver.values, name) ?? own(driver.values, `${specifier}#${name}`)),
    typed: (specifier, name) => make(own(driver.types, name) ?? own(driver.types, name.slice(name.lastIndexOf(".") + 1)) ?? own(driver.types, `${specifier}#${name}`)),
    construct: (value, at) => make(driver.roles[value.role]?.constructed, { at, evidence: value.evidence }),
    call: (value, at) => make(driver.roles[value.role]?.called, { at, evidence: value.evidence }),
    member: (value, name) => make(own(driver.roles[value.role]?.members, name), { evidence: value.evidence }),
    method(value, name, at) {
      const method = methodOf(driver, value.role, name);
      const gives = method && "gives" in method ? method.gives : undefined;
      if (gives === undefined) return undefined;
      // A prepared statement stays the statement of its text while it is configured: `.pluck()`, `.raw()`.
      return make(gives, { at: gives === value.role && value.at ? value.at : at, evidence: value.evidence });
    },
    tag: (value, at) => make(driver.roles[value.role]?.tag?.gives, { at, evidence: value.evidence }),
    callback(value, method, argument, parameter) {
      const called = methodOf(driver, value.role, method);
      const callbacks = called && "callbacks" in called ? (called.callbacks ?? []) : [];
      const found = callbacks.find((item) => (item.argument === undefined || item.argument === argument) && item.parameter === parameter);
      return make(found?.role, { evidence: value.evidence });
    },
  };
}

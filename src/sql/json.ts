/** Readers for the parsers' trees, which are untyped JSON. A wrong guess yields undefined, never a throw. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

export type JsonObject = { readonly [key: string]: Json };

/** What JSON.parse yields is Json by definition; the standard library says `any`. */
export function parseJson(written: string): Json {
  return JSON.parse(written) as Json;
}

const none: readonly Json[] = [];

export function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

export function field(value: Json | undefined, key: string): Json | undefined {
  return isObject(value) ? value[key] : undefined;
}

/** The value at a path of keys. */
export function at(value: Json | undefined, ...keys: readonly string[]): Json | undefined {
  let current = value;
  for (const key of keys) current = field(current, key);
  return current;
}

function isArray(value: Json | undefined): value is readonly Json[] {
  return Array.isArray(value);
}

export function list(value: Json | undefined, key?: string): readonly Json[] {
  const found = key === undefined ? value : field(value, key);
  return isArray(found) ? found : none;
}

export function text(value: Json | undefined, key?: string): string | undefined {
  const found = key === undefined ? value : field(value, key);
  return typeof found === "string" ? found : undefined;
}

export function num(value: Json | undefined, key?: string): number | undefined {
  const found = key === undefined ? value : field(value, key);
  return typeof found === "number" ? found : undefined;
}

export function flag(value: Json | undefined, key?: string): boolean {
  const found = key === undefined ? value : field(value, key);
  return found === true;
}

/** `{ Tag: body }`, the way both WASM parsers write a variant; a bare string is a variant without a body. */
export function variant(value: Json | undefined): { readonly tag: string; readonly body: Json } | undefined {
  if (typeof value === "string") return { tag: value, body: null };
  if (!isObject(value)) return undefined;
  for (const tag in value) {
    const body = value[tag];
    return body === undefined ? undefined : { tag, body };
  }
  return undefined;
}

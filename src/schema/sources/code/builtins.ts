/** What the language and Node bring along, as far as migrations use it: lists, texts, objects, promises, paths, files. */
import path from "node:path";
import type { Machine } from "./machine.js";
import { add } from "./machine.js";
import { constant, FROM_PROGRAM, knownText, list, NOTHING, object, text, truthOf, unknownFrom, type CodeValue, type ListValue, type Site } from "./values.js";

/** `owner.name(…)` of a value of the language; undefined when it is none of these. */
export function callBuiltin(machine: Machine, owner: CodeValue, name: string, args: readonly CodeValue[], site: Site): CodeValue | undefined {
  switch (owner.kind) {
    case "list":
      return listMethod(machine, owner, name, args, site);
    case "text":
      return textMethod(owner, name, args);
    case "external":
      return ownMethod(machine, owner, name, args, site);
    case "unknown":
      // Any number of rows: one of them shows the form of what is made of each.
      return name === "map" && args[0]?.kind === "function" ? { ...list([machine.invoke(args[0], [owner, FROM_PROGRAM], site)], true), sample: true } : undefined;
    case "object":
      return name === "hasOwnProperty" && !owner.open ? constant(owner.entries.has(knownText(args[0]) ?? "")) : undefined;
    default:
      return undefined;
  }
}

function listMethod(machine: Machine, owner: ListValue, name: string, args: readonly CodeValue[], site: Site): CodeValue | undefined {
  const [first, second] = args;
  machine.charge(owner.items.length);
  const each = (item: CodeValue, position: number): CodeValue => (first === undefined ? NOTHING : machine.invoke(first, [item, constant(position), owner], site));
  const rounds = owner.open ? [...owner.items, FROM_PROGRAM] : owner.items;
  switch (name) {
    case "forEach":
      rounds.forEach(each);
      return NOTHING;
    case "map":
      return { ...list(owner.items.map(each), owner.open), ...(owner.sample === true && { sample: true }) };
    case "flatMap": {
      const made = list([], owner.open);
      for (const [position, item] of owner.items.entries()) {
        const value = each(item, position);
        if (value.kind === "list") {
          machine.charge(value.items.length);
          for (const inner of value.items) made.items.push(inner);
        } else made.items.push(value);
      }
      return made;
    }
    case "filter": {
      const made = list([], owner.open);
      for (const [position, item] of owner.items.entries()) {
        const truth = truthOf(each(item, position));
        if (truth === undefined) made.open = true;
        else if (truth) made.items.push(item);
      }
      return made;
    }
    case "find":
    case "findLast":
    case "some":
    case "every":
    case "findIndex": {
      const truths = owner.items.map((item, position) => truthOf(each(item, position)));
      if (owner.open || truths.includes(undefined)) return FROM_PROGRAM;
      const at = truths.indexOf(true);
      if (name === "some") return constant(at !== -1);
      if (name === "every") return constant(truths.every((truth) => truth));
      if (name === "findIndex") return constant(at);
      return owner.items[at] ?? NOTHING;
    }
    case "reduce":
      return rounds.reduce<CodeValue>((sum, item, position) => (first === undefined ? NOTHING : machine.invoke(first, [sum, item, constant(position)], site)), second ?? NOTHING);
    case "push":
    case "unshift":
      owner.items.push(...args);
      return constant(owner.items.length);
    case "concat": {
      const made = list(owner.items, owner.open);
      for (const arg of args) {
        if (arg.kind === "list") {
          machine.charge(arg.items.length);
          for (const item of arg.items) made.items.push(item);
          made.open ||= arg.open;
        } else made.items.push(arg);
      }
      return made;
    }
    case "slice":
    case "reverse":
    case "sort":
    case "flat":
      return name === "flat" ? list(owner.items.flatMap((item) => (item.kind === "list" ? item.items : [item])), owner.open) : name === "slice" && args.length > 0 ? slice(owner, args) : list(name === "reverse" ? [...owner.items].reverse() : owner.items, owner.open);
    case "entries":
      return list(owner.items.map((item, position) => list([constant(position), item])), owner.open);
    case "values":
      return owner;
    case "keys":
      return list(owner.items.map((_, position) => constant(position)), owner.open);
    case "includes":
    case "indexOf": {
      const wanted = args[0] === undefined ? undefined : knownText(args[0]);
      const texts = owner.items.map(knownText);
      if (wanted === undefined || owner.open || texts.includes(undefined)) return unknownFrom([owner, ...args]);
      return constant(name === "includes" ? texts.includes(wanted) : texts.indexOf(wanted));
    }
    case "join": {
      const separator = first === undefined ? "," : knownText(first);
      if (separator === undefined || (owner.open && owner.sample !== true)) return unknownFrom([owner, ...args]);
      return owner.items.reduce<CodeValue>((made, item, position) => add(position === 0 ? made : add(made, text(separator), true), item, true), text(""));
    }
    default:
      return FROM_PROGRAM;
  }
}

function slice(owner: ListValue, args: readonly CodeValue[]): CodeValue {
  const [from, to] = args.map((arg) => (arg.kind === "constant" && typeof arg.value === "number" ? arg.value : undefined));
  return from === undefined || owner.open || (args.length > 1 && to === undefined) ? FROM_PROGRAM : list(owner.items.slice(from, to));
}

function textMethod(owner: Extract<CodeValue, { kind: "text" }>, name: string, args: readonly CodeValue[]): CodeValue | undefined {
  const origin = owner.origin;
  const same = (value: string): CodeValue => text(value, origin);
  const known = knownText(owner);
  const [first, second] = args.map((arg) => knownText(arg));
  switch (name) {
    case "trim":
    case "toString":
    case "trimEnd":
    case "trimStart":
    case "valueOf":
      return same(name === "toString" || name === "valueOf" ? owner.value : owner.value.trim());
    case "toLowerCase":
    case "toUpperCase":
      return known === undefined ? unknownFrom([owner]) : same(name === "toLowerCase" ? known.toLowerCase() : known.toUpperCase());
    case "replace":
    case "replaceAll": {
      const [wanted] = args;
      if (wanted?.kind === "pattern" && second !== undefined && isHarmless(wanted.pattern, owner.value)) return same(owner.value.replace(wanted.pattern, second));
      return first === undefined || second === undefined ? unknownFrom([owner]) : same(name === "replace" ? owner.value.replace(first, () => second) : owner.value.replaceAll(first, () => second));
    }
    case "concat":
      return args.reduce<CodeValue>((made, arg) => add(made, arg, true), owner);
    case "split":
      return known === undefined || first === undefined ? unknownFrom([owner]) : list(known.split(first).map((part) => text(part)));
    case "startsWith":
    case "endsWith":
    case "includes":
      return known === undefined || first === undefined ? unknownFrom([owner]) : constant(name === "startsWith" ? known.startsWith(first) : name === "endsWith" ? known.endsWith(first) : known.includes(first));
    default:
      return unknownFrom([owner, ...args]);
  }
}

/** A pattern of the program is run only when it cannot take long: without groups, over a short text. */
function isHarmless(pattern: RegExp, value: string): boolean {
  return value.length <= 10_000 && !/[(|{]/u.test(pattern.source.replace(/\\./gu, "")) && (pattern.source.match(/[*+?]/gu)?.length ?? 0) <= 2;
}

/** Functions of the language's own objects and of Node's modules for paths and files. */
function ownMethod(machine: Machine, owner: Extract<CodeValue, { kind: "external" }>, name: string, args: readonly CodeValue[], site: Site): CodeValue | undefined {
  const [first] = args;
  const called = [...owner.path, name].join(".");
  if (owner.specifier === "") {
    switch (called) {
      case "Promise.all":
      case "Promise.allSettled":
      case "Promise.resolve":
      case "Promise.race":
      case "Object.freeze":
      case "Object.seal":
      case "Array.from":
      case "String.raw":
        return called === "Array.from" && args[1] !== undefined ? FROM_PROGRAM : (first ?? NOTHING);
      case "Object.keys":
      case "Object.values":
      case "Object.entries":
        if (first?.kind !== "object") return unknownFrom(args);
        return list([...first.entries].map(([key, value]) => (name === "keys" ? text(key) : name === "values" ? value : list([text(key), value]))), first.open);
      case "Object.assign": {
        const made = object();
        for (const arg of args) {
          if (arg.kind !== "object") made.open = true;
          else for (const [key, value] of arg.entries) made.entries.set(key, value);
        }
        return made;
      }
      case "Object.fromEntries": {
        if (first?.kind !== "list") return unknownFrom(args);
        const made = object([], first.open);
        for (const item of first.items) {
          const key = item.kind === "list" ? knownText(item.items[0]) : undefined;
          if (key === undefined) made.open = true;
          else if (item.kind === "list") made.entries.set(key, item.items[1] ?? NOTHING);
        }
        return made;
      }
      case "Array.isArray":
        return first === undefined || first.kind === "unknown" || first.kind === "external" ? FROM_PROGRAM : constant(first.kind === "list");
      default:
        return owner.path[0] === "console" || owner.path[0] === "JSON" || owner.path[0] === "Math" ? FROM_PROGRAM : undefined;
    }
  }
  if (owner.specifier === "path") {
    const parts = args.map((arg) => knownText(arg));
    if (parts.includes(undefined)) return unknownFrom(args);
    const known = parts.filter((part) => part !== undefined);
    if (name === "join" || name === "resolve") return text(path.join(...known));
    return name === "dirname" ? text(path.dirname(known[0] ?? "")) : FROM_PROGRAM;
  }
  if (/^fs(?:\/promises|-extra)?$/u.test(owner.specifier) && (name === "readFileSync" || name === "readFile")) {
    const file = knownText(first);
    const content = (file === undefined ? undefined : machine.surroundings.file(file)) ?? FROM_PROGRAM;
    const callback = args.at(-1);
    if (callback?.kind === "function" || callback?.kind === "native") machine.invoke(callback, [NOTHING, content], site);
    return content;
  }
  // `util.promisify(fs.readFile)`
  if (owner.specifier === "util" && name === "promisify") return first;
  return undefined;
}

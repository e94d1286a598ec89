/** The query sites of a module: every candidate the adapters recognise, in source order. */
import { adapters } from "../adapters/index.js";
import { ANY_NAME, type Adapter, type AdapterContext, type Candidate, type Recognised } from "../adapters/contract.js";
import { isOpaque, type Dialect, type Opaque, type Query } from "../query/model.js";
import { enclosingFunction, memberName, unwrap, walk, type Node } from "../syntax/ast.js";
import { chainOf } from "../syntax/chain.js";
import { constantOf, lengthOf } from "../syntax/constants.js";
import type { Evaluator } from "../syntax/evaluate.js";
import { readObject } from "../syntax/objects.js";
import type { SourceModule } from "../syntax/source-module.js";
import { foldText } from "../syntax/text.js";
import { undefinable } from "../syntax/undefinable.js";
import type { TypeEvidence } from "../syntax/values.js";

export interface SiteOptions {
  readonly values: Evaluator;
  readonly types?: TypeEvidence;
  readonly dialect?: Dialect;
  readonly uses: (packageName: string) => boolean;
  readonly version?: (packageName: string) => string | undefined;
}

/** Every name that can begin a site, with the adapters that claim it. */
const claims: ReadonlyMap<string, readonly Adapter[]> = claimsOf(adapters);

function claimsOf(all: readonly Adapter[]): Map<string, Adapter[]> {
  const map = new Map<string, Adapter[]>();
  for (const adapter of all) {
    for (const name of adapter.names) {
      const list = map.get(name);
      if (list) list.push(adapter);
      else map.set(name, [adapter]);
    }
  }
  return map;
}

/** The cheap gate: can the text hold a query site at all? Linear, without a parse. */
export function mayIssueQueries(text: string, uses: SiteOptions["uses"]): boolean {
  return NAMES.test(text) || SQL.test(text) || NAMES_OF_USERS.some(({ adapter, pattern }) => pattern.test(text) && isWanted(adapter, text, uses));
}

const NAMES = gateOf(adapters.filter(({ packages }) => !packages).flatMap(tellingNames));
/** Of libraries whose names tell only together with a dependency. */
const NAMES_OF_USERS = adapters.filter(({ packages }) => packages).map((adapter) => ({ adapter, pattern: gateOf(tellingNames(adapter)) }));

function tellingNames({ names, common }: Adapter): readonly string[] {
  return [...names].filter((name) => name !== ANY_NAME && common?.has(name) !== true);
}

/** Can the library of an adapter be used in a file at all? */
function isWanted({ packages }: Adapter, text: string, uses: SiteOptions["uses"]): boolean {
  return !packages || packages.some((name) => text.includes(name) || uses(name));
}

function gateOf(names: readonly string[]): RegExp {
  const words = [...new Set(names)].map((name) => name.replace(/[$.*+?^{}()|[\]\\]/gu, String.raw`\$&`));
  return new RegExp(String.raw`(?<![\w$])(?:${words.join("|")})(?![\w$])`, "u");
}

/** A call with SQL text is a candidate whatever its name: it may be the team's own wrapper of a driver. */
const SQL = /\b(?:select\s|insert\s+into\s|update\s+\S+\s+set\s|delete\s+from\s)/iu;

/** Can a call or tag of a name begin a site in a file of this text? */
export function queryMethodsOf(text: string, uses: SiteOptions["uses"]): (name: string) => boolean {
  const wanted = new Set(adapters.filter((adapter) => isWanted(adapter, text, uses)));
  return (name) => claims.get(name)?.some((adapter) => wanted.has(adapter)) === true;
}

/** Recognised sites of a module, in source order. */
export function sitesOf(module: SourceModule, options: SiteOptions): readonly (Query | Opaque)[] {
  const at: { candidate: Candidate | undefined } = { candidate: undefined };
  const context = contextOf(module, options, at);
  const sites: (Query | Opaque)[] = [];
  const wanted = new Set(adapters.filter((adapter) => isWanted(adapter, module.text, options.uses)));
  walk(module.program, (node) => {
    if (node.type !== "CallExpression" && node.type !== "TaggedTemplateExpression") return undefined;
    at.candidate = node;
    sites.push(...recognise(node, context, wanted));
    return undefined;
  });
  return sites.sort((a, b) => a.site.range[0] - b.site.range[0] || Number(isOpaque(a)) - Number(isOpaque(b)));
}

function recognise(node: Candidate, context: AdapterContext, wanted: ReadonlySet<Adapter>): readonly (Query | Opaque)[] {
  const callee = unwrap(node.type === "CallExpression" ? node.callee : node.tag);
  const name = callee.type === "Identifier" ? callee.name : callee.type === "MemberExpression" ? memberName(callee) : undefined;
  for (const adapter of [...((name === undefined ? undefined : claims.get(name)) ?? []), ...(claims.get(ANY_NAME) ?? [])]) {
    const recognised = wanted.has(adapter) ? adapter.recognise(node, context) : undefined;
    if (recognised) return isList(recognised) ? recognised : [recognised];
  }
  return [];
}

function isList(recognised: Recognised): recognised is readonly (Query | Opaque)[] {
  return Array.isArray(recognised);
}

/** `at` names the candidate that is looked at: what is undefined in a helper is not said of this call. */
function contextOf(module: SourceModule, { values, types, dialect, uses, version = () => undefined }: SiteOptions, at: { candidate: Candidate | undefined }): AdapterContext {
  return {
    module,
    values,
    types,
    dialect,
    uses,
    version,
    library: (node, library) => values.library(node, module, library),
    object: (node, home = module) => readObject(node, home, values),
    text: (node, interpolate) => foldText(node, module, values, interpolate),
    chain: (root) => chainOf(root, module),
    undefinable: (node, home = module) => {
      const answer = undefinable(node, home, values, home === module ? types : undefined);
      return answer.answer === "yes" && isOfAnotherFunction(node, at.candidate) ? { answer: "unknown" } : answer;
    },
    constant: (node, home = module) => constantOf(node, home, values),
    length: (node, home = module) => lengthOf(node, home),
  };
}

/** A function that builds a part of the query for its callers: its parameters are what each caller passes. */
function isOfAnotherFunction(node: Node, candidate: Candidate | undefined): boolean {
  const fn = enclosingFunction(node);
  return fn !== undefined && candidate !== undefined && !isAround(fn, candidate) && !isAround(candidate, fn);
}

function isAround(outer: Node, inner: Node): boolean {
  for (let node: Node | undefined = inner; node; node = node.parent) if (node === outer) return true;
  return false;
}

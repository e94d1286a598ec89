/** Which calls are Prisma's: by what the receiver evaluates to, else by a shape that no other library has. */
import type { TSESTree } from "@typescript-eslint/utils";
import type { Site } from "../../query/model.js";
import { keyName, memberName, unwrap, type Node } from "../../syntax/ast.js";
import type { AdapterContext, Candidate } from "../contract.js";
import type { Value } from "../../syntax/values.js";
import { PRISMA } from "./library.js";

export const METHODS = [
  "findMany",
  "findFirst",
  "findFirstOrThrow",
  "findUnique",
  "findUniqueOrThrow",
  "count",
  "aggregate",
  "groupBy",
  "create",
  "createMany",
  "createManyAndReturn",
  "update",
  "updateMany",
  "updateManyAndReturn",
  "upsert",
  "delete",
  "deleteMany",
] as const;
export type Method = (typeof METHODS)[number];

export const RAW_METHODS = ["$queryRaw", "$executeRaw", "$queryRawUnsafe", "$executeRawUnsafe", "$queryRawTyped", "$runCommandRaw", "findRaw", "aggregateRaw"] as const;
export type RawMethod = (typeof RAW_METHODS)[number];

interface Place {
  readonly evidence: Site["evidence"];
  /** The called member: what a report marks, and the call's name. */
  readonly callee: Node;
}

/** A call of a model's method. */
export interface ModelCall extends Place {
  readonly kind: "model";
  readonly method: Method;
  /** Undefined: it is chosen at run time. */
  readonly model: string | undefined;
  readonly call: TSESTree.CallExpression;
}

export interface RawCall extends Place {
  readonly kind: "raw";
  readonly method: RawMethod;
  readonly node: Candidate;
}

export function isMethod(name: string): name is Method {
  return METHOD_NAMES.has(name);
}

function isRawMethod(name: string): name is RawMethod {
  return RAW_NAMES.has(name);
}

const METHOD_NAMES: ReadonlySet<string> = new Set(METHODS);
const RAW_NAMES: ReadonlySet<string> = new Set(RAW_METHODS);

/** The call of Prisma that a node is, if it is one. */
export function prismaCall(node: Candidate, context: AdapterContext): ModelCall | RawCall | undefined {
  const callee = unwrap(node.type === "CallExpression" ? node.callee : node.tag);
  if (callee.type === "Identifier") return detachedCall(node, callee, context);
  if (callee.type !== "MemberExpression") return undefined;
  const name = memberName(callee);
  if (name === undefined) return undefined;
  if (isRawMethod(name)) return rawCall(node, name, callee, context);
  return isMethod(name) && node.type === "CallExpression" ? modelCall(node, name, callee, context) : undefined;
}

/** `const { findMany } = prisma.user; findMany()` */
function detachedCall(node: Candidate, callee: TSESTree.Identifier, context: AdapterContext): ModelCall | RawCall | undefined {
  const value = context.values.evaluate(callee, context.module);
  if (value.kind !== "method" || value.receiver.library !== PRISMA) return undefined;
  const place = { evidence: value.receiver.evidence, callee };
  if (value.receiver.role === "client" && isRawMethod(value.name)) return { kind: "raw", method: value.name, node, ...place };
  if (value.receiver.role !== "delegate" || !isMethod(value.name) || node.type !== "CallExpression") return undefined;
  return { kind: "model", method: value.name, model: value.receiver.name, call: node, ...place };
}

function rawCall(node: Candidate, method: RawMethod, callee: TSESTree.MemberExpression, context: AdapterContext): RawCall | undefined {
  const value = context.values.evaluate(callee.object, context.module);
  const role = method === "findRaw" || method === "aggregateRaw" ? "delegate" : "client";
  if (value.kind === "library") return value.library === PRISMA && value.role === role ? { kind: "raw", method, node, callee, evidence: value.evidence } : undefined;
  // Nobody else's methods begin with a dollar sign and these words.
  return mayBeClient(value) && method.startsWith("$") && usesPrisma(context, value) ? { kind: "raw", method, node, callee, evidence: "shape" } : undefined;
}

function modelCall(call: TSESTree.CallExpression, method: Method, callee: TSESTree.MemberExpression, context: AdapterContext): ModelCall | undefined {
  const receiver = unwrap(callee.object);
  const made = { kind: "model", method, call, callee } as const;
  const value = context.values.evaluate(callee.object, context.module);
  if (value.kind === "library") {
    if (value.library !== PRISMA || value.role !== "delegate") return undefined;
    return { ...made, model: value.name ?? (receiver.type === "MemberExpression" ? memberName(receiver) : undefined), evidence: value.evidence };
  }
  if (receiver.type === "MemberExpression" && memberName(receiver) === undefined) {
    const client = context.library(receiver.object, PRISMA);
    const chosen = context.constant(receiver.property);
    const model = chosen?.known === true && typeof chosen.value === "string" ? chosen.value : undefined;
    if (client?.role === "client") return { ...made, model, evidence: client.evidence };
    return usesPrisma(context, context.values.evaluate(receiver.object, context.module)) && isClientName(lastName(receiver.object)) && argumentsFit(call, method) !== "no" ? { ...made, model, evidence: "shape" } : undefined;
  }
  if (!mayBeClient(value)) return undefined;
  const model = modelOfShape(call, method, receiver, value, context);
  return model === undefined ? undefined : { ...made, model, evidence: "shape" };
}

/** Nothing is known that speaks against a client; `typed` is a type that the project writes down for a part of one. */
function mayBeClient(value: Value): boolean {
  return value.kind === "unknown" || value.kind === "parameter" || value.kind === "external" || value.kind === "typed";
}

/** One more sign beside the shape: a dependency, or a package of the workspace that is not there and is named after Prisma. */
function usesPrisma(context: AdapterContext, value: Value): boolean {
  return context.uses("@prisma/client") || context.uses("prisma") || (value.kind === "external" && /(?:^|[@/-])prisma(?:$|[/-])/iu.test(value.specifier));
}

/** Members on the way to a model that tell another library or a layer of the application's own. */
const OTHER_OWNERS =
  /^(?:query|_query|collections?|stripe|supabase|redis|cache|caches|queryClient|mongoose|mongo|api|trpc|caller|utils|helpers?|services?|repositor(?:y|ies)|repos?|stores?|payload|strapi|em|entityManager|manager|dataSource|sequelize|models?|knex|kysely|elastic\w*|meili\w*|algolia|pinecone|weaviate|firestore|admin|octokit|github|gitlab|slack|discord|openai|resend|twilio|auth|clerk|s3|fs|axios|http|fetch\w*|jest|vi|sinon|cy|page|z|yup)$/iu;
/** A layer of the application that is named like a model and has methods like a delegate's. */
const LAYER = /.(?:Repository|Repo|Service|Dao|Gateway|Controller|Resolver|Mock)$/u;
/** Names that people give to a client. Weighed only together with a shape and a dependency. */
const CLIENT_NAME = /prisma|^_{0,2}db_{0,2}$|database|^tx$|^trx$|^txn$|transaction|(?:db|sql|orm)client|^orm$|^conn(?:ection)?$|^(?:read|write)?replica$/iu;
const DISTINCTIVE: ReadonlySet<Method> = new Set<Method>(["findMany", "findFirst", "findFirstOrThrow", "findUnique", "findUniqueOrThrow", "createMany", "createManyAndReturn", "updateMany", "updateManyAndReturn", "deleteMany"]);

/** The model of `client.model.method(…)`, when the shape is Prisma's and the client cannot be evaluated. */
function modelOfShape(call: TSESTree.CallExpression, method: Method, receiver: Node, value: Value, context: AdapterContext): string | undefined {
  if (receiver.type !== "MemberExpression") return undefined;
  const model = memberName(receiver);
  // A delegate is named after its model with a small first letter; classes and constants are not delegates.
  if (model === undefined || !/^[a-z]\w*$/u.test(model) || LAYER.test(model)) return undefined;
  const owner = unwrap(receiver.object);
  if (owner.type === "ThisExpression" || owner.type === "Super") return undefined;
  const name = lastName(owner);
  if (name === undefined || pathOf(owner).some((part) => OTHER_OWNERS.test(part))) return undefined;
  const fit = argumentsFit(call, method);
  if (fit === "no") return undefined;
  const isClient = isClientName(name);
  if (value.kind === "external" && !isClient) return undefined;
  if (value.kind === "typed" && fit !== "yes") return undefined;
  if (!(fit === "yes" || (isClient && (DISTINCTIVE.has(method) || /prisma/iu.test(name))))) return undefined;
  const holder = context.values.evaluate(owner, context.module);
  if (holder.kind === "library" || holder.kind === "class" || holder.kind === "function" || holder.kind === "literal") return undefined;
  return usesPrisma(context, value) ? model : undefined;
}

function isClientName(name: string | undefined): boolean {
  return name !== undefined && CLIENT_NAME.test(name);
}

/** Names on the way from the root: `ctx`, `prisma`. */
function pathOf(node: Node): readonly string[] {
  const inner = unwrap(node);
  if (inner.type === "Identifier") return [inner.name];
  if (inner.type === "MemberExpression") return [...pathOf(inner.object), memberName(inner) ?? ""];
  if (inner.type === "CallExpression") return pathOf(inner.callee);
  return inner.type === "AwaitExpression" ? pathOf(inner.argument) : [];
}

function lastName(node: Node): string | undefined {
  return pathOf(node).at(-1);
}

const READ_KEYS = ["where", "select", "include", "omit", "orderBy", "cursor", "take", "skip", "distinct", "relationLoadStrategy"];
const AGGREGATES = ["_count", "_sum", "_avg", "_min", "_max"];
/** Keys of the argument object, by method; the first list must be there, the second may. */
const KEYS: Readonly<Record<Method, { readonly needed: readonly string[]; readonly allowed: readonly string[] }>> = {
  findMany: { needed: [], allowed: READ_KEYS },
  findFirst: { needed: [], allowed: READ_KEYS },
  findFirstOrThrow: { needed: [], allowed: READ_KEYS },
  findUnique: { needed: ["where"], allowed: READ_KEYS },
  findUniqueOrThrow: { needed: ["where"], allowed: READ_KEYS },
  count: { needed: [], allowed: READ_KEYS },
  aggregate: { needed: [], allowed: [...READ_KEYS, ...AGGREGATES] },
  groupBy: { needed: ["by"], allowed: [...READ_KEYS, ...AGGREGATES, "having"] },
  create: { needed: ["data"], allowed: ["select", "include", "omit"] },
  createMany: { needed: ["data"], allowed: ["skipDuplicates"] },
  createManyAndReturn: { needed: ["data"], allowed: ["skipDuplicates", "select", "include", "omit"] },
  update: { needed: ["where", "data"], allowed: ["select", "include", "omit"] },
  updateMany: { needed: ["data"], allowed: ["where", "limit"] },
  updateManyAndReturn: { needed: ["data"], allowed: ["where", "limit", "select", "include", "omit"] },
  upsert: { needed: ["where", "create", "update"], allowed: ["select", "include", "omit"] },
  delete: { needed: ["where"], allowed: ["select", "include", "omit"] },
  deleteMany: { needed: [], allowed: ["where", "limit"] },
};

/** Do the arguments look like Prisma's? `maybe`: there are none, or an expression that hides them. */
function argumentsFit(call: TSESTree.CallExpression, method: Method): "yes" | "maybe" | "no" {
  if (call.arguments.length > 1) return "no";
  const [first] = call.arguments;
  const { needed, allowed } = KEYS[method];
  if (!first) return needed.length === 0 ? "maybe" : "no";
  const inner = unwrap(first);
  if (inner.type !== "ObjectExpression") return inner.type === "Identifier" || inner.type === "MemberExpression" || inner.type === "CallExpression" ? "maybe" : "no";
  const keys: string[] = [];
  let open = false;
  for (const property of inner.properties) {
    const key = property.type === "Property" ? keyName(property) : undefined;
    if (key === undefined) open = true;
    else keys.push(key);
  }
  if (keys.some((key) => !needed.includes(key) && !allowed.includes(key))) return "no";
  if (!needed.every((key) => keys.includes(key))) return open ? "maybe" : "no";
  return keys.length > 0 ? "yes" : "maybe";
}

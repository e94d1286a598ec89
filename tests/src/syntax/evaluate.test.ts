import { describe, expect, it } from "vitest";
import { outline, PARSERS, project, type ParserName } from "./support.js";

const NEW = 'import { Client } from "toy";\nconst db = new Client();\n';
const TYPES = 'import type { Client, ClientType, Tx, Toy } from "toy";\n';

/** What `probe(…)` is given, by both parsers. */
function valueOf(code: string, files: Readonly<Record<string, string>> = {}, parser: ParserName = "oxc"): string {
  const { module, values, probes } = project(code, files, parser);
  return probes.map((node) => outline(values.evaluate(node, module))).join(", ");
}

type Row = readonly [about: string, code: string, expected: string, files?: Readonly<Record<string, string>>];

function table(name: string, given: readonly Row[]): void {
  const rows = given.map(([about, code, expected, files]): readonly [string, string, string, Readonly<Record<string, string>>] => [about, code, expected, files ?? {}]);
  describe(name, () => {
    for (const parser of PARSERS) {
      it.each(rows)(`%s (${parser})`, (_, code, expected, files) => {
        expect(valueOf(code, files, parser)).toBe(expected);
      });
    }
  });
}

table("in the file", [
  ["constructor", `${NEW}probe(db);`, "client"],
  ["factory", 'import { createClient } from "toy";\nconst db = createClient();\nprobe(db);', "client"],
  ["renamed import", 'import { Client as C } from "toy";\nprobe(new C());', "client"],
  ["default import", 'import make from "toy";\nprobe(make());', "client"],
  ["namespace import", 'import * as toy from "toy";\nprobe(new toy.Client());', "client"],
  ["member of an imported object", 'import { Ops } from "toy";\nprobe(Ops.op);', "op"],
  ["import equals", 'import toy = require("toy");\nprobe(new toy.Client());', "client"],
  ["require", 'const { Client } = require("toy");\nprobe(new Client());', "client"],
  ["required namespace", 'const toy = require("toy");\nprobe(new toy.Client());', "client"],
  ["member of require", 'const Client = require("toy").Client;\nprobe(new Client());', "client"],
  ["dynamic import", 'async function f() { const { Client } = await import("toy"); probe(new Client()); }', "client"],
  ["member and method", `${NEW}probe(db.items, db.items.list(), db.transaction, db["items"]);`, "items, builder list, method client.transaction, items"],
  ["destructured member", `${NEW}const { items } = db;\nprobe(items);`, "items"],
  ["destructured and renamed", `${NEW}const { items: rows } = db;\nprobe(rows);`, "items"],
  ["destructured method called", `${NEW}const { list } = db.items;\nprobe(list());`, "builder list"],
  ["chained call", `${NEW}probe(db.extend().extend().items);`, "items"],
  ["casts, non-null, satisfies", `${NEW}probe(db as unknown, db!, db satisfies object, (db as any).items, db?.items);`, "client, client, client, items, items"],
  ["await", `${NEW}async function f() { probe(await db); }`, "client"],
  ["logical and conditional", `${NEW}probe(other ?? db, other || db, x ? db : null, x ? undefined : db);`, "client, client, client, client"],
  ["assignment and sequence", `${NEW}let a;\nprobe(a = db, (1, db));`, "client, client"],
  ["tag", `${NEW}probe(db\`x\`);`, "tagged"],
  ["let assigned later", `import { Client } from "toy";\nlet db;\nfunction init() { db = new Client(); }\nprobe(db);`, "client"],
  ["let null assigned later", `import { Client } from "toy";\nlet db: Client | null = null;\ndb = new Client();\nprobe(db);`, "client"],
  ["lazy getter", `import { Client } from "toy";\nlet db: any;\nfunction get() { if (!db) db = new Client(); return db; }\nprobe(get());`, "client"],
  ["async factory", `import { Client } from "toy";\nasync function connect() { const db = new Client(); await db.open(); return db; }\nconst db = await connect();\nprobe(db);`, "client"],
  ["arrow factory", `import { Client } from "toy";\nconst connect = () => new Client();\nprobe(connect());`, "client"],
  ["object of clients", `import { Client } from "toy";\nconst dbs = { main: new Client(), nested: { deep: new Client() } };\nprobe(dbs.main, dbs.nested.deep, dbs["main"]);`, "client, client, client"],
  ["spread object", `import { Client } from "toy";\nconst a = { main: new Client() };\nconst b = { ...a, x: 1 };\nprobe(b.main, b.x);`, "client, 1"],
  ["object getter and method", `import { Client } from "toy";\nconst a = { get db() { return new Client(); }, make() { return new Client(); }, self() { return this.db; } };\nprobe(a.db, a.make(), a.self());`, "client, client, client"],
  ["global singleton", `import { Client } from "toy";\nconst globalForDb = globalThis as unknown as { db: Client | undefined };\nexport const db = globalForDb.db ?? new Client();\nglobalForDb.db = db;\nprobe(db, globalForDb.db);`, "client, client"],
  ["global singleton without a type", `import { Client } from "toy";\nconst g = globalThis as any;\nconst db = g.db || new Client();\nprobe(db);`, "client"],
  ["declared global", `import { Client } from "toy";\ndeclare global { var db: Client | undefined }\nconst client = globalThis.db || new Client();\nprobe(client);`, "client"],
  ["let that a test replaces", `import { Client } from "toy";\nlet c = new Client();\nbeforeEach(() => { c = fake(); });\nprobe(c);`, "client"],
  ["IIFE", `import { Client } from "toy";\nconst db = (() => new Client())();\nprobe(db);`, "client"],
  ["array elements", `import { Client } from "toy";\nconst [a, b] = [new Client(), 1];\nprobe(a);`, "client"],
  ["default value of a parameter", `${NEW}function f(tx = db) { probe(tx); }`, "client"],
  ["default value in a destructured parameter", `${NEW}function f({ tx = db } = {}) { probe(tx); }`, "client"],
  ["default value in a destructured variable", `${NEW}const { tx = db } = options;\nprobe(tx);`, "client"],
  ["literals", `const A = "a"; const B = \`b\`;\nprobe(A, B, 1, null, undefined, true);`, '"a", "b", 1, null, undefined, true'],
]);

table("what is not the client", [
  ["a local of the same name", `${NEW}function f() { const db = new Map(); probe(db); }`, "unknown"],
  ["a parameter of the same name", `${NEW}function f(db) { probe(db); }`, "parameter 0"],
  ["a parameter of type any", `${TYPES}function f(db: any) { probe(db); }`, "parameter 0"],
  ["a catch variable", `${NEW}try {} catch (db) { probe(db); }`, "unknown"],
  ["a loop variable", `${NEW}for (const db of list) { probe(db); }`, "unknown"],
  ["a class of the same name", "class Client {}\nprobe(new Client());", "instance Client"],
  ["another package", 'import { Client } from "other";\nprobe(new Client(), Client);', "unknown, external other#Client"],
  ["an unknown global", "probe(db);", "unknown"],
  ["a computed member", `${NEW}probe(db[name]);`, "unknown"],
  ["a rest element", `${NEW}const { ...rest } = db;\nprobe(rest);`, "unknown"],
  ["a variable that is given something else", `${NEW}let c = db;\nc = new Map();\nprobe(c.items);`, "unknown"],
  ["a variable that is given a list, a text, a class of its own", `${NEW}class X {}\nlet a = db; a = [];\nlet b = db; b = "x";\nlet c = db; c = new X();\nprobe(a, b, c);`, "unknown, unknown, unknown"],
  ["a type of the same name declared here", "interface Client { a: 1 }\nfunction f(db: Client) { probe(db); }", "typed"],
  ["a type parameter", `${TYPES}function f<Client>(db: Client) { probe(db); }`, "parameter 0"],
  ["a generator", `${NEW}function* f() { return db; }\nprobe(f());`, "unknown"],
  ["a shadowed require", 'function f(require) { probe(require("toy")); }', "unknown"],
]);

table("through modules", [
  ["export const", 'import { db } from "./db";\nprobe(db);', "client", { "src/db.ts": `import { Client } from "toy";\nexport const db = new Client();` }],
  ["js ending of a ts file", 'import { db } from "./db.js";\nprobe(db);', "client", { "src/db.ts": `import { Client } from "toy";\nexport const db = new Client();` }],
  ["default export", 'import db from "./db";\nprobe(db);', "client", { "src/db.ts": `import { Client } from "toy";\nconst db = new Client();\nexport default db;` }],
  ["default expression", 'import db from "./db";\nprobe(db);', "client", { "src/db.ts": `import { Client } from "toy";\nexport default new Client();` }],
  ["export list, renamed", 'import { database } from "./db";\nprobe(database);', "client", { "src/db.ts": `${NEW}export { db as database };` }],
  ["as default", 'import db from "./db";\nprobe(db);', "client", { "src/db.ts": `${NEW}export { db as default };` }],
  ["destructured export", 'import { items } from "./db";\nprobe(items);', "items", { "src/db.ts": `${NEW}export const { items } = db;` }],
  ["namespace", 'import * as d from "./db";\nprobe(d.db, d.db.items);', "client, items", { "src/db.ts": `import { Client } from "toy";\nexport const db = new Client();` }],
  ["re-export chain", 'import { c } from "./a";\nprobe(c);', "client", { "src/a.ts": 'export { b as c } from "./b";', "src/b.ts": 'export { db as b } from "./db";', "src/db.ts": `${NEW}export { db };` }],
  ["import then export", 'import { db } from "./a";\nprobe(db);', "client", { "src/a.ts": 'import { db } from "./db";\nexport { db };', "src/db.ts": `${NEW}export { db };` }],
  ["export star", 'import { db } from "./a";\nprobe(db);', "client", { "src/a.ts": 'export * from "./empty";\nexport * from "./db";', "src/empty.ts": "export const x = 1;", "src/db.ts": `${NEW}export { db };` }],
  ["export star as", 'import { all } from "./a";\nprobe(all.db);', "client", { "src/a.ts": 'export * as all from "./db";', "src/db.ts": `${NEW}export { db };` }],
  ["star of the package itself", 'import { Client } from "./toy";\nprobe(new Client());', "client", { "src/toy.ts": 'export * from "toy";' }],
  ["star of the package, as a type", 'import type { Tx } from "./toy";\nfunction f(tx: Tx) { probe(tx); }', "tx", { "src/toy.ts": 'export * from "toy";' }],
  ["re-exported class", 'import { Client } from "./toy";\nprobe(new Client());', "client", { "src/toy.ts": 'export { Client } from "toy";' }],
  ["alias", 'import { db } from "@/lib/db";\nprobe(db);', "client", { "src/lib/db.ts": `${NEW}export { db };` }],
  ["index file", 'import { db } from "./db";\nprobe(db);', "client", { "src/db/index.ts": `${NEW}export { db };` }],
  ["factory in another file", 'import { connect } from "./db";\nconst db = connect();\nprobe(db);', "client", { "src/db.ts": 'import { Client } from "toy";\nexport function connect() { return new Client(); }' }],
  ["cached getter in another file", 'import { getDb } from "./db";\nprobe(getDb(), getDb().items);', "client, items", { "src/db.ts": 'import { Client } from "toy";\nlet client: Client | undefined;\nexport function getDb() { client ??= new Client(); return client; }' }],
  ["object of another file", 'import { services } from "./db";\nprobe(services.db);', "client", { "src/db.ts": 'import { Client } from "toy";\nexport const services = { db: new Client() };' }],
  ["let exported and set by init", 'import { db } from "./db";\nprobe(db);', "client", { "src/db.ts": 'import { Client } from "toy";\nexport let db: Client;\nexport function init() { db = new Client(); }' }],
  ["default object", 'import services from "./db";\nprobe(services.db);', "client", { "src/db.ts": 'import { Client } from "toy";\nexport default { db: new Client() };' }],
  ["dynamic import", 'async function f() { const { db } = await import("./db"); probe(db); }', "client", { "src/db.ts": `${NEW}export { db };` }],
  ["dynamic default import", 'async function f() { const db = (await import("./db")).default; probe(db); }', "client", { "src/db.ts": `${NEW}export default db;` }],
  ["generated client that is missing", 'import { GeneratedToyClient } from "./generated";\nprobe(new GeneratedToyClient());', "client"],
  ["type of a generated client", 'import type { GeneratedToyClient } from "./generated";\nfunction f(db: GeneratedToyClient) { probe(db); }', "client"],
  ["missing module", 'import { db } from "./gone";\nprobe(db);', "external ./gone#db"],
  ["export that is not there", 'import { nothing } from "./db";\nprobe(nothing);', "unknown", { "src/db.ts": `${NEW}export { db };` }],
  ["namespace exported by name", 'import { toy } from "./a";\nprobe(new toy.Client());', "client", { "src/a.ts": 'import * as toy from "toy";\nexport { toy };' }],
  ["enum-like export stays what it is", 'import { A } from "./a";\nprobe(A);', '"a"', { "src/a.ts": 'export const A = "a";' }],
]);

table("CommonJS", [
  ["module.exports = value", 'const db = require("./db");\nprobe(db);', "client", { "src/db.js": 'const { Client } = require("toy");\nmodule.exports = new Client();' }],
  ["module.exports = { db }", 'const { db } = require("./db");\nprobe(db);', "client", { "src/db.js": 'const { Client } = require("toy");\nconst db = new Client();\nmodule.exports = { db };' }],
  ["module.exports.db =", 'const { db } = require("./db");\nprobe(db);', "client", { "src/db.js": 'const { Client } = require("toy");\nmodule.exports.db = new Client();' }],
  ["exports.db =", 'const d = require("./db");\nprobe(d.db);', "client", { "src/db.js": 'const { Client } = require("toy");\nexports.db = new Client();' }],
  ["exports = module.exports =", 'const { db } = require("./db");\nprobe(db);', "client", { "src/db.js": 'const { Client } = require("toy");\nexports = module.exports = { db: new Client() };' }],
  ["module.exports = require", 'const { db } = require("./a");\nprobe(db);', "client", { "src/a.js": 'module.exports = require("./db");', "src/db.js": 'const { Client } = require("toy");\nexports.db = new Client();' }],
  ["spread of require", 'const { db } = require("./a");\nprobe(db);', "client", { "src/a.js": 'module.exports = { ...require("./db") };', "src/db.js": 'const { Client } = require("toy");\nexports.db = new Client();' }],
  ["import of CommonJS, named", 'import { db } from "./db";\nprobe(db);', "client", { "src/db.js": 'const { Client } = require("toy");\nmodule.exports = { db: new Client() };' }],
  ["import of CommonJS, default", 'import db from "./db";\nprobe(db);', "client", { "src/db.js": 'const { Client } = require("toy");\nmodule.exports = new Client();' }],
  ["default import of an exports object", 'import d from "./db";\nprobe(d.db);', "client", { "src/db.js": 'const { Client } = require("toy");\nexports.db = new Client();' }],
  ["compiled default", 'const db = require("./db").default;\nprobe(db);', "client", { "src/db.js": 'exports.default = new (require("toy").Client)();' }],
  ["require of an ES module", 'const { db } = require("./db");\nconst d = require("./e").default;\nprobe(db, d);', "client, client", { "src/db.ts": `${NEW}export { db };`, "src/e.ts": `${NEW}export default db;` }],
  ["export =", 'import db = require("./db");\nprobe(db.items);', "items", { "src/db.ts": `${NEW}export = db;` }],
  ["member of a required file", 'const db = require("./db").db;\nprobe(db);', "client", { "src/db.js": 'const { Client } = require("toy");\nmodule.exports = { db: new Client() };' }],
  ["function exported", 'const connect = require("./db");\nprobe(connect());', "client", { "src/db.js": 'const { Client } = require("toy");\nmodule.exports = function () { return new Client(); };' }],
]);

table("classes", [
  ["field", 'import { Client } from "toy";\nclass A { db = new Client(); f() { probe(this.db); } }', "client"],
  ["private field", 'import { Client } from "toy";\nclass A { #db = new Client(); f() { probe(this.#db); } }', "client"],
  ["annotated field", `${TYPES}class A { private readonly db: Client; f() { probe(this.db); } }`, "client"],
  ["static field", 'import { Client } from "toy";\nclass A { static db = new Client(); static f() { probe(this.db, A.db); } }', "client, client"],
  ["static block", 'import { Client } from "toy";\nclass A { static db = new Client(); static { probe(this.db); } }', "client"],
  ["constructor injection", `${TYPES}class A { constructor(private readonly db: Client) {} f() { probe(this.db.items); } }`, "items"],
  ["injection with a default", 'import { Client } from "toy";\nclass A { constructor(private db = new Client()) {} f() { probe(this.db); } }', "client"],
  ["injected and assigned", `${TYPES}class A { db; constructor(db: Client) { this.db = db; } f() { probe(this.db); } }`, "client"],
  ["assigned without a declaration", 'const { Client } = require("toy");\nclass A { constructor() { this.db = new Client(); } f() { probe(this.db); } }', "client"],
  ["assigned in a method", 'import { Client } from "toy";\nclass A { db: any; async init() { this.db = new Client(); } f() { probe(this.db); } }', "client"],
  ["injected object", `${TYPES}interface Deps { db: Client }\nclass A { constructor(private deps: Deps) {} f() { probe(this.deps.db); } }`, "client"],
  ["destructured injection", `${TYPES}class A { private db; constructor({ db }: { db: Client }) { this.db = db; } f() { probe(this.db); } }`, "client"],
  ["destructured this", 'import { Client } from "toy";\nclass A { db = new Client(); f() { const { db } = this; probe(db); } }', "client"],
  ["getter", 'import { Client } from "toy";\nconst c = new Client();\nclass A { get db() { return c; } f() { probe(this.db); } }', "client"],
  ["method that returns it", 'import { Client } from "toy";\nclass A { private make() { return new Client(); } f() { probe(this.make()); } }', "client"],
  ["arrow in a field", `${TYPES}class A { constructor(private db: Client) {} f = async () => { probe(this.db); } }`, "client"],
  ["callback in a method", `${TYPES}class A { constructor(private db: Client) {} f() { return [1].map((x) => probe(this.db)); } }`, "client"],
  ["inherited field", `${TYPES}class Base { constructor(protected db: Client) {} }\nclass A extends Base { f() { probe(this.db); } }`, "client"],
  ["inherited from another file", 'import { Base } from "./base";\nclass A extends Base { f() { probe(this.db); } }', "client", { "src/base.ts": `${TYPES}export abstract class Base { constructor(protected readonly db: Client) {} }` }],
  ["abstract field", `${TYPES}abstract class A { abstract db: Client; f() { probe(this.db); } }`, "client"],
  ["instance", 'import { Client } from "toy";\nclass A { db = new Client(); }\nconst a = new A();\nprobe(a.db);', "client"],
  ["instance of another file", 'import { a } from "./a";\nprobe(a.db);', "client", { "src/a.ts": 'import { Client } from "toy";\nclass A { db = new Client(); }\nexport const a = new A();' }],
  ["singleton", 'import { Client } from "toy";\nclass A { private static instance: A; db = new Client(); static get() { return (A.instance ??= new A()); } }\nprobe(A.get().db);', "client"],
  ["typed as a class", 'import { Client } from "toy";\nclass A { db = new Client(); }\nfunction f(a: A) { probe(a.db); }', "client"],
  ["subclass of the library", 'import { Client } from "toy";\nclass Db extends Client { async open() { probe(this); } }\nprobe(new Db(), new Db().items);', "client, client, items"],
  ["own member of such a subclass", 'import { Client } from "toy";\nclass Db extends Client { items() { return 1; } other = 2; }\nconst db = new Db();\nprobe(db.items, db.items(), db.other, db.extend());', "function, 1, 2, client"],
  ["injected subclass", `import { PrismaService } from "./service";\nclass A { constructor(private readonly db: PrismaService) {} f() { probe(this.db.items); } }`, "items", { "src/service.ts": 'import { Client } from "toy";\nexport class PrismaService extends Client {}' }],
  ["subclass of a subclass", 'import { Client } from "toy";\nclass A extends Client { a = 1 }\nclass B extends A { b = 2 }\nconst x = new B();\nprobe(x, x.b, x.a);', "client, 2, 1"],
  ["mixin class expression", 'import { Client } from "toy";\nconst Db = class extends Client {};\nprobe(new Db());', "client"],
  ["a method of the class", "class A { load(id) { return id; } f() { probe(this.load); } }", "function"],
  ["this in a plain function", 'import { Client } from "toy";\nclass A { db = new Client(); f() { return function () { probe(this.db); }; } }', "unknown"],
  ["decorated constructor parameter", `${TYPES}class A { constructor(@Inject("db") private readonly db: Client) {} f() { probe(this.db); } }`, "client"],
  ["implements does not make it", 'import { Client } from "toy";\nclass A implements Client { f() { probe(this); } }', "instance A"],
]);

table("annotations", [
  ["parameter", `${TYPES}function f(db: Client) { probe(db); }`, "client"],
  ["optional parameter", `${TYPES}function f(db?: Client) { probe(db); }`, "client"],
  ["type alias of the package", `${TYPES}function f(db: ClientType, tx: Tx, t: Toy.Tx) { probe(db, tx, t); }`, "client, tx, tx"],
  ["namespace type", 'import type * as toy from "toy";\nfunction f(db: toy.Client) { probe(db); }', "client"],
  ["default namespace type", 'import toy from "toy";\nfunction f(db: toy.Client) { probe(db); }', "client"],
  ["import type", 'function f(db: import("toy").Client) { probe(db); }', "client"],
  ["inline type import", 'import { type Client } from "toy";\nfunction f(db: Client) { probe(db); }', "client"],
  ["arrow, method, constructor", `${TYPES}const f = (db: Client) => probe(db);\nconst o = { g(db: Client) { probe(db); } };`, "client, client"],
  ["type literal", `${TYPES}function f({ db }: { db: Client }) { probe(db); }`, "client"],
  ["type literal, nested", `${TYPES}function f({ ctx: { db } }: { ctx: { db: Client } }) { probe(db); }`, "client"],
  ["interface", `${TYPES}interface Ctx { db: Client }\nfunction f({ db }: Ctx, c: Ctx) { probe(db, c.db); }`, "client, client"],
  ["alias", `${TYPES}type Ctx = { db: Client };\nfunction f(ctx: Ctx) { probe(ctx.db); }`, "client"],
  ["alias of the client", `${TYPES}type Db = Client;\nfunction f(db: Db) { probe(db); }`, "client"],
  ["interface that extends", `${TYPES}interface Base { db: Client }\ninterface Ctx extends Base { x: 1 }\nfunction f(c: Ctx) { probe(c.db); }`, "client"],
  ["interface that extends the client", `${TYPES}interface Db extends Client { own: 1 }\nfunction f(db: Db) { probe(db); }`, "client"],
  ["intersection", `${TYPES}function f(c: { x: 1 } & { db: Client }) { probe(c.db); }`, "client"],
  ["union with null", `${TYPES}function f(db: Client | null | undefined) { probe(db); }`, "client"],
  ["union with the transaction", `${TYPES}type Either = Client | Tx;\nfunction f(db: Either) { probe(db.items); }`, "items"],
  ["Omit, Pick, Partial, Readonly", `${TYPES}function f(a: Omit<Client, "x">, b: Pick<Client, "items">, c: Partial<Client>, d: Readonly<Client>) { probe(a, b, c, d); }`, "client, client, client, client"],
  ["Promise and Awaited", `${TYPES}async function f(a: Promise<Client>, b: Awaited<Promise<Client>>) { probe(await a, b); }`, "client, client"],
  ["typeof", `${NEW}function f(a: typeof db) { probe(a); }`, "client"],
  ["typeof member", `${NEW}const ctx = { db };\nfunction f(a: typeof ctx.db) { probe(a); }`, "client"],
  ["ReturnType", 'import { createClient } from "toy";\nfunction connect() { return createClient(); }\nfunction f(a: ReturnType<typeof connect>, b: ReturnType<typeof createClient>) { probe(a, b); }', "client, client"],
  ["ReturnType of a const arrow, awaited", 'import { createClient } from "toy";\nconst connect = async () => createClient();\nfunction f(a: Awaited<ReturnType<typeof connect>>) { probe(a); }', "client"],
  ["InstanceType", 'import { Client } from "toy";\nfunction f(a: InstanceType<typeof Client>) { probe(a); }', "client"],
  ["parameter of a transaction callback", `${NEW}type Tx = Parameters<Parameters<typeof db.transaction>[0]>[0];\nfunction f(tx: Tx, any: Tx | typeof db) { probe(tx, any.items); }`, "tx, items"],
  ["the same through ClientType", `${TYPES}type Inner = Parameters<Parameters<Client["transaction"]>[0]>[0];\nfunction f(tx: Inner) { probe(tx); }`, "tx"],
  ["indexed access", `${TYPES}interface Ctx { db: Client }\nfunction f(db: Ctx["db"]) { probe(db); }`, "client"],
  ["imported alias", 'import type { Db } from "./types";\nfunction f(db: Db) { probe(db); }', "client", { "src/types.ts": `${TYPES}export type Db = Client;` }],
  ["imported interface", 'import type { Ctx } from "./types";\nfunction f({ db }: Ctx) { probe(db); }', "client", { "src/types.ts": `${TYPES}export interface Ctx { db: Client }` }],
  ["re-exported type", 'import type { C } from "./types";\nfunction f(db: C) { probe(db); }', "client", { "src/types.ts": 'export type { Client as C } from "toy";' }],
  ["local re-exported type", 'import type { Db } from "./types";\nfunction f(db: Db) { probe(db); }', "client", { "src/types.ts": `${TYPES}type Db = Client;\nexport type { Db };` }],
  ["typeof an imported client", 'import type { Db } from "./db";\nfunction f(db: Db) { probe(db); }', "client", { "src/db.ts": `${NEW}export type Db = typeof db;` }],
  ["variable", `${TYPES}let db: Client;\nprobe(db);`, "client"],
  ["declared", `${TYPES}declare const db: Client;\nprobe(db);`, "client"],
  ["return type", `${TYPES}declare function get(): Client;\nfunction g(): Promise<Client> { throw 1; }\nprobe(get(), await g());`, "client, client"],
  ["method of an interface", `${TYPES}interface Store { db(): Client; items: Client["items"]; make: () => Client }\nfunction f(s: Store) { probe(s.db(), s.make()); }`, "client, client"],
  ["cast", `${TYPES}probe(x as Client, x as unknown as Client, <Client>x);`, "client, client, client"],
  ["typed function variable", `${TYPES}type Handler = (ctx: { db: Client }) => void;\nconst h: Handler = (ctx) => { probe(ctx.db); };`, "client"],
  ["typed function variable, destructured", `${TYPES}type Handler = (ctx: { db: Client }) => void;\nconst h: Handler = ({ db }) => { probe(db); };`, "client"],
  ["generic alias", `${TYPES}type With<T> = T & { db: Client };\nfunction f(c: With<{ a: 1 }>) { probe(c.db); }`, "client"],
  ["type parameter with a constraint", `${TYPES}function f<T extends Client>(db: T) { probe(db); }`, "client"],
  ["type parameter with an object constraint", `${TYPES}function f<T extends { db: Client }>(c: T) { probe(c.db); }`, "client"],
  ["array of clients by index", `${TYPES}function f(list: Client[]) { probe(list[0]); }`, "client"],
  ["array of clients in a loop", `${TYPES}function f(list: readonly Client[]) { for (const db of list) probe(db); }`, "client"],
  ["array of clients in a callback", `${TYPES}function f(list: Array<Client>) { list.forEach((db) => probe(db)); }`, "client"],
  ["array of something else", "function f(list: string[]) { for (const text of list) probe(text); }", "unknown"],
  ["generic alias of a function", `${TYPES}type Provided<T> = () => T;\nfunction f(get: Provided<Client>) { probe(get()); }`, "client"],
  ["generic alias through another", `${TYPES}type Provided<T> = () => Promise<T>;\ntype Named<U> = Provided<U>;\nasync function f(get: Named<Client>) { probe(await get()); }`, "client"],
  ["generic interface", `${TYPES}interface Box<A, B> { left: A; right: B }\nfunction f(box: Box<string, Client>) { probe(box.right); }`, "client"],
  ["generic alias of something else", `${TYPES}type Provided<T> = () => T;\nfunction f(get: Provided<string>) { probe(get()); }`, "unknown"],
]);

table("callbacks and callers", [
  ["transaction callback", `${NEW}db.transaction(async (tx) => { probe(tx, tx.items); });`, "tx, items"],
  ["function expression", `${NEW}db.transaction(async function (tx) { probe(tx); });`, "tx"],
  ["other parameters are not it", `${NEW}db.transaction((tx, other) => { probe(other); });`, "parameter 1"],
  ["wrapper with an annotation", `${TYPES}async function withTransaction<T>(cb: (c: Client) => Promise<T>): Promise<T> { return cb(null as any); }\nwithTransaction(async (c) => { probe(c); });`, "client"],
  ["untyped wrapper that calls it", `${NEW}async function withClient(cb) { const client = db.extend(); try { return await cb(client); } finally { client.release(); } }\nwithClient((c) => { probe(c); });`, "client"],
  ["wrapper that passes it on", `${NEW}const inTx = (cb) => db.transaction(cb);\ninTx((tx) => { probe(tx); });`, "tx"],
  ["wrapper in another file", 'import { withClient } from "./db";\nwithClient(async (c) => { probe(c); });', "client", { "src/db.ts": `${NEW}export async function withClient(cb) { return cb(db); }` }],
  ["wrapper that wraps in its own callback", `${NEW}const inTx = (cb) => db.transaction((tx) => cb(tx));\ninTx((tx) => { probe(tx); });`, "tx"],
  ["wrapper of a class", `${TYPES}class Store { constructor(private db: Client) {} run(cb) { return this.db.transaction(cb); } f() { this.run((tx) => probe(tx)); } }`, "tx"],
  ["wrapper with an object", `${NEW}function withCtx(cb) { return cb({ db }); }\nwithCtx(({ db: inner }) => { probe(inner); });`, "client"],
  ["wrapper that is given the client", `function run(client, cb) { return cb(client); }\n${NEW}run(db, (c) => { probe(c); });`, "client"],
  ["shadowed wrapper parameter", `${NEW}function wrap(cb) { return [1].map((cb) => cb(db)); }\nwrap((x) => { probe(x); });`, "parameter 0"],
  ["generic helper", 'import { Client } from "toy";\nfunction remember<T>(name: string, make: () => T): T { return (store[name] ??= make()); }\nconst db = remember("db", () => new Client());\nprobe(db);', "client"],
  ["generic helper, block body", 'import { Client } from "toy";\nfunction remember<T>(name: string, make: () => T): T { return (store[name] ??= make()); }\nconst db = remember("db", () => { const c = new Client(); return c; });\nprobe(db);', "client"],
  ["generic helper in another file", 'import { Client } from "toy";\nimport { remember } from "./remember";\nconst db = remember("db", () => new Client());\nprobe(db);', "client", { "src/remember.ts": "export const remember = <T>(name: string, make: () => T): T => (globalThis as any)[name] ?? make();" }],
  ["identity helper", `${NEW}function id<T>(x: T): T { return x; }\nprobe(id(db));`, "client"],
  ["untyped identity", `${NEW}function id(x) { return x; }\nprobe(id(db));`, "client"],
  ["untyped helper that makes it", 'import { Client } from "toy";\nfunction once(make) { let v; return v ?? (v = make()); }\nprobe(once(() => new Client()));', "client"],
  ["member of the argument", `${NEW}function of(ctx) { return ctx.db; }\nprobe(of({ db }));`, "client"],
  ["callers of a function", `${NEW}function load(client, id) { probe(client); }\nload(db, 1);`, "client"],
  ["callers of an arrow", `${NEW}const load = (client) => { probe(client.items); };\nload(db);`, "items"],
  ["callers disagree", `${NEW}function load(client) { probe(client); }\nload(new Map());\nload(db);`, "parameter 0"],
  ["callers and a destructured parameter", `${NEW}function load({ db }) { probe(db); }\nload({ db });`, "client"],
  ["react cache", 'import { cache } from "react";\nimport { Client } from "toy";\nconst getDb = cache(() => new Client());\nprobe(getDb());', "client"],
]);

const ACTIVE = 'import { Active, Client } from "toy";\n';

table("classes of active records", [
  ["a class that extends the library's", `${ACTIVE}class User extends Active {}\nprobe(User, new User(), User.all());`, "model User, row, rows"],
  ["a class expression", `${ACTIVE}const User = class extends Active {};\nprobe(User.all());`, "rows"],
  ["through the team's own bases", 'import User from "./user";\nprobe(User, User.all());', "model User, rows", { "src/user.ts": 'import { Base } from "./base";\nexport default class User extends Base<User> {}', "src/base.ts": `${ACTIVE}export abstract class Base<T> extends Root {}\nclass Root extends Active {}` }],
  ["what the class declares itself comes first", `${ACTIVE}class User extends Active { static all() { return new Client(); } items() { return new Client(); } }\nprobe(User.all(), new User().items(), User.items);`, "client, client, method model.items"],
  ["what a base of the project declares comes first", `${ACTIVE}class Base extends Active { static all() { return new Client(); } }\nclass User extends Base {}\nprobe(User.all());`, "client"],
  ["this", `${ACTIVE}class User extends Active { static f() { probe(this, this.all()); } g() { probe(this); } }`, "model User, rows, row"],
  ["super", `${ACTIVE}class User extends Active { static f() { probe(super.all); } g() { probe(super.all); } }\nclass Admin extends User { static all() {} static h() { probe(super.all()); } }`, "method model.all, method row.all, rows"],
  ["this in functions that are assigned", `${ACTIVE}class User extends Active {}\nUser.f = function () { probe(this); };\nUser.prototype.g = function () { probe(this); };`, "model User, row"],
  ["annotations", `${ACTIVE}class User extends Active {}\nfunction f(a: User, b: typeof User, { c }: { c: User }) { probe(a, b, c); }`, "row, model User, row"],
  ["what an inherited method gives is of the class it is called on", 'import { User } from "./user";\nasync function f() { for (const user of await User.listed()) probe(user.items()); User.each((user) => probe(user.items())); probe(User.other()); }', "client, client, row", { "src/user.ts": `${ACTIVE}class Base extends Active { static listed() { return this.all(); } static each(run) { for (const row of this.all()) run(row); } static other() { return new Other(); } }\nclass Other extends Active {}\nexport class User extends Base { items() { return new Client(); } }` }],
  ["a class of the project stays one", "class A {}\nclass B extends A { static f() { probe(this, super.x); } }\nprobe(B);", "class B, unknown, class B"],
  ["elements", `${ACTIVE}class User extends Active {}\nasync function f() { const all = await User.all(); for (const user of all) probe(user); probe(all[0], all[i]); all.map((user) => probe(user)); for (const { x } of all) probe(x); }`, "row, row, row, row, method row.x"],
  ["no elements", "for (const x of [1]) probe(x); probe(xs[0]);", "unknown, unknown"],
]);

table("files of other kinds", [
  ["JavaScript with annotations of Flow", 'import { db } from "./db.js";\nprobe(db);', "client", { "src/db.js": '// @flow\nimport type { Config } from "./config";\nimport { Client } from "toy";\nexport const db = new Client();\nexport function close(config: Config): void {}' }],
]);

table("objects that are filled later", [
  ["by name", `${NEW}const all = {};\nall.db = db;\nprobe(all.db, all.other);`, "client, unknown"],
  ["by name in another file", 'const all = require("./all");\nprobe(all.db);', "client", { "src/all.js": 'const { Client } = require("toy");\nconst all = {};\nall.db = new Client();\nmodule.exports = all;' }],
  ["under names that are worked out", `${ACTIVE}class User extends Active {}\nconst all = {};\nall[User.name] = User;\nprobe(all.Order);`, "model Order"],
  ["by modules that are worked out", `const { Client } = require("toy");\nconst client = new Client();\nconst all = {};\nfor (const file of files) { const model = require(file)(client, 1); all[model.name] = model; }\nprobe(all.User);`, "model User"],
  ["by modules that get something else", "const all = {};\nfor (const file of files) { const model = require(file)(app); all[model.name] = model; }\nprobe(all.User);", "unknown"],
  ["a plain value that changes", "const all = { n: 1 };\nall.n = 2;\nall.m = 3;\nprobe(all.n, all.m);", "unknown, unknown"],
]);

table("shapes of calls", [
  ["of a receiver that is not known", "function f(db) { probe(db.defineToy(1), db.other(1)); }", "model, unknown"],
  ["not of what is something else", "class A {}\nprobe(new A().defineToy(1), defineToy(1));", "unknown, unknown"],
]);

it("keeps the arguments of a type", () => {
  const { module, values, probes } = project('import type { Store } from "toy";\nclass User {}\nfunction f(users: Store<User>) { probe(users); }');
  expect(values.library(probes[0]!, module)).toMatchObject({ role: "store", typeArguments: [{ node: { type: "TSTypeReference" } }] });
});

table("ends", [
  ["modules that import each other", 'import { a } from "./a";\nprobe(a);', "unknown", { "src/a.ts": 'import { b } from "./b";\nexport const a = b;', "src/b.ts": 'import { a } from "./a";\nexport const b = a;' }],
  ["stars in a circle", 'import { a } from "./a";\nprobe(a);', "client", { "src/a.ts": 'export * from "./b";', "src/b.ts": `export * from "./a";\n${NEW}export { db as a };` }],
  ["stars in a circle without an answer", 'import { a } from "./a";\nprobe(a);', "unknown", { "src/a.ts": 'export * from "./b";', "src/b.ts": 'export * from "./a";' }],
  ["a module that imports itself", 'import { db as own } from "./main";\nimport { Client } from "toy";\nexport const db = new Client();\nprobe(own);', "client"],
  ["recursive function", "function f(n) { return f(n - 1); }\nprobe(f(1));", "unknown"],
  ["mutual recursion that ends", `${NEW}function f(n) { return n ? g(n) : db; }\nfunction g(n) { return f(n - 1); }\nprobe(g(1), f(1));`, "client, client"],
  ["variable of itself", "var a = a;\nprobe(a);", "unknown"],
  ["type of itself", "type A = A;\nfunction f(a: A) { probe(a); }", "parameter 0"],
  ["class that extends itself", "class A extends A {}\nprobe(new A().x);", "unknown"],
  ["classes that extend each other", "class A extends B {}\nclass B extends A {}\nprobe(new A().x);", "unknown"],
  ["interface that extends itself", "interface A extends A { x: 1 }\nfunction f(a: A) { probe(a.y); }", "unknown"],
  ["object of itself", "const a = { ...a, ...a, ...a };\nprobe(a.b);", "unknown"],
  ["objects of each other", "const a = { ...b, ...b };\nconst b = { ...a, ...a };\nprobe(a.b);", "unknown"],
  ["deep parentheses", `const a = ${"(1, ".repeat(100)}1${")".repeat(100)};\nprobe(a);`, "unknown"],
  ["deep members", `const a = x${".y".repeat(500)};\nprobe(a);`, "unknown"],
  ["deep types", `type A = ${"Promise<".repeat(300)}string${">".repeat(300)};\nfunction f(a: A) { probe(a); }`, "parameter 0"],
]);

describe("evidence and settings", () => {
  it("reads a file of plain JavaScript as ESLint's own parser gives it", () => {
    const { module, values, probes } = project('const { Client } = require("toy");\nconst db = new Client();\nclass A { #db = db; f() { probe(this.#db.items); } }\ndb.transaction((tx) => probe(tx));', {}, "espree", "src/main.js");
    expect(probes.map((node) => outline(values.evaluate(node, module)))).toEqual(["items", "tx"]);
  });

  it("answers the same whatever was asked before", () => {
    const files = { "src/a.ts": `import { b } from "./b";\nimport { Client } from "toy";\nexport const a = b ?? new Client();`, "src/b.ts": 'import { a } from "./a";\nexport const b = cond ? a : undefined;' };
    const code = 'import { a } from "./a";\nimport { b } from "./b";\nprobe(a);\nprobe(b);';
    const forwards = project(code, files);
    const backwards = project(code, files);
    const first = forwards.probes.map((node) => outline(forwards.values.evaluate(node, forwards.module)));
    const second = [...backwards.probes].reverse().map((node) => outline(backwards.values.evaluate(node, backwards.module)));
    expect(first).toEqual(["client", "client"]);
    expect([...second].reverse()).toEqual(first);
  });

  it("does not take time in proportion to the number of paths", () => {
    // Each function calls the next one twice: 2^40 paths.
    const functions = Array.from({ length: 40 }, (_, index) => `function f${index}(x) { return x ? f${index + 1}(1) : f${index + 1}(2); }`).join("\n");
    const started = performance.now();
    expect(valueOf(`${functions}\nfunction f40() { return unknown(); }\nprobe(f0(1));`)).toBe("unknown");
    expect(performance.now() - started).toBeLessThan(1_000);
  });
});

const MODEL = 'import { Model, Inject, type Store } from "toy";\n';
const BASE = `${MODEL}abstract class Base<T> { constructor(protected readonly store: Store<T>) {} }\n`;

table("decorators", [
  ["a parameter property", `${MODEL}class A { constructor(@Inject(User) private readonly users) {} f() { probe(this.users); } }`, "injected"],
  ["with a type of the project", `${MODEL}interface Users { find(): void }\nclass A { constructor(@Inject(User) private readonly users: Users) {} f() { probe(this.users); } }`, "injected"],
  ["a field", `${MODEL}class A { @Inject() users; f() { probe(this.users); } }`, "injected"],
  ["a type of the library says more", `${MODEL}class A { constructor(@Inject(User) private readonly users: Store<User>) {} f() { probe(this.users); } }`, "store<User>"],
  ["a decorator of another package", `import { Inject } from "other";\nclass A { constructor(@Inject(User) private readonly users) {} f() { probe(this.users); } }`, "parameter 0"],
]);

table("type arguments", [
  ["of a parameter", `${MODEL}function f(store: Store<User>) { probe(store); }`, "store<User>"],
  ["of an alias", `${MODEL}type Users = Store<User>;\nfunction f(store: Users) { probe(store); }`, "store<User>"],
  ["of a generic alias", `${MODEL}type Of<T> = Store<T>;\nfunction f(store: Of<User>) { probe(store); }`, "store<User>"],
  ["of an interface that extends the type", `${MODEL}interface Users extends Store<User> { more(): void }\nfunction f(store: Users) { probe(store); }`, "store<User>"],
  ["of a generic interface", `${MODEL}interface Of<T> extends Store<T> {}\nfunction f(store: Of<User>) { probe(store); }`, "store<User>"],
  ["of a class that extends a generic class", `${MODEL}class Users extends Model<User> {}\nprobe(new Users());`, "record<User>"],
  ["of a generic class in between", `${MODEL}class Of<T> extends Model<T> {}\nclass Users extends Of<User> {}\nprobe(new Users());`, "record<User>"],
  ["of a field of a generic base", `${BASE}class Users extends Base<User> { f() { probe(this.store); } }`, "store<User>"],
  ["unknown in the generic base itself", `${MODEL}class Base<T> { constructor(protected readonly store: Store<T>) {} f() { probe(this.store); } }`, "store<T>"],
  ["of a function, by the argument", `${MODEL}class User {}\nfunction storeOf<E>(ctx: unknown, target: new () => E): Store<E> { return make(ctx, target); }\nprobe(storeOf(1, User), storeOf<User>(1, x), storeOf(1, x));`, "store<User>, store<User>, store<E>"],
  ["of a method, past an argument that is no class", `${MODEL}class User {}\nclass Stores { of<E>(ctxOrTarget: Ctx | Type<E>, target?: Type<E>): Store<E> { return make(ctxOrTarget, target); } }\nfunction f(stores: Stores, ctx: Ctx) { probe(stores.of(ctx, User)); }`, "store<User>"],
]);

table("containers", [
  ["a class that is asked for", `import { injector } from "container";\nclass Users { find() { return 1; } }\nprobe(injector.get(Users), injector.get(Users).find());`, "instance Users, 1"],
  ["anything else", `import { injector } from "container";\nclass Users {}\nprobe(injector.get("users"), injector.has(Users), injector.get());`, "unknown, unknown, unknown"],
]);

table("members that a program adds", [
  ["are found", `${NEW}const more = db.extend({ count() { return 1; } });\nprobe(more.count(), more.items);`, "1, items"],
  ["see the whole as `this`", `${NEW}db.extend({ count() { probe(this.items); } });`, "items"],
  ["of another call do not", `${NEW}db.other({ count() { probe(this.items); } });`, "unknown"],
]);

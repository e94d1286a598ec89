import type { LibraryScenarios } from "../scenarios.js";

const DECLARED = { "package.json": JSON.stringify({ name: "example", dependencies: { "@mikro-orm/core": "^7.1.0", "@mikro-orm/postgresql": "^7.1.0" } }) };
const BUILDERS = { cannot: "query builders are counted as not read" };

export const mikroOrm: LibraryScenarios = {
  id: "mikro-orm",
  files: DECLARED,
  prelude: `
    import { MikroORM, EntityManager, EntityRepository } from "@mikro-orm/postgresql";
    import { Entity } from "@mikro-orm/decorators/legacy";
    const orm = await MikroORM.init({});
    const em = orm.em.fork();
    @Entity() class orders {}
    declare const customerId: string; declare const id: string; declare const ids: string[]; declare const page: number; declare const active: boolean;
  `,
  scenarios: {
    "read by key": { code: "await em.findOne(orders, id);", expect: "select orders, where id = parameter, limit 1, delivers one", because: "LIMIT 1 is sent" },
    "read many, unbounded": "await em.find(orders, {});",
    "read many, limited": "await em.find(orders, {}, { limit: 50 });",
    "read many, limit from a parameter": "async function list(limit: number) { return em.find(orders, {}, { limit }); }",
    "read many, limit maybe undefined": "async function list(limit?: number) { return em.findAll(orders, { limit }); }",
    "read many, limited and skipped": "await em.find(orders, {}, { limit: 50, offset: page * 50 });",
    "read many by key list": "await em.find(orders, { id: { $in: ids } });",
    "read many, filtered": "await em.find(orders, { customerId });",
    "read many, filtered by two": 'await em.findAll(orders, { where: { customerId, status: "shipped" } });',
    "read many, either of two": 'await em.find(orders, { $or: [{ customerId }, { status: { $eq: "shipped" } }] });',
    "read many, conditional filter": "await em.find(orders, { ...(active && { customerId }) });",
    "read many, null test": "await em.find(orders, { note: null });",
    "count": { code: "await em.count(orders, { customerId });", expect: "select orders, where customerId = parameter, aggregate, delivers scalar", because: "count gives a number" },
    "exists": { code: "(await em.count(orders, { customerId })) > 0;", expect: "select orders, where customerId = parameter, aggregate, delivers scalar", because: "there is no other form of it" },
    "insert one": "await em.insert(orders, { customerId });",
    "insert many": "await em.insertMany(orders, ids.map((customerId) => ({ customerId })));",
    "update with filter": "await em.nativeUpdate(orders, { customerId }, { status: 'shipped' });",
    "update without filter": "await em.nativeUpdate(orders, undefined, { status: 'shipped' });",
    "update with empty filter": "await em.nativeUpdate(orders, {}, { status: 'shipped' });",
    "update with a filter that may be undefined": { code: "async function ship(customerId?: string) { await em.nativeUpdate(orders, { customerId }, { status: 'shipped' }); }", expect: "update orders, where customerId = parameter", because: "undefined is compared as NULL, which reaches rows without a customer" },
    "delete with filter": "await em.nativeDelete(orders, { customerId });",
    "delete without filter": "await em.nativeDelete(orders, undefined);",
    "delete with always true filter": { code: 'await em.execute("DELETE FROM orders WHERE 1 = 1");', expect: "delete orders, where always true", because: "filters have no such form; SQL text has" },
    "delete with a filter that may be undefined": { code: "async function drop(customerId?: string) { await em.nativeDelete(orders, { customerId }); }", expect: "delete orders, where customerId = parameter", because: "undefined is compared as NULL, which reaches rows without a customer" },
    "raw statement": { code: `await em.getConnection().execute('SELECT * FROM orders WHERE "customerId" = ?', [customerId]);`, expect: "select orders, where customerId = parameter", because: "quoted names keep their case" },
    "in a transaction callback": "await em.transactional(async (tx) => { await tx.nativeUpdate(orders, { id }, { status: 'shipped' }); });",
    "client imported through a re-export": {
      bare: true,
      code: 'import { db } from "./lib/index.js";\nimport { orders } from "./entities.js";\nawait db.em.find(orders, {});',
      files: { "src/lib/index.ts": 'export { db } from "./client.js";', "src/lib/client.ts": 'import { MikroORM } from "@mikro-orm/postgresql";\nexport const db = await MikroORM.init({});', "src/entities.ts": 'import { Entity } from "@mikro-orm/core";\n@Entity()\nexport class orders {}' },
      expect: "select orders, where nothing",
      because: "the ORM of the other file",
    },
    "client annotated as a parameter": "async function list(manager: EntityManager) { return manager.find(orders, {}); }",
    "client in a class field": "class Service { constructor(private readonly rows: EntityRepository<orders>) {} list() { return this.rows.findAll(); } }",
    "builder over several statements": BUILDERS,
    "builder never executed": BUILDERS,
    "sub-query is not a query of its own": BUILDERS,
    "look-alikes": {
      code: `
        import { InjectRepository } from "@nestjs/somewhere";
        import { EntityManager as Mongo } from "@mikro-orm/mongodb";
        import { EntityManager as Port } from "./ports.js";
        interface Users { find(where: object): Promise<unknown[]>; findOne(id: string): Promise<unknown>; nativeDelete(where: object): Promise<void>; flush(): Promise<void> }
        class Service {
          constructor(private readonly users: Users, private readonly mongo: Mongo, private readonly port: Port, @InjectRepository(orders) private readonly other: Users, private readonly cache: Map<string, string>) {}
          async run(list: { id: string }[], stream: { flush(): void }) {
            await this.users.find({});
            await this.users.nativeDelete({});
            await this.mongo.find(orders, {});
            await this.port.find(orders, {});
            await this.other.findOne(id);
            await this.users.flush();
            stream.flush();
            list.find((row) => row.id === id);
            this.cache.delete(id);
            manager.find(orders, {});
            em.persist(new orders());
            em.create(orders, {});
            em.getReference(orders, id);
            em.clear();
          }
        }`,
      expect: "no site",
      because: "arrays, maps, streams, ports of the project, MongoDB's manager, undeclared names; the unit of work sends nothing before it is flushed",
    },
  },
};

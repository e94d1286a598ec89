import type { LibraryScenarios } from "../scenarios.js";

const DECLARED = { "package.json": JSON.stringify({ name: "example", dependencies: { typeorm: "^0.3.28", pg: "8" } }) };

export const typeorm: LibraryScenarios = {
  id: "typeorm",
  files: DECLARED,
  prelude: `
    import { BaseEntity, DataSource, EntityManager, In, IsNull, Repository } from "typeorm";
    const dataSource = new DataSource({ type: "postgres" });
    class orders extends BaseEntity {}
    const repository = dataSource.getRepository(orders);
    declare const customerId: string; declare const id: string; declare const ids: string[]; declare const page: number; declare const active: boolean;
  `,
  scenarios: {
    "read by key": { code: "await repository.findOneBy({ id });", expect: "select orders, where id = parameter, limit 1, delivers one", because: "LIMIT 1 is sent" },
    "read many, unbounded": "await repository.find();",
    "read many, limited": "await repository.find({ take: 50 });",
    "read many, limit from a parameter": "async function list(take: number) { return repository.find({ take }); }",
    "read many, limit maybe undefined": "async function list(take?: number) { return repository.find({ take }); }",
    "read many, limited and skipped": "await repository.find({ take: 50, skip: page * 50 });",
    "read many by key list": "await repository.findBy({ id: In(ids) });",
    "read many, filtered": "await repository.find({ where: { customerId } });",
    "read many, filtered by two": 'await repository.find({ where: { customerId, status: "shipped" } });',
    "read many, either of two": 'await repository.find({ where: [{ customerId }, { status: "shipped" }] });',
    "read many, conditional filter": "await repository.find({ where: { ...(active && { customerId }) } });",
    "read many, null test": "await repository.find({ where: { note: IsNull() } });",
    "count": { code: "await repository.countBy({ customerId });", expect: "select orders, where customerId = parameter, aggregate, delivers scalar", because: "count gives a number" },
    "exists": { code: "await repository.existsBy({ customerId });", expect: "select orders, where customerId = parameter, aggregate, delivers scalar", because: "a boolean comes back" },
    "insert one": "await repository.insert({ customerId });",
    "insert many": "await repository.insert(ids.map((customerId) => ({ customerId })));",
    "update with filter": "await repository.update({ customerId }, { status: 'shipped' });",
    "update without filter": "await dataSource.createQueryBuilder().update(orders).set({ status: 'shipped' }).execute();",
    "update with empty filter": { code: "await repository.update({}, { status: 'shipped' });", expect: "update orders, where always false", because: "since 0.3.23 empty criteria are rejected" },
    "update with a filter that may be undefined": {
      code: "async function ship(customerId?: string) { await repository.update({ customerId }, { status: 'shipped' }); }",
      expect: "update orders, where customerId = parameter",
      because: "criteria compare with NULL, which no row equals",
    },
    "in a transaction callback": { code: "await dataSource.transaction(async (manager) => { await manager.update(orders, { id }, { status: 'shipped' }); });", expect: "update orders, where id = parameter", because: "the manager takes the entity first" },
    "delete with filter": "await repository.delete({ customerId });",
    "delete without filter": "await repository.createQueryBuilder().delete().execute();",
    "delete with always true filter": 'await repository.createQueryBuilder().delete().where("1 = 1").execute();',
    "delete with a filter that may be undefined": { code: "async function drop(customerId?: string) { await repository.delete({ customerId }); }", expect: "delete orders, where customerId = parameter", because: "criteria compare with NULL, which no row equals" },
    "raw statement": { code: `await dataSource.query('SELECT * FROM orders WHERE "customerId" = $1', [customerId]);`, expect: "select orders, where customerId = parameter", because: "quoted names keep their case" },
    "client imported through a re-export": {
      bare: true,
      code: 'import { db } from "./lib/index.js";\nimport { orders } from "./entities.js";\nawait db.getRepository(orders).find();',
      files: { "src/lib/index.ts": 'export { db } from "./client.js";', "src/lib/client.ts": 'import { DataSource } from "typeorm";\nexport const db = new DataSource({});', "src/entities.ts": 'import { Entity } from "typeorm";\n@Entity()\nexport class orders {}' },
      expect: "select orders, where nothing",
      because: "the data source of the other file",
    },
    "client annotated as a parameter": "async function list(manager: EntityManager) { return manager.find(orders); }",
    "client in a class field": "class Service { constructor(private readonly rows: Repository<orders>) {} list() { return this.rows.find(); } }",
    "builder over several statements": `
      async function list(customerId?: string) {
        const builder = repository.createQueryBuilder("o");
        if (customerId) builder.where("o.customerId = :customerId", { customerId });
        builder.take(50);
        return builder.getMany();
      }`,
    "builder never executed": { code: 'const builder = repository.createQueryBuilder("o");', expect: "select orders, where nothing, built", because: "only a terminal like getMany sends it" },
    "sub-query is not a query of its own": `
      await repository.createQueryBuilder("o")
        .where((qb) => "o.customerId IN " + qb.subQuery().select("c.id").from("customers", "c").getQuery())
        .getMany();`,
    "look-alikes": {
      code: `
        import mongoose from "mongoose";
        import { InjectRepository } from "@acme/repositories";
        import { EntityManager as Em, Repository as Repo } from "./ports.js";
        interface Users { find(): Promise<unknown[]>; save(row: unknown): Promise<void>; findOneBy(where: object): Promise<unknown> }
        class Service {
          constructor(@InjectRepository(orders) private readonly em: Em, private readonly users: Users, private readonly repository: Repo<orders>, private readonly cache: Map<string, string>) {}
          async run(list: { id: string }[], qb: { getMany(): void; execute(): void }) {
            await this.em.find(orders, {});
            await this.users.find();
            await this.users.findOneBy({ id: 1 });
            await this.repository.find();
            list.find((row) => row.id === id);
            this.cache.delete(id);
            this.cache.clear();
            new Set(ids).delete(id);
            qb.getMany();
            qb.execute();
            new URLSearchParams().delete("id");
            mongoose.model("Order").find({}).exec();
            manager.find(orders);
            userRepository.save({});
          }
        }`,
      expect: "no site",
      because: "arrays, maps, sets, ports of the project, other libraries' repositories, undeclared names",
    },
  },
};

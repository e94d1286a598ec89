import type { LibraryScenarios } from "../scenarios.js";

export const prisma: LibraryScenarios = {
  id: "prisma",
  prelude: `
    import { PrismaClient, Prisma } from "@prisma/client";
    const prisma = new PrismaClient();
    declare const customerId: string; declare const id: string; declare const ids: string[]; declare const page: number; declare const active: boolean;
  `,
  scenarios: {
    "read by key": {
      code: "await prisma.orders.findUnique({ where: { id } });",
      expect: "select orders, where id = parameter, by unique key, delivers one",
      because: "findUnique takes a unique key",
    },
    "read many, unbounded": "await prisma.orders.findMany();",
    "read many, limited": "await prisma.orders.findMany({ take: 50 });",
    "read many, limit from a parameter": "async function list(take: number) { return prisma.orders.findMany({ take }); }",
    "read many, limit maybe undefined": "async function list(take?: number) { return prisma.orders.findMany({ take }); }",
    "read many, limited and skipped": "await prisma.orders.findMany({ take: 50, skip: page * 50 });",
    "read many by key list": "await prisma.orders.findMany({ where: { id: { in: ids } } });",
    "read many, filtered": "await prisma.orders.findMany({ where: { customerId } });",
    "read many, filtered by two": 'await prisma.orders.findMany({ where: { customerId, status: "shipped" } });',
    "read many, either of two": 'await prisma.orders.findMany({ where: { OR: [{ customerId }, { status: "shipped" }] } });',
    "read many, conditional filter": "await prisma.orders.findMany({ where: { ...(active && { customerId }) } });",
    "read many, null test": "await prisma.orders.findMany({ where: { note: null } });",
    "count": {
      code: "await prisma.orders.count({ where: { customerId } });",
      expect: "select orders, where customerId = parameter, aggregate, delivers scalar",
      because: "count gives a number",
    },
    "exists": {
      code: "const found = (await prisma.orders.findFirst({ where: { customerId }, select: { id: true } })) !== null;",
      expect: "select orders, where customerId = parameter, limit 1, delivers one",
      because: "Prisma has no exists; findFirst sends LIMIT 1",
    },
    "insert one": "await prisma.orders.create({ data: { customerId } });",
    "insert many": "await prisma.orders.createMany({ data: ids.map((customerId) => ({ customerId })) });",
    "update with filter": "await prisma.orders.updateMany({ where: { customerId }, data: { status: 'shipped' } });",
    "update without filter": "await prisma.orders.updateMany({ data: { status: 'shipped' } });",
    "update with empty filter": "await prisma.orders.updateMany({ where: {}, data: { status: 'shipped' } });",
    "update with a filter that may be undefined": {
      code: "async function ship(customerId?: string) { await prisma.orders.updateMany({ where: { customerId }, data: { status: 'shipped' } }); }",
      expect: "update orders, where unless undefined[customerId = parameter]",
      because: "Prisma drops a condition whose value is undefined",
    },
    "in a transaction callback": {
      code: "await prisma.$transaction(async (tx) => { await tx.orders.update({ where: { id }, data: { status: 'shipped' } }); });",
      expect: "update orders, where id = parameter, by unique key",
      because: "update takes a unique key",
    },
    "delete with filter": "await prisma.orders.deleteMany({ where: { customerId } });",
    "delete without filter": "await prisma.orders.deleteMany();",
    "delete with always true filter": {
      code: "await prisma.orders.deleteMany({ where: { NOT: { OR: [] } } });",
      expect: "delete orders, where not always false",
      because: "Prisma has no constant condition; the negation of an empty OR is one",
    },
    "delete with a filter that may be undefined": {
      code: "async function drop(customerId?: string) { await prisma.orders.deleteMany({ where: { customerId } }); }",
      expect: "delete orders, where unless undefined[customerId = parameter]",
      because: "Prisma drops a condition whose value is undefined",
    },
    "raw statement": {
      code: 'await prisma.$queryRaw`SELECT * FROM orders WHERE "customerId" = ${customerId}`;',
      expect: "select orders, where customerId = parameter",
      because: "quoted names keep their case",
    },
    "client imported through a re-export": {
      code: 'import { db } from "./lib/index.js";\nawait db.orders.findMany();',
      files: {
        "src/lib/index.ts": 'export * from "./db.js";',
        "src/lib/db.ts": 'import { PrismaClient } from "../generated/prisma/client.js";\nexport const db = new PrismaClient().$extends({});',
      },
      bare: true,
      expect: "select orders, where nothing",
      because: "the file that imports the client does not import the library",
    },
    "client annotated as a parameter": {
      code: 'import type { Prisma } from "@prisma/client";\nexport const list = (tx: Prisma.TransactionClient) => tx.orders.findMany();',
      bare: true,
      expect: "select orders, where nothing",
      because: "the client is known by its type alone",
    },
    "client in a class field": {
      code: 'import { PrismaService } from "./prisma.service.js";\nexport class Orders { constructor(private readonly prisma: PrismaService) {} all() { return this.prisma.orders.findMany(); } }',
      files: { "src/prisma.service.ts": 'import { PrismaClient } from "@prisma/client";\nexport class PrismaService extends PrismaClient { async onModuleInit() { await this.$connect(); } }' },
      bare: true,
      expect: "select orders, where nothing",
      because: "the client is injected",
    },
    "builder over several statements": `
      const where: Prisma.ordersWhereInput = {};
      if (active) where.customerId = customerId;
      const args = { where, take: 50 };
      await prisma.orders.findMany(args);
    `,
    "builder never executed": {
      code: "const pending = prisma.orders.findMany();",
      expect: "select orders, where nothing, built",
      because: "a Prisma promise sends nothing until it is awaited",
    },
    "sub-query is not a query of its own": { cannot: "Prisma has no sub-queries; filters on relations take their place." },
    "look-alikes": `
      const map = new Map<string, string>(); map.delete("a");
      declare const stripe: any, redis: any, cache: any, supabase: any, mongo: any, db: any, api: any;
      class Model { static updateMany(a: unknown, b: unknown) {} }
      Model.updateMany({ a: 1 }, { b: 2 });
      stripe.customers.update("cus", { name: "a" }); stripe.accounts.del("a"); redis.del("a"); cache.deleteMany(["a"]); this.cache.deleteMany(ids);
      supabase.from("orders").delete(); mongo.orders.updateMany({ a: 1 }, { $set: { b: 2 } });
      EditorState.create({ doc: "" }); api.orders.findMany({ where: {} });
      Object.create({ data: 1 }); ids.reduce.count; _.groupBy(ids, "a");
    `,
  },
};

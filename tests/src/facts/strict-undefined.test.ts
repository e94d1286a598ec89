/** Prisma's preview feature `strictUndefinedChecks`: what the schema says of every call. */
import path from "node:path";
import { describe, expect, it } from "vitest";
import { analysisOf, directoryOf, PRISMA } from "./support.js";

const MODEL = 'datasource db {\n  provider = "postgresql"\n}\n\nmodel Session {\n  id Int @id\n  userId String\n}\n';
const generator = (features: string): string => `generator client {\n  provider = "prisma-client-js"\n  previewFeatures = [${features}]\n}\n\n`;
const CODE = `${PRISMA}export async function end(userId?: string, take?: number) {
  await prisma.session.deleteMany({ where: { userId } });
  return await prisma.session.findMany({ where: { userId }, take });
}
`;

function factsWith(schema: string | undefined): { readonly dropped: number; readonly bound: string | undefined } {
  const root = directoryOf({ "package.json": '{ "dependencies": { "@prisma/client": "6" } }', ...(schema !== undefined && { "prisma/schema.prisma": schema }) });
  const [write, read] = analysisOf(CODE, path.join(root, "src/file.ts"), root).subjects;
  return { dropped: write?.facts.droppedConditions().length ?? -1, bound: read?.facts.bound().kind };
}

describe("a value that may be undefined", () => {
  it("drops its condition and its limit by default", () => {
    expect(factsWith(undefined)).toEqual({ dropped: 1, bound: "whole" });
    expect(factsWith(generator('"relationJoins"') + MODEL)).toEqual({ dropped: 1, bound: "whole" });
  });

  it("is refused where the schema says so", () => {
    expect(factsWith(generator('"relationJoins", "strictUndefinedChecks"') + MODEL)).toEqual({ dropped: 0, bound: "limited" });
  });
});

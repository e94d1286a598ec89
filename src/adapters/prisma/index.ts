/** Prisma up to 7: `client.model.method({…})` and its raw queries. */
import type { Adapter } from "../contract.js";
import { METHODS, prismaCall, RAW_METHODS } from "./calls.js";
import { PRISMA, prismaModel } from "./library.js";
import { lowerModelCall } from "./statement.js";
import { lowerRawCall } from "./raw.js";

export const prisma: Adapter = {
  id: PRISMA,
  title: "Prisma",
  model: prismaModel,
  names: new Set([...METHODS, ...RAW_METHODS]),
  recognise(candidate, context) {
    const call = prismaCall(candidate, context);
    if (!call) return undefined;
    return call.kind === "model" ? lowerModelCall(call, context) : lowerRawCall(call, context);
  },
};

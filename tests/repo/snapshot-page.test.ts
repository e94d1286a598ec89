/** What the page about the snapshot says is what the command and the format do. */
import fs from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { roundCount, readSnapshot, writeSnapshot } from "../../src/schema/snapshot.js";
import { cli } from "../cli/support.js";
import { pageText } from "./docs.js";
import { ROOT } from "./modules.js";

const page = pageText("snapshot.md");
const rows = (head: string): string[][] => {
  const lines = page.split("\n");
  const start = lines.indexOf(head);
  expect(start).toBeGreaterThan(-1);
  const length = lines.slice(start).findIndex((line) => !line.startsWith("|"));
  return lines.slice(start + 2, start + length).map((line) => line.slice(2, -2).split(" | "));
};

describe("the page about the snapshot", () => {
  const example = /^```json\n(.*?)^```$/msu.exec(page)![1]!;

  it("shows a file as the command writes it", () => {
    const reading = readSnapshot(example);
    if (!("snapshot" in reading)) throw new Error(`${reading.line}: ${reading.problem}`);
    expect(writeSnapshot(reading.snapshot)).toBe(example);
    for (const { rows: count = 0, bytes = 0 } of reading.snapshot.tables) expect([roundCount(count), roundCount(bytes)]).toEqual([count, bytes]);
  });

  it("explains every member of the format", () => {
    const format = fs.readFileSync(path.join(ROOT, "src/schema/snapshot.ts"), "utf8");
    const interfaces = [...format.matchAll(/^export interface Snapshot\w* \{\n(.*?)^\}/gmsu)].map(([, body]) => body!);
    const members = new Set(interfaces.flatMap((body) => [...body.matchAll(/^ +readonly (\w+)\??:/gmu)].map(([, member]) => member!)));
    expect(members.size).toBeGreaterThan(25);
    expect(new Set(rows("| member | of | what it says |").map(([cell]) => cell!.replaceAll("`", "")))).toEqual(members);
  });

  it("shows every member that is not MySQL's alone", () => {
    const keys = new Set([...example.matchAll(/"(\w+)":/gu)].map(([, key]) => key!));
    const explained = rows("| member | of | what it says |").map(([cell]) => cell!.replaceAll("`", ""));
    expect(new Set(explained.filter((member) => member !== "length"))).toEqual(keys);
  });

  it("lists the options of the command", async () => {
    const { out } = await cli(ROOT, ["snapshot", "--help"]);
    const options = [...out.matchAll(/^ {2}(-\S.*?) {2}/gmu)].map(([, option]) => option!.trim()).filter((option) => !option.includes("--help"));
    expect(rows("| option | what it does |").map(([cell]) => cell!.replaceAll("`", ""))).toEqual(["[url]", ...options]);
  });
});

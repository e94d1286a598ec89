import { pg } from "../db/client.js";
import { prepareDatabase } from "../service.js";
import { runNightly } from "./nightly.js";

await prepareDatabase();
const result = await runNightly(async (event) => console.log(`${event.topic} ${JSON.stringify(event.payload)}`));
console.log(result);
await pg.close();

// Drives the built page in Chromium. The argument is its folder; a line of JSON is printed for each check: `{name, failure}`.
// With `--list` it says what the checks are called and what is missing: `{names, missing}`.

import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { tool } from "../../host/playground/tools.js";
import { checks } from "./checks.js";
import { CHROMIUM, browser, open } from "./page.js";
import { serve } from "./server.js";

const QUIET = "nothing is complained of in the console, and no other host is asked";

if (process.argv[2] === "--list") {
    console.log(JSON.stringify({ names: [...Object.keys(checks), QUIET], missing: await missing() }));
} else {
    await run(process.argv[2]);
}

async function missing() {
    const lacking = existsSync(CHROMIUM) ? [] : [`\`${CHROMIUM}\``];
    for (const name of ["@bytecodealliance/jco", "playwright-core"]) {
        await tool(name).catch(() => lacking.push(`the npm package \`${name}\``));
    }
    return lacking;
}

async function run(folder) {
    const catalog = JSON.parse(readFileSync(join(folder, "catalog.json"), "utf8"));
    const scratch = mkdtempSync(join(tmpdir(), "outparse-page-"));
    const server = await serve(folder);
    const chromium = await browser();
    const context = await chromium.newContext({ viewport: { width: 1240, height: 900 } });
    const complaints = [];
    const page = await open(context, server.address, complaints);
    for (const [name, check] of Object.entries(checks)) {
        const failed = (error) => String(error?.stack ?? error);
        const failure = await check({ page, context, folder, catalog, scratch, complaints, ...server }).then(() => null, failed);
        console.log(JSON.stringify({ name, failure }));
    }
    console.log(JSON.stringify({ name: QUIET, failure: complaints.length === 0 ? null : complaints.join("\n") }));
    await chromium.close();
    server.close();
    rmSync(scratch, { recursive: true });
}

// Photographs a terminal's output, as HTML, and the built page. Arguments: the HTML file, the page's folder, where the pictures go.

import { readFileSync } from "node:fs";
import { join } from "node:path";

import { browser, open, type } from "../../tests/playground/page.js";
import { serve } from "../../tests/playground/server.js";

const [html, folder, out] = process.argv.slice(2);

/** One row cannot be read; and without arguments a `G` may be a power of 1000 or of 1024. */
const CAPTURE = `Filesystem            Size  Used Avail Use% Mounted on
/dev/nvme0n1p2        468G  231G  214G  52% /
tmpfs                  16G  1.2M   16G   1% /run
/dev/mapper/vg0-data  3.6T  3.1T  342G  91% /srv/data
/dev/sdb1             1.8T  ????  230G  87% /srv/backup
/dev/sdc1             917G  752G  118G  87% /srv/media
nas01:/export/home    7.3T  2.9T  4.4T  40% /home
`;

/** The colours of the terminal, by the names that `aha` gives them. */
const PALETTE = {
    dimgray: "#6b7480",
    red: "#ff7b72",
    green: "#5fb583",
    yellow: "#e5b94e",
    blue: "#6cb2ff",
    purple: "#d2a8ff",
    cyan: "#56c8d8",
    white: "#e3e6ea",
};
const colours = Object.entries(PALETTE).map(([name, colour]) => `.${name} { color: ${colour}; }`).join("\n");

const chromium = await browser();
const context = await chromium.newContext({ viewport: { width: 1100, height: 400 }, deviceScaleFactor: 1.5, colorScheme: "dark" });

const terminal = await context.newPage();
await terminal.setContent(`<style>
    body { margin: 0; background: #15181c; }
    pre { display: inline-block; margin: 0; padding: 18px 24px 2px; font: 15px/1.35 "DejaVu Sans Mono", monospace; color: #e3e6ea; }
    .bold { font-weight: bold; }
    .dimmed, .faint { opacity: 0.6; }
    ${colours}
</style><pre>${readFileSync(html, "utf8")}</pre>`);
await terminal.locator("pre").screenshot({ path: join(out, "terminal.png") });

const server = await serve(folder);
const page = await open(context, server.address);
await type(page, { command: "df" }, CAPTURE);
await page.evaluate(() => { document.getElementById("capture").rows = 9; });
await page.locator("#problems button").last().click();
await page.evaluate(() => {
    document.activeElement.blur();
    scrollTo(0, 0);
});
await page.screenshot({ path: join(out, "page.png"), fullPage: true });

await chromium.close();
server.close();
